"""Claim rules: RFC 9068 §4 and the vendors' older forms, OpenID Connect Core §3.1.3.7, RFC 8725 §3.8 to §3.12."""

from typing import Any

import pytest

from gatepost import KeySet
from gatepost.errors import Reason, TokenRejected
from gatepost.verification.claims import ClaimRules, check
from tests.verification.minting import ABSENT, AUDIENCE, CLIENT, ISSUERS_KEY, NOW, access_claims, api_issuer, id_claims

NO_STRINGS: list[object] = [None, True, False, 0, 1, 1.5, [], ["x"], {}, {"x": 1}]
NO_NUMBERS: list[object] = [None, True, False, "", "1800000600", "x", [], [NOW + 600], {}, {"exp": NOW + 600}]

Window = tuple[float, float]


def window(claims: dict[str, object], *, typ: str | None = None, now: float = NOW, **options: Any) -> Window:
    """Return the window in which the claims of a token are good, as the issuer's rules judge them."""
    return check(typ, claims, ClaimRules(api_issuer(**options)), now)


def id_window(claims: dict[str, object], **options: Any) -> Window:
    return window(claims, **{"token_type": "id", "audience": CLIENT, **options})


def refusal(claims: dict[str, object], **options: Any) -> tuple[Reason, str | None]:
    with pytest.raises(TokenRejected) as caught:
        window(claims, **options)
    return caught.value.reason, caught.value.claim


def id_refusal(claims: dict[str, object], **options: Any) -> tuple[Reason, str | None]:
    return refusal(claims, **{"token_type": "id", "audience": CLIENT, **options})


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


# --- For whom it is ---


@pytest.mark.parametrize("aud", [AUDIENCE, [AUDIENCE], ["other", AUDIENCE], [AUDIENCE, AUDIENCE]], ids=repr)
def test_an_access_token_names_its_audience_among_others(aud: object) -> None:
    assert window(access_claims(aud=aud))


@pytest.mark.parametrize(
    "aud",
    [
        "",
        "other",
        [],
        ["other"],
        AUDIENCE + "/",
        AUDIENCE[:-1],
        AUDIENCE + ".attacker.example",
        AUDIENCE.upper(),
        f"{AUDIENCE} other",
        f" {AUDIENCE}",
        [AUDIENCE[:8], AUDIENCE[8:]],
    ],
    ids=repr,
)
def test_an_audience_is_compared_whole_and_exactly(aud: object) -> None:
    assert refusal(access_claims(aud=aud)) == (Reason.WRONG_AUDIENCE, "aud")


@pytest.mark.parametrize(
    "aud", [None, True, 1, {}, {AUDIENCE: 1}, [AUDIENCE, 1], [AUDIENCE, None], [[AUDIENCE]], [{}]], ids=repr
)
def test_an_audience_is_a_string_or_an_array_of_strings(aud: object) -> None:
    assert refusal(access_claims(aud=aud)) == (Reason.BAD_CLAIM, "aud")
    assert refusal(access_claims(aud=aud), audience=None) == (Reason.BAD_CLAIM, "aud")
    assert id_refusal(id_claims(aud=aud)) == (Reason.BAD_CLAIM, "aud")


def test_of_several_audiences_any_will_do() -> None:
    for aud in (AUDIENCE, CLIENT):
        assert window(access_claims(aud=aud), audience=(AUDIENCE, CLIENT))
    assert refusal(access_claims(aud="other"), audience=(AUDIENCE, CLIENT))[0] is Reason.WRONG_AUDIENCE


def test_no_audience_is_asked_for_only_where_none_is_written() -> None:
    for aud in ("other", ABSENT, []):
        assert window(access_claims(aud=aud), audience=None)
    assert id_window(id_claims(aud="other"), audience=None)
    assert id_refusal(id_claims(aud=ABSENT), audience=None) == (Reason.MISSING_CLAIM, "aud")


def test_client_id_stands_in_for_a_missing_audience_only_where_the_issuer_says_so() -> None:
    token = access_claims(aud=ABSENT)
    assert refusal(token, audience=CLIENT) == (Reason.MISSING_CLAIM, "aud")
    assert window(token, audience=CLIENT, client_id_as_audience=True)
    assert refusal(token, audience="other", client_id_as_audience=True) == (Reason.WRONG_AUDIENCE, "aud")
    assert refusal(access_claims(), audience=CLIENT, client_id_as_audience=True) == (Reason.WRONG_AUDIENCE, "aud")
    neither = access_claims(aud=ABSENT, client_id=ABSENT)
    assert refusal(neither, audience=CLIENT, client_id_as_audience=True) == (Reason.MISSING_CLAIM, "aud")
    assert refusal(access_claims(aud=None), audience=CLIENT, client_id_as_audience=True)[0] is Reason.BAD_CLAIM


def test_an_id_token_is_for_nobody_else() -> None:
    for azp in (ABSENT, CLIENT):
        assert id_refusal(id_claims(aud=[CLIENT, "other"], azp=azp)) == (Reason.WRONG_AUDIENCE, "aud")


def test_an_id_token_for_several_says_whose_it_is() -> None:
    both: dict[str, Any] = {"audience": (CLIENT, "client-2")}
    assert id_refusal(id_claims(aud=[CLIENT, "client-2"]), **both) == (Reason.MISSING_CLAIM, "azp")
    assert id_refusal(id_claims(aud=[CLIENT, "client-2"], azp="other"), **both) == (Reason.WRONG_AUDIENCE, "azp")
    assert id_window(id_claims(aud=[CLIENT, "client-2"], azp="client-2"), **both)


def test_an_id_token_of_another_authorized_party_is_refused() -> None:
    assert id_window(id_claims(azp=CLIENT))
    assert id_refusal(id_claims(azp="other")) == (Reason.WRONG_AUDIENCE, "azp")


def test_an_access_token_may_have_any_authorized_party() -> None:
    assert window(access_claims(azp="other"))


# --- When it is good ---


def test_a_token_is_good_until_just_before_it_expires() -> None:
    assert window(access_claims(exp=NOW + 1)) == (NOW - 60, NOW + 1)
    for exp in (NOW, NOW - 1, 0, -NOW, NOW - 0.001):
        assert refusal(access_claims(exp=exp)) == (Reason.EXPIRED, "exp")


def test_a_token_is_good_from_the_moment_of_nbf() -> None:
    assert window(access_claims(nbf=NOW)) == (NOW, NOW + 600)
    assert window(access_claims(nbf=NOW - 600)) == (NOW - 60, NOW + 600)
    for nbf in (NOW + 1, NOW + 0.001, 9e15):
        assert refusal(access_claims(nbf=nbf)) == (Reason.NOT_YET_VALID, "nbf")


def test_a_token_is_not_issued_in_the_future() -> None:
    assert window(access_claims(iat=NOW)) == (NOW, NOW + 600)
    for iat in (NOW + 1, NOW + 3600):
        assert refusal(access_claims(iat=iat)) == (Reason.ISSUED_IN_FUTURE, "iat")


def test_without_nbf_and_iat_a_token_was_always_good() -> None:
    assert window(access_claims(iat=ABSENT)) == (float("-inf"), NOW + 600)
    assert window(access_claims(iat=ABSENT, nbf=5)) == (5, NOW + 600)


def test_leeway_forgives_a_difference_of_clocks_in_each_time() -> None:
    assert window(access_claims(exp=NOW - 4, nbf=NOW + 5, iat=NOW + 5), leeway=5) == (NOW, NOW + 1)
    assert refusal(access_claims(exp=NOW - 5), leeway=5) == (Reason.EXPIRED, "exp")
    assert refusal(access_claims(nbf=NOW + 6), leeway=5) == (Reason.NOT_YET_VALID, "nbf")
    assert refusal(access_claims(iat=NOW + 6), leeway=5) == (Reason.ISSUED_IN_FUTURE, "iat")


def test_the_greatest_age_counts_from_iat() -> None:
    assert window(access_claims(), max_token_age=60) == (NOW - 60, NOW)
    assert window(access_claims(), max_token_age=61) == (NOW - 60, NOW + 1)
    assert window(access_claims(), max_token_age=10_000) == (NOW - 60, NOW + 600)
    assert refusal(access_claims(), max_token_age=59) == (Reason.TOO_OLD, "iat")
    assert window(access_claims(), max_token_age=59, leeway=1)
    assert refusal(access_claims(iat=NOW - 7 * 86400), max_token_age=86400) == (Reason.TOO_OLD, "iat")


def test_the_greatest_age_makes_iat_required() -> None:
    assert refusal(access_claims(iat=ABSENT), max_token_age=60) == (Reason.MISSING_CLAIM, "iat")


def test_rules_are_prepared_once_and_cannot_be_changed() -> None:
    keys: KeySet = ISSUERS_KEY.key_set()
    rules = ClaimRules(api_issuer(keys))
    for name in ClaimRules.__slots__:
        with pytest.raises(AttributeError):
            setattr(rules, name, None)
