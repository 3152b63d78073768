"""The examples of the JOSE RFCs: what is a compact JWS verifies, and every other form is refused."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import KeySet, SigningKey, base64url, sign_compact, verify_compact

_VECTORS = Path(__file__).parent / "vectors"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

Row = Mapping[str, Any]


def _rows() -> Iterator[Row]:
    for path in sorted(_VECTORS.glob("*.json")):
        yield from json.loads(path.read_bytes())


def _with(**wanted: str) -> list[Any]:
    """Return the rows that have these members, each with its section and id as the test's id."""
    return [
        pytest.param(row, id=f"{row['section'].split()[1]} {row['id']}")
        for row in _rows()
        if all(row.get(name) == value for name, value in wanted.items())
    ]


def _having(name: str, among: list[Any]) -> list[Any]:
    return [parameter for parameter in among if name in parameter.values[0]]


ACCEPTED = _with(expect="accepted")
REFUSED = _with(expect="refused")
THUMBPRINTS = _having("thumbprint", _with())


def _key_set(row: Row) -> KeySet:
    jwk = row["jwk"]
    if jwk["kty"] == "oct":
        return KeySet.from_secret(base64url.decode(jwk["k"].encode()), kid=jwk.get("kid"))
    key_set = KeySet.from_jwks({"keys": [jwk]})
    assert key_set.skipped == ()
    return key_set


def _signing_key(row: Row) -> SigningKey:
    jwk = row["private_jwk"]
    if jwk["kty"] == "oct":
        return SigningKey.from_secret(base64url.decode(jwk["k"].encode()), row["alg"], kid=jwk.get("kid"))
    return SigningKey.from_jwk({"alg": row["alg"], **jwk})


@pytest.mark.parametrize("row", ACCEPTED)
def test_a_compact_token_of_an_rfc_verifies_with_its_key(row: Row) -> None:
    jws = verify_compact(row["token"], _key_set(row))
    assert jws.payload == base64url.decode(row["payload"].encode())
    assert dict(jws.header) == row["header"]
    assert jws.key_id == row["jwk"].get("kid")


@pytest.mark.parametrize("row", ACCEPTED)
def test_the_same_token_as_bytes_and_with_its_algorithm_allowed_verifies_too(row: Row) -> None:
    jws = verify_compact(row["token"].encode(), _key_set(row), algorithms=(row["alg"],))
    assert jws.payload == base64url.decode(row["payload"].encode())


@pytest.mark.parametrize("row", ACCEPTED)
def test_the_same_token_is_refused_where_its_algorithm_is_not_allowed(row: Row) -> None:
    with pytest.raises(TokenRejected) as caught:
        verify_compact(row["token"], _key_set(row), algorithms=("ES384",))
    assert caught.value.reason is Reason.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize("row", ACCEPTED)
def test_any_one_changed_character_of_the_signature_refuses_the_token(row: Row) -> None:
    key_set, token = _key_set(row), row["token"]
    for position in range(token.rindex(".") + 1, len(token)):
        other = _ALPHABET[(_ALPHABET.index(token[position]) + 1) % len(_ALPHABET)]
        with pytest.raises(TokenRejected) as caught:
            verify_compact(token[:position] + other + token[position + 1 :], key_set)
        # In the last character, unused bits make a second spelling (RFC 4648 §3.5), which is never read at all.
        expected = {Reason.BAD_SIGNATURE, Reason.MALFORMED} if position == len(token) - 1 else {Reason.BAD_SIGNATURE}
        assert caught.value.reason in expected


@pytest.mark.parametrize("row", ACCEPTED)
def test_a_token_is_refused_with_the_keys_of_any_other_type(row: Row) -> None:
    for other in ACCEPTED:
        if other.values[0]["jwk"]["kty"] != row["jwk"]["kty"]:
            with pytest.raises(TokenRejected):
                verify_compact(row["token"], _key_set(other.values[0]))


@pytest.mark.parametrize("row", REFUSED)
def test_a_form_that_is_not_a_plain_compact_token_is_refused_even_with_its_key(row: Row) -> None:
    token = row["token"] if "token" in row else json.dumps(row["serialization"])
    for form in (token, token.encode()):
        with pytest.raises(TokenRejected) as caught:
            verify_compact(form, _key_set(row))
        assert caught.value.code == row["reason"]


@pytest.mark.parametrize("row", _having("private_jwk", ACCEPTED))
def test_an_algorithm_without_randomness_signs_the_very_bytes_of_the_rfc(row: Row) -> None:
    signing_input, _, signature = row["token"].rpartition(".")
    assert _signing_key(row).sign(signing_input.encode()) == base64url.decode(signature.encode())


@pytest.mark.parametrize("row", _having("private_jwk", _with(section="RFC 7520 §4.1") + _with(section="RFC 7520 §4.4")))
def test_a_header_of_only_alg_and_kid_comes_out_as_the_rfc_writes_it(row: Row) -> None:
    payload = base64url.decode(row["payload"].encode())
    assert sign_compact(payload, _signing_key(row)) == row["token"]


@pytest.mark.parametrize("row", THUMBPRINTS)
def test_the_thumbprint_of_a_key_is_the_one_of_the_rfc(row: Row) -> None:
    for key in _key_set(row).keys:
        assert key.thumbprint() == row["thumbprint"]


@pytest.mark.parametrize("row", _having("private_jwk", THUMBPRINTS))
def test_the_thumbprint_of_a_private_key_is_that_of_its_public_half(row: Row) -> None:
    assert SigningKey.from_jwk(row["private_jwk"]).thumbprint() == row["thumbprint"]


def test_no_two_rows_share_an_id() -> None:
    names = [f"{row['section']} {row['id']}" for row in _rows()]
    assert len(names) == len(set(names))
