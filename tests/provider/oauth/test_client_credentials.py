"""The grant of an application's own credentials (RFC 6749 §4.4), and workers."""

import pytest

from gatepost.identity import grants, role_assignments, roles
from gatepost.identity.applications import Application
from tests.provider.oauth.conftest import BEGINNING, Served

NOW = int(BEGINNING)


def _give_role(served: Served, application: Application) -> None:
    environment = served.environment_id
    served.write(
        lambda c: role_assignments.give(
            c,
            environment,
            "APPLICATION",
            application.id,
            roles.ENVIRONMENT_ADMIN,
            "ENVIRONMENT",
            environment,
            served.now,
        )
    )


def test_a_worker_with_a_role_gets_a_token_without_scopes(served: Served) -> None:
    worker = served.worker()
    _give_role(served, worker)
    answer = served.token(worker, grant_type="client_credentials")
    assert set(answer.json) == {"access_token", "token_type", "expires_in"}
    claims = served.verified(answer.json["access_token"])
    jti = claims["jti"]
    assert claims == {
        "client_id": worker.id,
        "iss": served.issuer,
        "jti": jti,
        "iat": NOW,
        "exp": NOW + 3600,
        "aud": ["https://api.pingone.com"],
        "env": served.environment_id,
        "org": served.configuration.organization_id,
        "p1.rid": jti,
    }


def test_a_worker_without_a_role_gets_nothing(served: Served) -> None:
    answer = served.token(served.worker(), grant_type="client_credentials")
    assert answer.error == "400 invalid_scope"
    assert answer.json["error_description"] == "At least one scope must be granted (Correlation ID: cor-1)"


def test_without_a_scope_everything_of_the_one_resource_is_given(served: Served) -> None:
    application, resource = served.worker(), served.resource("read", "write", accessTokenValiditySeconds=300)
    served.grant(application, resource)
    answer = served.token(application, grant_type="client_credentials")
    assert set(answer.json["scope"].split()) == {"read", "write"}
    assert answer.json["expires_in"] == 300
    claims = answer.claims
    assert claims["aud"] == [resource.audience]
    assert not {"sub", "sid", "acr", "auth_time", "p1.userId"} & claims.keys()


@pytest.mark.parametrize(
    ("scope", "outcome"),
    [
        ("read", "read"),
        ("write read", "write read"),
        ("read read", "read"),
        ("read unknown", "read"),
        ("read openid", "read"),
        ("unknown", "400 invalid_scope"),
        ("openid", "400 invalid_scope"),
        ("READ", "400 invalid_scope"),
        ('read"', "400 invalid_scope"),
        ("read\x00", "400 invalid_request"),
        ("x" * 300, "400 invalid_scope"),
        (" ".join(f"s{number}" for number in range(300)), "400 invalid_scope"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_scope_is_given_when_it_is_granted(served: Served, scope: str, outcome: str) -> None:
    application = served.worker()
    served.grant(application, served.resource("read", "write"))
    answer = served.token(application, grant_type="client_credentials", scope=scope)
    assert (answer.json["scope"] if answer.status == 200 else answer.error) == outcome


def test_scopes_of_several_resources_need_a_setting(served: Served) -> None:
    application = served.worker()
    orders, bills = served.resource("orders", accessTokenValiditySeconds=600), served.resource("bills")
    served.grant(application, orders)
    served.grant(application, bills)
    for form in ({"scope": "orders bills"}, {}):
        answer = served.token(application, grant_type="client_credentials", **form)
        assert answer.error == "400 invalid_scope"
        text = "May not request scopes for multiple resources (Correlation ID: cor-1)"
        assert answer.json["error_description"] == text
    served.changed(application, requestScopesForMultipleResourcesEnabled=True)
    answer = served.token(application, grant_type="client_credentials", scope="orders bills")
    assert answer.claims["aud"] == [orders.audience, bills.audience]
    assert answer.json["expires_in"] == 600


def test_a_grant_that_is_taken_back_is_seen_at_once(served: Served) -> None:
    application, resource = served.worker(), served.resource("read")
    served.grant(application, resource)
    assert served.token(application, grant_type="client_credentials").status == 200
    (grant,) = served.configuration.grants_of(application.id)
    served.write(lambda c: grants.remove(c, served.environment_id, application.id, grant.id))
    assert served.token(application, grant_type="client_credentials").error == "400 invalid_scope"
