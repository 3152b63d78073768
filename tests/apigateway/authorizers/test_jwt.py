"""HTTP API JWT authorizers, row by row, against a real issuer over loopback."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.authorizers import token_check
from gatepost.apigateway.authorizers.unread_token import Refused, take_apart
from gatepost.apigateway.exchange import Exchange, JwtIdentity
from gatepost.apigateway.model.api import Api
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.jose import SigningKey
from gatepost.testing import OMIT, LocalIssuer, TurnableClock
from tests.apigateway.authorizers.world import Gatekeeper, http_api, refused

NOW = 1_700_000_000
AUDIENCE = "https://api.example.com"


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("generic", audience=AUDIENCE, clock=TurnableClock(NOW)) as running:
        yield running


def api(issuer: LocalIssuer, source: str = "$request.header.Authorization", **route: Any) -> Api:
    return http_api(JwtAuthorizer("Jwt", issuer.identifier, (AUDIENCE,), source), **route)


@pytest.fixture(scope="module")
def keeper(issuer: LocalIssuer) -> Gatekeeper:
    return Gatekeeper(api(issuer), clock=issuer.clock)


@pytest.fixture(scope="module")
def scoped(issuer: LocalIssuer) -> Gatekeeper:
    return Gatekeeper(api(issuer, scopes=("admin", "read")), clock=issuer.clock)


def ask(keeper: Gatekeeper, token: str) -> Exchange:
    return keeper.ask({"Authorization": f"Bearer {token}"})


def identity(made: Exchange) -> JwtIdentity:
    assert made.failure is None, made.failure
    assert isinstance(made.identity, JwtIdentity)
    return made.identity


def description(made: Exchange) -> str:
    """Return `error_description` of a 401 whose header has AWS's form to the byte."""
    failure = refused(made)
    assert failure.kind == "UNAUTHORIZED"
    text = failure.authorizer_error.removeprefix("invalid_token: ")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert made.route is not None
    scope = " ".join(made.route.scopes)
    assert failure.www_authenticate == f'Bearer scope="{scope}" error="invalid_token" error_description="{quoted}"'
    assert made.identity is None
    return text


def segment(value: object) -> str:
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


# ── §1.2, identity source ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"X-Token": "x"}], ids=str
)
def test_without_a_token_the_header_is_bearer_and_nothing_else(keeper: Gatekeeper, headers: dict[str, str]) -> None:
    failure = refused(keeper.ask(headers))
    assert (failure.kind, failure.www_authenticate) == ("UNAUTHORIZED", "Bearer")
    assert failure.authorizer_error == "missing: token not provided"


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", "BEARER  ", ""], ids=repr)
def test_the_prefix_is_optional_and_has_no_case(keeper: Gatekeeper, issuer: LocalIssuer, prefix: str) -> None:
    assert identity(keeper.ask({"authorization": prefix + issuer.mint()}))


def test_the_token_may_stand_in_the_query(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer, "$request.querystring.access_token"), clock=issuer.clock)
    assert identity(keeper.ask({}, query=f"a=1&access_token={issuer.mint()}"))
    assert refused(keeper.ask({"Authorization": f"Bearer {issuer.mint()}"})).www_authenticate == "Bearer"


# ── §1.2 and §1.3, what is refused, and in which words ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"iss": "https://other.example"}, "issuer does not match"),
        ({"iss": OMIT}, "issuer does not match"),
        ({"iss": [AUDIENCE]}, "issuer does not match"),
        ({"aud": "https://other.example"}, "the token does not have a valid audience"),
        ({"aud": []}, "the token does not have a valid audience"),
        ({"aud": None}, "the token does not have a valid audience"),
        ({"aud": 7}, "the token does not have a valid audience"),
        ({"aud": [[AUDIENCE]]}, "the token does not have a valid audience"),
        ({"aud": AUDIENCE + "/"}, "the token does not have a valid audience"),
        ({"aud": "https://other.example", "client_id": AUDIENCE}, "the token does not have a valid audience"),
        ({"aud": OMIT, "client_id": "other"}, "the token does not have a valid audience"),
        ({"aud": OMIT, "client_id": OMIT}, "the token does not have a valid audience"),
        ({"aud": OMIT, "client_id": [AUDIENCE]}, "the token does not have a valid audience"),
        ({"exp": NOW - 1}, "the token has expired"),
        ({"exp": NOW}, "the token has expired"),
        ({"exp": OMIT}, "the token has expired"),
        ({"exp": str(NOW + 60)}, "token is invalid"),
        ({"exp": None}, "token is invalid"),
        ({"exp": True}, "token is invalid"),
        ({"nbf": NOW + 1}, "Token is not valid yet"),
        ({"nbf": "0"}, "token is invalid"),
        ({"iat": NOW + 1}, "Token used before issued"),
        ({"iat": []}, "token is invalid"),
        ({"iss": "x", "aud": "x", "exp": 0}, "issuer does not match"),
        ({"aud": "x", "exp": 0}, "the token does not have a valid audience"),
        ({"exp": 0, "nbf": NOW + 1}, "the token has expired"),
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_has_to_be(
    keeper: Gatekeeper, issuer: LocalIssuer, claims: dict[str, object], expected: str
) -> None:
    assert description(ask(keeper, issuer.mint(**claims))) == expected


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [AUDIENCE]},
        {"aud": ["https://other.example", AUDIENCE]},
        {"aud": OMIT, "client_id": AUDIENCE},
        {"aud": AUDIENCE, "client_id": "other"},
        {"exp": NOW + 1},
        {"exp": NOW + 0.5},
        {"nbf": NOW, "iat": NOW},
        {"iat": OMIT},
        {"token_use": "id", "typ": "anything"},
    ],
    ids=str,
)
def test_a_token_that_is_as_it_has_to_be(keeper: Gatekeeper, issuer: LocalIssuer, claims: dict[str, object]) -> None:
    assert identity(ask(keeper, issuer.mint(**claims))).scopes is None


def test_an_id_token_passes_where_no_scope_is_asked_for(issuer: LocalIssuer, keeper: Gatekeeper) -> None:
    assert identity(ask(keeper, issuer.mint_with({"aud": AUDIENCE}, kind="id")))


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("ES256", "signing method ES256 is invalid"),
        ("HS256", "signing method HS256 is invalid"),
        ("none", "signing method none is invalid"),
        ("PS256", "signing method PS256 is invalid"),
        ("EdDSA", "signing method EdDSA is invalid"),
        ("nOnE", "signing method (alg) is unavailable."),
        ("rs256", "signing method (alg) is unavailable."),
        (None, "signing method (alg) is unspecified."),
        (7, "signing method (alg) is unspecified."),
    ],
)
def test_algorithms_other_than_rsa(keeper: Gatekeeper, issuer: LocalIssuer, algorithm: object, expected: str) -> None:
    _, payload, signature = issuer.mint().split(".")
    header = {"alg": algorithm, "kid": issuer.signing_key.kid}
    assert description(ask(keeper, f"{segment(header)}.{payload}.{signature}")) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("opaque", "token contains an invalid number of segments"),
        ("a.b", "token contains an invalid number of segments"),
        ("a.b.c.d.e", "token contains an invalid number of segments"),
        ("ab%d.e30.x", "illegal base64 data at input byte 2"),
        ("abcde.e30.x", "illegal base64 data at input byte 5"),
        (f"{segment(b'<html>')}.e30.x", "invalid character '<' looking for beginning of value"),
        (f"{segment(b'')}.e30.x", "unexpected end of JSON input"),
        (f"{segment([])}.e30.x", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        (
            f"{segment({'alg': 'RS256'})}.{segment('x')}.x",
            "json: cannot unmarshal string into Go value of type jwt.MapClaims",
        ),
        (f"{segment(b'{')}.e30.x", "token is invalid"),
        (f"{segment(b'@')}.e30.x", "invalid character '@' looking for beginning of value"),
        (f"{segment({'alg': 'RS256', 'x': 'y' * 5000})}.e30.x", "token is invalid"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_no_token(keeper: Gatekeeper, token: str, expected: str) -> None:
    assert description(ask(keeper, token)) == expected


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (b'{"alg":"RS256","alg":"RS256","kid":"KID"}', None),
        (None, b'{"iss":"a","iss":"b"}'),
        (b'{"alg":"RS256","kid":"KID","crit":["exp"],"exp":1}', None),
        (b'{"alg":"RS256","kid":"KID","b64":false}', None),
        (b'{"alg":"RS256","kid":"KID","jwk":{}}', None),
        (b'{"alg":"RS256","kid":7}', None),
        (None, b'{"a":NaN}'),
        (None, b"[" * 2000),
        (None, '{"a":1}'.encode("utf-16")),
    ],
    ids=str,
)
def test_what_go_would_take_and_is_not_safe_is_refused(
    keeper: Gatekeeper, issuer: LocalIssuer, header: bytes | None, payload: bytes | None
) -> None:
    good = issuer.mint().split(".")
    kid = str(issuer.signing_key.kid).encode()
    head = good[0] if header is None else segment(header.replace(b"KID", kid))
    text = description(ask(keeper, f"{head}.{good[1] if payload is None else segment(payload)}.{good[2]}"))
    assert text == "token is invalid" or text.startswith("invalid character")


def test_a_signature_of_somebody_else(keeper: Gatekeeper, issuer: LocalIssuer) -> None:
    other = SigningKey.generate("RS256", kid=issuer.signing_key.kid)
    assert description(ask(keeper, issuer.mint_with(key=other))) == "crypto/rsa: verification error"
    head, payload, _ = issuer.mint().split(".")
    assert description(ask(keeper, f"{head}.{payload}.")) == "crypto/rsa: verification error"
    assert description(ask(keeper, f"{head}.{payload}.%")) == "illegal base64 data at input byte 0"


@pytest.mark.parametrize("header", [{"kid": OMIT}, {"kid": "nobody"}, {"kid": ""}], ids=str)
def test_the_kid_has_to_name_a_key(issuer: LocalIssuer, keeper: Gatekeeper, header: dict[str, object]) -> None:
    assert description(ask(keeper, issuer.mint_with(header=header))) == "the token does not have a known key id"


def test_rsa_pss_is_a_setting(issuer: LocalIssuer) -> None:
    with LocalIssuer("generic", audience=AUDIENCE, algorithm="PS256", clock=issuer.clock) as pss:
        token = pss.mint()
        strict = Gatekeeper(api(pss), clock=issuer.clock)
        assert description(ask(strict, token)) == "signing method PS256 is invalid"
        lenient = Gatekeeper(api(pss), clock=issuer.clock, assumptions=Assumptions(rsa_pss=True))
        assert identity(ask(lenient, token))


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_every_rsa_signature_is_taken(issuer: LocalIssuer, algorithm: str) -> None:
    with LocalIssuer("generic", audience=AUDIENCE, algorithm=algorithm, clock=issuer.clock) as other:
        assert identity(ask(Gatekeeper(api(other), clock=issuer.clock), other.mint()))


def test_leeway_and_a_missing_exp_are_settings(issuer: LocalIssuer) -> None:
    lenient = Assumptions(leeway=5, require_exp=False)
    keeper = Gatekeeper(api(issuer), clock=issuer.clock, assumptions=lenient)
    assert identity(ask(keeper, issuer.mint(exp=NOW - 4, nbf=NOW + 5, iat=NOW + 5)))
    assert identity(ask(keeper, issuer.mint(exp=OMIT)))
    assert description(ask(keeper, issuer.mint(exp=NOW - 5))) == "the token has expired"


# ── Scopes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "read write"}, ("read", "write")),
        ({"scope": ["admin"]}, ("admin",)),
        ({"scope": OMIT, "scp": ["read", "x"]}, ("read", "x")),
        ({"scope": "x", "scp": "read y"}, ("read", "y")),
    ],
    ids=str,
)
def test_one_scope_of_the_route_is_enough_and_all_of_the_token_are_handed_on(
    scoped: Gatekeeper, issuer: LocalIssuer, claims: dict[str, object], scopes: tuple[str, ...]
) -> None:
    assert identity(ask(scoped, issuer.mint(**claims))).scopes == scopes


@pytest.mark.parametrize(
    "claims", [{"scope": "write"}, {"scope": OMIT}, {"scope": ""}, {"scope": "READ"}, {"scope": [["read"]]}], ids=str
)
def test_without_any_scope_of_the_route_it_is_a_403(
    scoped: Gatekeeper, issuer: LocalIssuer, claims: dict[str, object]
) -> None:
    failure = refused(ask(scoped, issuer.mint(**claims)))
    assert (failure.kind, failure.www_authenticate) == ("ACCESS_DENIED", None)


def test_the_header_of_the_403_is_a_setting(issuer: LocalIssuer) -> None:
    assumptions = Assumptions(insufficient_scope_header=True)
    keeper = Gatekeeper(api(issuer, scopes=("admin",)), clock=issuer.clock, assumptions=assumptions)
    header = refused(ask(keeper, issuer.mint(scope="read"))).www_authenticate
    assert header is not None
    assert header.startswith('Bearer scope="admin" error="insufficient_scope" error_description="')


def test_the_scopes_of_the_route_stand_first_in_the_header(scoped: Gatekeeper, issuer: LocalIssuer) -> None:
    made = ask(scoped, issuer.mint(aud="x"))
    assert refused(made).www_authenticate == (
        'Bearer scope="admin read" error="invalid_token" error_description="the token does not have a valid audience"'
    )


# ── §1.4, what is handed on ──────────────────────────────────────────────────────────────────────────────────────────
def test_claims_are_texts_and_scopes_are_null_where_the_route_has_none(keeper: Gatekeeper, issuer: LocalIssuer) -> None:
    token = issuer.mint(groups=["USERS", "ADMINS"], ok=True, nothing=None, scope="read write")
    found = identity(ask(keeper, token))
    assert found.scopes is None
    assert found.claims["scope"] == "read write"
    assert found.claims["groups"] == "[USERS ADMINS]"
    assert found.claims["ok"] == "true"
    assert found.claims["exp"] == str(NOW + 3600)
    assert "nothing" not in found.claims


# ── Trace ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_trace_says_which_check_failed_and_why_and_never_the_token(keeper: Gatekeeper, issuer: LocalIssuer) -> None:
    token = issuer.mint(iss=issuer.identifier + "/")
    made = ask(keeper, token)
    assert [step.name for step in made.steps if step.passed][-1] == "signature"
    last = made.steps[-1]
    assert (last.name, last.passed) == ("iss", False)
    assert "differ just by a trailing slash" in last.detail
    assert not any(part in str(made.steps) for part in token.split("."))


def test_a_token_that_was_verified_is_not_verified_again(issuer: LocalIssuer) -> None:
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    token = issuer.mint()
    steps = [{step.name: step.detail for step in ask(keeper, token).steps} for _ in range(2)]
    assert "signature" in steps[0]
    assert "signature" not in steps[1]
    assert "verified before" in steps[1]["cache"]


def test_only_the_tokens_that_were_used_last_are_remembered(
    issuer: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_check, "_REMEMBERED", 2)
    keeper = Gatekeeper(api(issuer), clock=issuer.clock)
    one, two, three = (issuer.mint() for _ in range(3))

    def was_verified(token: str) -> bool:
        return any(step.name == "signature" for step in ask(keeper, token).steps)

    assert [was_verified(token) for token in (one, two, one, three, one, two)] == [True, True, False, True, False, True]


def test_a_token_that_was_verified_expires_all_the_same() -> None:
    clock = TurnableClock(NOW)
    with LocalIssuer("generic", audience=AUDIENCE, clock=clock) as issuer:
        keeper = Gatekeeper(api(issuer), clock=clock)
        token = issuer.mint(exp=NOW + 10)
        assert identity(ask(keeper, token))
        clock.advance(9)
        assert identity(ask(keeper, token))
        clock.advance(1)
        assert description(ask(keeper, token)) == "the token has expired"


# ── Whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────────
@given(st.text(alphabet='eyJ.0-_=%"\\ é{}', max_size=60) | st.text(max_size=40))
def test_no_text_makes_it_fall_over_or_break_the_header(text: str) -> None:
    with pytest.raises(Refused) as caught:
        take_apart(text, frozenset({"RS256"}))
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()
