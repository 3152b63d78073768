"""Claims that mappings make (PingOne, "Authentication JWT token fulfillment")."""

from typing import Any

import pytest

from tests.provider.oauth.conftest import JWT_BEARER, Answer, Served

_ROOT = "#root.context.requestData"


def _token(served: Served, value: str, *, method: str = "CLIENT_SECRET_JWT", **members: Any) -> Answer:
    """Tokens whose access token has the claim `mapped`."""
    application = served.application(tokenEndpointAuthMethod=method)
    resource = served.resource("read")
    served.grant(application, resource)
    served.attribute(resource.id, name="mapped", value=value, **members)
    code = served.code(application, scope="read openid")
    form: dict[str, Any] = {}
    if method == "CLIENT_SECRET_JWT":
        assertion = served.assertion(application, custom1="one", deep={"list": [1, {"a": None}], "n": 1.5}, jti="j-1")
        form = {"client_assertion": assertion, "client_assertion_type": JWT_BEARER}
    return served.redeem(application, code, **form)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"${{{_ROOT}.clientAssertion.custom1}}", "one"),
        (f"${{{_ROOT}.clientAssertion.deep}}", {"list": [1, {"a": None}], "n": 1.5}),
        (f"${{{_ROOT}.clientAssertionHeader.alg}}", "HS256"),
        (f"${{{_ROOT}.clientAssertionHeader}}", {"alg": "HS256"}),
        ("${#root.context.appConfig.tokenEndpointAuthMethod}", "CLIENT_SECRET_JWT"),
        ("static text", "static text"),
        (f"is ${{{_ROOT}.clientAssertion.custom1}}!", "is one!"),
        ("${user.email}", "ann@example.com"),
        ("${user.enabled}", True),
        ("${{'a', 'b'}}", ["a", "b"]),
        (f"${{{_ROOT}.clientAssertion.nothing}}", None),
        (f"${{{_ROOT}.clientAssertion.custom1.deeper}}", None),
        ("${user.nothing.at.all}", None),
        ("${nobody}", None),
        ("", None),
    ],
    ids=repr,
)
def test_a_mapping_makes_a_claim_or_leaves_it_out(served: Served, value: str, expected: object) -> None:
    assert _token(served, value).claims.get("mapped") == expected


def test_the_whole_assertion_may_be_mapped(served: Served) -> None:
    claims = _token(served, f"${{{_ROOT}}}").claims["mapped"]
    assert set(claims) == {"clientAssertion", "clientAssertionHeader"}
    assert claims["clientAssertion"]["custom1"] == "one"


def test_a_client_without_a_jwt_has_nothing_to_map(served: Served) -> None:
    for value in (
        f"${{{_ROOT}}}",
        f"${{{_ROOT}.clientAssertion}}",
        "${#root.context.appConfig.tokenEndpointAuthMethod}",
    ):
        assert "mapped" not in _token(served, value, method="CLIENT_SECRET_BASIC").claims


def test_a_claim_with_many_values_is_a_list_always(served: Served) -> None:
    assert _token(served, "${user.email}", multiValued=True).claims["mapped"] == ["ann@example.com"]
    assert _token(served, "${{'a', 'b'}}", multiValued=True).claims["mapped"] == ["a", "b"]


def test_an_assertion_makes_claims_of_id_tokens_too(served: Served) -> None:
    application = served.application(tokenEndpointAuthMethod="CLIENT_SECRET_JWT")
    served.attribute(application.id, name="mapped", value=f"${{{_ROOT}.clientAssertion.custom1}}")
    assertion = served.assertion(application, custom1="one")
    form = {"client_assertion": assertion, "client_assertion_type": JWT_BEARER}
    answer = served.redeem(application, served.code(application), **form)
    assert answer.id_claims["mapped"] == "one"
    assert "mapped" not in answer.claims


def test_a_refresh_maps_the_assertion_that_came_with_it(served: Served) -> None:
    application = served.application(
        tokenEndpointAuthMethod="CLIENT_SECRET_JWT", grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
    )
    served.attribute(application.id, name="mapped", value=f"${{{_ROOT}.clientAssertion.custom1}}")
    tokens = served.redeem(application, served.code(application)).json
    assertion = served.assertion(application, custom1="two")
    answer = served.post(
        "token",
        grant_type="refresh_token",
        refresh_token=tokens["refresh_token"],
        client_assertion=assertion,
        client_assertion_type=JWT_BEARER,
    )
    assert answer.id_claims["mapped"] == "two"


def test_a_required_attribute_without_a_value_is_an_error(served: Served) -> None:
    application = served.application()
    served.attribute(application.id, name="needed", value="${user.title}", required=True)
    user_id = served.user(title="Dr.")
    assert served.redeem(application, served.code(application, user_id)).id_claims["needed"] == "Dr."
    answer = served.redeem(application, served.code(application, served.user()))
    assert answer.error == "400 invalid_grant"
    assert "The required attribute needed has no value" in answer.json["error_description"]


@pytest.mark.parametrize(("value", "expected"), [("${user.username}", "ann"), ("${user.nothing}", None)])
def test_the_subject_of_an_access_token_may_be_mapped(served: Served, value: str, expected: str | None) -> None:
    application, resource = served.application(), served.resource("read")
    served.grant(application, resource)
    served.mapped(resource.id, "sub", value)
    user_id = served.user(username="ann")
    claims = served.redeem(application, served.code(application, user_id, scope="read")).claims
    assert claims["sub"] == (expected or user_id)
    assert claims["p1.userId"] == user_id


def test_groups_are_told(served: Served) -> None:
    application, user_id = served.application(), served.user()
    served.attribute(application.id, name="groups", value="${user.memberOfGroupNames}")
    for name in ("Staff", "Admins"):
        served.member(user_id, name)
    answer = served.redeem(application, served.code(application, user_id))
    assert answer.id_claims["groups"] == ["Admins", "Staff"]


def test_no_mapping_takes_the_place_of_what_a_token_says_of_itself(served: Served) -> None:
    application, resource = served.application(), served.resource("read")
    served.grant(application, resource)
    served.attribute(application.id, name="env", value="elsewhere")
    answer = served.redeem(application, served.code(application, scope="openid read"))
    assert answer.id_claims["env"] == served.environment_id
