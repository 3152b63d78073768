"""Tokens to a test's liking."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey, strict_json, verify_compact
from gatepost.testing import OMIT, LocalIssuer
from gatepost.testing.minting import at_hash, changed


def test_claims_are_set_left_out_and_null() -> None:
    assert changed({"a": 1, "b": 2}, {"b": OMIT, "c": None}) == {"a": 1, "c": None}


# The first is OpenID Connect Core, appendix A.3; the others were worked out with openssl.
@pytest.mark.parametrize(
    ("token", "algorithm", "expected"),
    [
        ("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256", "77QmUPtjPfzWtF2AnpK9RQ"),
        ("dNZX1hEZ9wBCzNL40Upu646bdzQA", "ES512", "8xltSlOGYrWy8W9yNvRlEth1i_bXW-JROWPLvCv5zog"),
        ("dNZX1hEZ9wBCzNL40Upu646bdzQA", "Ed25519", "8xltSlOGYrWy8W9yNvRlEth1i_bXW-JROWPLvCv5zog"),
    ],
)
def test_at_hash_is_the_left_half_of_the_hash(token: str, algorithm: str, expected: str) -> None:
    assert at_hash(token, algorithm) == expected


@pytest.mark.parametrize(("algorithm", "octets"), [("Ed448", 57), ("PS384", 24), ("ML-DSA-65", 16)])
def test_the_hash_is_that_of_the_algorithm(algorithm: str, octets: int) -> None:
    assert len(at_hash("token", algorithm)) == (octets * 4 + 2) // 3


@pytest.fixture
def issuer() -> LocalIssuer:
    with LocalIssuer("generic", clock=lambda: 1_700_000_000.5, algorithm="ES256") as issuer:
        return issuer


def claims_of(issuer: LocalIssuer, token: str) -> dict[str, object]:
    return strict_json.load_object(verify_compact(token, issuer.signing_key.key_set()).payload)


def header_of(issuer: LocalIssuer, token: str) -> dict[str, object]:
    return verify_compact(token, issuer.signing_key.key_set()).header


def test_a_claim_can_be_anything_and_a_name_any_string(issuer: LocalIssuer) -> None:
    claims = claims_of(issuer, issuer.mint(exp="never", self="x", **{"p1.rid": [1, {"a": None}]}))
    assert claims["exp"] == "never"
    assert claims["self"] == "x"
    assert claims["p1.rid"] == [1, {"a": None}]


def test_a_claim_is_left_out_or_null(issuer: LocalIssuer) -> None:
    claims = claims_of(issuer, issuer.mint(exp=OMIT, aud=None))
    assert "exp" not in claims
    assert claims["aud"] is None


def test_times_are_those_of_the_issuers_clock(issuer: LocalIssuer) -> None:
    issuer.clock.advance(10)
    claims = claims_of(issuer, issuer.mint())
    assert (claims["iat"], claims["exp"]) == (1_700_000_010, 1_700_003_610)


def test_header_parameters_are_set_and_left_out(issuer: LocalIssuer) -> None:
    token = issuer.mint_with(header={"typ": "dpop+jwt", "kid": OMIT, "x": 1})
    assert header_of(issuer, token) == {"alg": "ES256", "typ": "dpop+jwt", "x": 1}


def test_another_key_signs(issuer: LocalIssuer) -> None:
    other = SigningKey.generate("ES256", kid=issuer.signing_key.kid)
    token = issuer.mint_with(key=other)
    assert verify_compact(token, other.key_set()).key_id == issuer.signing_key.kid


def test_scopes_are_written_the_vendors_way(issuer: LocalIssuer) -> None:
    assert claims_of(issuer, issuer.mint_with(scopes=["a", "b"]))["scope"] == "a b"
    assert claims_of(issuer, issuer.mint())["scope"] == "read write"


def test_an_id_token_is_bound_to_its_access_token(issuer: LocalIssuer) -> None:
    access_token = issuer.mint()
    claims = claims_of(issuer, issuer.mint_with({"nonce": "n"}, kind="id", access_token=access_token))
    assert claims["at_hash"] == at_hash(access_token, "ES256")
    assert claims["nonce"] == "n"
    assert claims["aud"] == issuer.client_id


def test_a_vendor_without_jwt_access_tokens_mints_none() -> None:
    with LocalIssuer("google") as issuer, pytest.raises(ConfigurationError, match="only of the kind id"):
        issuer.mint_with(kind="access")
