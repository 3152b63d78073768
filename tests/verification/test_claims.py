"""Claim rules: what kind of token it is, what it has to say, and in which form (RFC 8725 §3.11, §3.12)."""

import pytest

from gatepost.errors import Reason
from tests.verification.judging import id_refusal, id_window, refusal, window
from tests.verification.minting import ABSENT, AUDIENCE, CLIENT, NOW, access_claims, id_claims

NO_STRINGS: list[object] = [None, True, False, 0, 1, 1.5, [], ["x"], {}, {"x": 1}]
NO_NUMBERS: list[object] = [None, True, False, "", "1800000600", "x", [], [NOW + 600], {}, {"exp": NOW + 600}]

# --- What kind of token it is ---


def test_a_good_access_token_and_a_good_id_token_pass_by_their_own_rules() -> None:
    assert window(access_claims()) == (NOW - 60, NOW + 600)
    assert id_window(id_claims()) == (NOW - 60, NOW + 600)


@pytest.mark.parametrize(
    ("token_type", "typ"),
    [
        ("access", None),
        ("access", "jwt"),
        ("access", "at+jwt"),
        ("id", None),
        ("id", "jwt"),
        ("any", None),
        ("any", "jwt"),
        ("any", "at+jwt"),
    ],
)
def test_these_types_pass(token_type: str, typ: str | None) -> None:
    claims = id_claims() if token_type == "id" else access_claims(aud=CLIENT)
    assert window(claims, typ=typ, token_type=token_type, audience=CLIENT)


@pytest.mark.parametrize("token_type", ["access", "id", "any"])
@pytest.mark.parametrize(
    "typ",
    [
        "",
        "at-jwt",
        "client-authentication+jwt",
        "dc+sd-jwt",
        "dpop+jwt",
        "entity-statement+jwt",
        "jose",
        "kb+jwt",
        "logout+jwt",
        "oauth-authz-req+jwt",
        "rt+jwt",
        "secevent+jwt",
        "token-introspection+jwt",
        "vc+jwt",
    ],
)
def test_a_token_of_another_explicit_type_is_refused_everywhere(token_type: str, typ: str) -> None:
    claims = id_claims() if token_type == "id" else access_claims(aud=CLIENT)
    assert refusal(claims, typ=typ, token_type=token_type, audience=CLIENT) == (Reason.WRONG_TYPE, "typ")


def test_an_id_token_is_never_of_the_type_of_access_tokens() -> None:
    assert id_refusal(id_claims(), typ="at+jwt") == (Reason.WRONG_TYPE, "typ")


@pytest.mark.parametrize("token_type", ["access", "any"])
def test_where_at_jwt_is_demanded_nothing_else_passes(token_type: str) -> None:
    assert window(access_claims(), typ="at+jwt", token_type=token_type, require_at_jwt=True)
    for typ in (None, "jwt"):
        assert refusal(access_claims(), typ=typ, token_type=token_type, require_at_jwt=True)[0] is Reason.WRONG_TYPE


def test_at_jwt_is_not_demanded_of_an_id_token() -> None:
    assert id_window(id_claims(), require_at_jwt=True)


@pytest.mark.parametrize("mark", ["nonce", "at_hash", "c_hash"])
def test_an_access_token_has_no_marks_of_an_id_token(mark: str) -> None:
    for value in ("x", None, 1):
        assert refusal(access_claims(**{mark: value})) == (Reason.WRONG_TYPE, mark)


@pytest.mark.parametrize("mark", ["scope", "scp", "client_id", "cid"])
def test_an_id_token_has_no_marks_of_an_access_token(mark: str) -> None:
    for value in ("x", None, 1):
        assert id_refusal(id_claims(**{mark: value})) == (Reason.WRONG_TYPE, mark)


@pytest.mark.parametrize("token_type", ["access", "id", "any"])
def test_a_logout_token_or_a_security_event_is_none_of_these(token_type: str) -> None:
    claims = id_claims() if token_type == "id" else access_claims(aud=CLIENT)
    logout: object = {"http://schemas.openid.net/event/backchannel-logout": {}}
    for events in (logout, {}, None):
        token = {**claims, "events": events}
        assert refusal(token, token_type=token_type, audience=CLIENT) == (Reason.WRONG_TYPE, "events")


@pytest.mark.parametrize(
    ("name", "mark", "kind"),
    [
        ("token_use", "access", "access"),
        ("token_use", "id", "id"),
        ("typ", "Bearer", "access"),
        ("typ", "ID", "id"),
        ("typ", "Refresh", None),
        ("typ", "Offline", None),
        ("typ", "Logout", None),
    ],
)
def test_what_vendors_call_their_tokens_counts(name: str, mark: str, kind: str | None) -> None:
    kinds = {"access": access_claims(aud=CLIENT), "id": id_claims(), "any": access_claims(aud=CLIENT)}
    for token_type, claims in kinds.items():
        token = {**claims, name: mark}
        if kind == token_type or (kind is not None and token_type == "any"):
            assert window(token, token_type=token_type, audience=CLIENT)
        else:
            assert refusal(token, token_type=token_type, audience=CLIENT) == (Reason.WRONG_TYPE, name)


@pytest.mark.parametrize("name", ["token_use", "typ"])
@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["access"], {"ID": 1}], ids=repr)
@pytest.mark.parametrize("token_type", ["access", "id", "any"])
def test_what_vendors_call_their_tokens_is_a_string(token_type: str, value: object, name: str) -> None:
    claims = id_claims() if token_type == "id" else access_claims(aud=CLIENT)
    reason, claim = refusal({**claims, name: value}, token_type=token_type, audience=CLIENT)
    assert reason in {Reason.BAD_CLAIM, Reason.WRONG_TYPE}
    assert claim == name


def test_any_takes_either_kind_and_neither_passes_as_the_other() -> None:
    for claims in (access_claims(aud=CLIENT), id_claims()):
        assert window(claims, token_type="any", audience=CLIENT)
    assert refusal(id_claims(aud=AUDIENCE))[0] is Reason.WRONG_TYPE
    assert id_refusal(access_claims(aud=CLIENT))[0] is Reason.WRONG_TYPE


# --- Claims of the wrong type are refused, never passed over ---


@pytest.mark.parametrize("name", ["sub", "jti", "client_id", "azp", "acr"])
@pytest.mark.parametrize("value", NO_STRINGS, ids=repr)
def test_a_claim_that_is_a_string_is_nothing_else_in_an_access_token(name: str, value: object) -> None:
    assert refusal(access_claims(**{name: value})) == (Reason.BAD_CLAIM, name)


@pytest.mark.parametrize("name", ["sub", "jti", "azp", "acr", "nonce", "at_hash", "c_hash"])
@pytest.mark.parametrize("value", NO_STRINGS, ids=repr)
def test_a_claim_that_is_a_string_is_nothing_else_in_an_id_token(name: str, value: object) -> None:
    assert id_refusal(id_claims(**{name: value})) == (Reason.BAD_CLAIM, name)


@pytest.mark.parametrize("name", ["scope", "scp"])
@pytest.mark.parametrize("value", [None, True, 1, {}, ["read", 1], [None], [["read"]]], ids=repr)
def test_scopes_are_a_string_or_an_array_of_strings(name: str, value: object) -> None:
    assert refusal(access_claims(**{name: value})) == (Reason.BAD_CLAIM, name)
    empty: object = []
    for good in ("", "read write", empty, ["read", "write"]):
        assert window(access_claims(**{name: good}))


@pytest.mark.parametrize("value", [None, "pwd", True, 1, {}, ["pwd", 1]], ids=repr)
def test_authentication_methods_are_an_array_of_strings(value: object) -> None:
    assert id_refusal(id_claims(amr=value)) == (Reason.BAD_CLAIM, "amr")
    assert refusal(access_claims(amr=value)) == (Reason.BAD_CLAIM, "amr")
    assert id_window(id_claims(amr=["pwd", "mfa"]))


@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "auth_time"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_a_time_is_a_number(name: str, value: object) -> None:
    assert refusal(access_claims(**{name: value})) == (Reason.BAD_CLAIM, name)
    assert id_refusal(id_claims(**{name: value})) == (Reason.BAD_CLAIM, name)


def test_a_time_may_have_a_fraction() -> None:
    assert window(access_claims(iat=NOW - 0.5, exp=NOW + 0.5, auth_time=NOW - 0.25)) == (NOW - 0.5, NOW + 0.5)


# --- Claims that have to be there ---


def test_required_claims_have_to_be_there_whatever_their_value() -> None:
    assert refusal(access_claims(), required_claims=("org",)) == (Reason.MISSING_CLAIM, "org")
    for value in ("acme", None, 0, ""):
        assert window(access_claims(org=value), required_claims=("org",))


@pytest.mark.parametrize("name", ["sub", "iat", "exp", "aud"])
def test_an_id_token_says_who_since_when_until_when_and_for_whom(name: str) -> None:
    assert id_refusal(id_claims(**{name: ABSENT})) == (Reason.MISSING_CLAIM, name)


@pytest.mark.parametrize("name", ["exp", "aud"])
def test_an_access_token_says_until_when_and_for_whom(name: str) -> None:
    assert refusal(access_claims(**{name: ABSENT})) == (Reason.MISSING_CLAIM, name)


@pytest.mark.parametrize("name", ["sub", "iat", "client_id", "scope", "jti"])
def test_other_claims_may_be_missing_from_the_vendors_access_tokens(name: str) -> None:
    assert window(access_claims(**{name: ABSENT}))
