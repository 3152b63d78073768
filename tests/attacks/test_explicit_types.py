"""Explicit typing and rules that exclude each other (RFC 8725 §3.11 and §3.12, RFC 9068 §4)."""

import pytest

from gatepost import Reason
from tests.attacks.forging import accepted, issued, issuers_header, refused
from tests.verification.minting import AUDIENCE, CLIENT, access_claims, id_claims

OTHER_TYPES = [
    "dpop+jwt",
    "logout+jwt",
    "secevent+jwt",
    "rt+jwt",
    "token-introspection+jwt",
    "oauth-authz-req+jwt",
    "client-authentication+jwt",
    "entity-statement+jwt",
    "kb+jwt",
    "dc+sd-jwt",
    "JOSE",
    "JOSE+JSON",
    "JWE",
    "at+jwt+x",
    "at+jwt ",
    " at+jwt",
    "at jwt",
    "application/dpop+jwt",
    "application/application/at+jwt",
    "text/at+jwt",
    "at+jwt;x=y",
    "",
]


@pytest.mark.parametrize("typ", OTHER_TYPES, ids=repr)
def test_a_token_of_another_type_is_no_access_token_and_no_id_token(typ: str) -> None:
    header = issuers_header(typ=typ)
    assert refused(issued(access_claims(), header)) is Reason.WRONG_TYPE
    assert refused(issued(id_claims(), header), audience=CLIENT, token_type="id") is Reason.WRONG_TYPE
    assert refused(issued(access_claims(), header), token_type="any") is Reason.WRONG_TYPE
    for spelling in (typ.upper(), typ.title()):
        assert refused(issued(access_claims(), issuers_header(typ=spelling))) is Reason.WRONG_TYPE


@pytest.mark.parametrize("typ", [None, 1, True, [], ["at+jwt"], {}, {"at+jwt": 1}], ids=repr)
def test_a_type_that_is_no_string_is_malformed(typ: object) -> None:
    assert refused(issued(access_claims(), issuers_header(typ=typ))) is Reason.MALFORMED


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt", "JWT", "jwt"])
def test_these_are_access_tokens(typ: str) -> None:
    assert accepted(issued(access_claims(), issuers_header(typ=typ))).subject == "alice"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt"])
def test_where_at_jwt_is_demanded_jwt_is_no_explicit_type(typ: str) -> None:
    assert refused(issued(access_claims(), issuers_header(typ=typ)), require_at_jwt=True) is Reason.WRONG_TYPE
    assert refused(issued(access_claims()), require_at_jwt=True) is Reason.WRONG_TYPE
    assert accepted(issued(access_claims(), issuers_header(typ="at+jwt")), require_at_jwt=True).subject == "alice"


@pytest.mark.parametrize(
    "marks",
    [{"nonce": "n"}, {"at_hash": "h"}, {"c_hash": "h"}, {"nonce": None}, {"token_use": "id"}, {"typ": "ID"}],
    ids=repr,
)
def test_an_id_token_is_no_access_token_even_for_the_right_audience(marks: dict[str, object]) -> None:
    for typ in ({}, {"typ": "JWT"}, {"typ": "at+jwt"}):
        token = issued(id_claims(aud=AUDIENCE, nonce="n") | marks, issuers_header(**typ))
        assert refused(token) is Reason.WRONG_TYPE
        assert refused(issued(access_claims(**marks), issuers_header(**typ))) is Reason.WRONG_TYPE


@pytest.mark.parametrize(
    "marks",
    [
        {"scope": "openid"},
        {"scp": ["openid"]},
        {"client_id": CLIENT},
        {"cid": CLIENT},
        {"token_use": "access"},
        {"typ": "Bearer"},
    ],
    ids=repr,
)
def test_an_access_token_is_no_id_token_even_for_the_right_audience(marks: dict[str, object]) -> None:
    for typ in ({}, {"typ": "JWT"}):
        token = issued(id_claims(**marks), issuers_header(**typ))
        assert refused(token, audience=CLIENT, token_type="id") is Reason.WRONG_TYPE


def test_an_access_token_that_says_so_is_no_id_token() -> None:
    token = issued(id_claims(), issuers_header(typ="at+jwt"))
    assert refused(token, audience=CLIENT, token_type="id") is Reason.WRONG_TYPE


def test_a_logout_token_is_neither() -> None:
    claims = id_claims(nonce="n", events={"http://schemas.openid.net/event/backchannel-logout": {}})
    del claims["nonce"]  # OpenID Connect Back-Channel Logout §2.4
    assert refused(issued(claims), audience=CLIENT, token_type="id") is Reason.WRONG_TYPE
    assert refused(issued(claims), audience=CLIENT) is Reason.WRONG_TYPE
    assert refused(issued(claims), audience=CLIENT, token_type="any") is Reason.WRONG_TYPE


@pytest.mark.parametrize("typ", ["Refresh", "Offline", "Logout"])
def test_a_refresh_token_of_the_same_issuer_is_neither(typ: str) -> None:
    for token_type, claims in (("access", access_claims(aud=CLIENT)), ("id", id_claims()), ("any", id_claims())):
        token = issued(claims | {"typ": typ})
        assert refused(token, audience=CLIENT, token_type=token_type) is Reason.WRONG_TYPE
