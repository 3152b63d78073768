"""JWK set documents (RFC 7517 §5): what is read, what is passed over, and what refuses the whole set."""

import json
from typing import Any

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet
from gatepost.jose.octets import write, write_integer
from tests.jose.jwks import jwk_of, key_set
from tests.jose.keys_at_hand import ASYMMETRIC, SECRET, signing_key
from tests.jose.weak_keys import SMALL_ORDER_ED25519, roca_modulus

CANARY = "canary-4711"


# --- Reading a document ---


def test_a_document_is_read_from_bytes_from_text_and_from_an_object() -> None:
    document = {"keys": [jwk_of(algorithm) for algorithm in ASYMMETRIC]}
    text = json.dumps(document)
    sets = [KeySet.from_jwks(given) for given in (document, text, text.encode())]
    assert sets[0] == sets[1] == sets[2]
    assert hash(sets[0]) == hash(sets[1])
    assert [key.algorithm for key in sets[0].keys] == list(ASYMMETRIC)
    assert sets[0].skipped == ()
    assert sets[0].algorithms == set(ASYMMETRIC)
    assert not sets[0].symmetric
    assert len(sets[0]) == len(ASYMMETRIC)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>", id="HTML"),
        pytest.param(b"[]", id="an array"),
        pytest.param(b"null", id="null"),
        pytest.param('{"keys":[]}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'\xef\xbb\xbf{"keys":[]}', id="a byte order mark"),
        pytest.param('{"keys":[],"keys":[]}', id="duplicate members"),
        pytest.param('{"keys":[{"kty":"EC","kty":"RSA"}]}', id="duplicate members of a key"),
        pytest.param('{"keys":[NaN]}', id="NaN"),
        pytest.param('{"keys":' + "[" * 100_000, id="100000 levels"),
        pytest.param({}, id="without keys"),
        pytest.param({"keys": None}, id="null keys"),
        pytest.param({"keys": {}}, id="an object of keys"),
        pytest.param({"keys": "AQ"}, id="a string of keys"),
        pytest.param(jwk_of("ES256"), id="a single JWK"),
        pytest.param({CANARY: CANARY}, id="something else"),
    ],
)
def test_what_is_no_jwk_set_is_a_configuration_error_that_shows_nothing_of_it(document: Any) -> None:
    with pytest.raises(ConfigurationError, match="the JWK set ") as caught:
        KeySet.from_jwks(document)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("document", [None, 1, [jwk_of("ES256")], bytearray(b'{"keys":[]}'), object()], ids=type)
def test_a_document_of_another_type_is_a_configuration_error(document: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"not {type(document).__name__}"):
        KeySet.from_jwks(document)


def test_a_set_without_keys_is_a_set() -> None:
    empty = key_set()
    assert empty.keys == empty.skipped == ()
    assert empty.find(None, "RS256") is empty.find("key 1", "RS256") is None


# --- What is passed over ---


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        pytest.param("AQ", "is not a JSON object", id="a string"),
        pytest.param(None, "is not a JSON object", id="null"),
        pytest.param([], "is not a JSON object", id="an array"),
        pytest.param({}, "its key type", id="an empty object"),
        pytest.param({"kty": "LMS", "pub": "AQ"}, "its key type", id="an unknown key type"),
        pytest.param(jwk_of("ES256", kty="ec"), "its key type", id="a key type in lower case"),
        pytest.param(jwk_of("ES256", kty=["EC"]), "its key type", id="a key type in an array"),
        pytest.param(jwk_of("ES256", kty="RSA"), "the member n", id="a key type that does not fit the members"),
        pytest.param(jwk_of("ES256", crv="secp256k1", alg="ES256K"), "alg is not a signature algorithm", id="ES256K"),
        pytest.param(jwk_of("ES256", crv="secp256k1", alg=None), "its curve is none of", id="an unknown curve"),
        pytest.param({"kty": "OKP", "crv": "X25519", "x": "AQ"}, "its curve is none of", id="X25519"),
        pytest.param(jwk_of("RS256", use="enc"), "its use is not sig", id="use enc"),
        pytest.param(jwk_of("RS256", use="SIG"), "its use is not sig", id="use SIG"),
        pytest.param(jwk_of("RS256", use=["sig"]), "its use is not sig", id="use in an array"),
        pytest.param(jwk_of("RS256", key_ops=[]), "key_ops do not include verify", id="no key_ops"),
        pytest.param(jwk_of("RS256", key_ops=["encrypt"]), "key_ops do not include verify", id="key_ops encrypt"),
        pytest.param(jwk_of("RS256", key_ops=["sign"]), "key_ops do not include verify", id="key_ops sign"),
        pytest.param(jwk_of("RS256", key_ops="verify"), "key_ops do not include verify", id="key_ops no array"),
        pytest.param(jwk_of("RS256", alg="RSA-OAEP"), "alg is not a signature algorithm", id="alg RSA-OAEP"),
        pytest.param(jwk_of("RS256", alg="none"), "alg is not a signature algorithm", id="alg none"),
        pytest.param(jwk_of("RS256", alg="HS256"), "alg is not a signature algorithm", id="alg HS256"),
        pytest.param(jwk_of("RS256", alg=["RS256"]), "alg is not a signature algorithm", id="alg in an array"),
        pytest.param(jwk_of("RS256", alg="ES256"), "it is for RS256", id="alg of another key type"),
        pytest.param(jwk_of("ES256", alg="ES384"), "it is for ES256, not for ES384", id="alg of another curve"),
        pytest.param(jwk_of("RS256", alg="EdDSA"), "it is for RS256", id="alg EdDSA of an RSA key"),
        pytest.param(jwk_of("RS256", kid=7), "its kid", id="a kid that is a number"),
        pytest.param(jwk_of("RS256", kid=""), "its kid", id="an empty kid"),
        pytest.param(jwk_of("RS256", kid="k" * 257), "its kid", id="a long kid"),
        pytest.param(jwk_of("RS256", n=None), "the member n", id="without its modulus"),
        pytest.param(jwk_of("RS256", n=write_integer(2**1023 + 1)), "1024 bits", id="RSA 1024"),
        pytest.param(jwk_of("RS256", n=write_integer(2**16384 + 1)), "16385 bits", id="RSA 16385"),
        pytest.param(jwk_of("RS256", e="AQ"), "do not make an RSA key", id="exponent 1"),
        pytest.param(jwk_of("RS256", e="Ag"), "do not make an RSA key", id="exponent 2"),
        pytest.param(jwk_of("RS256", e="BA"), "do not make an RSA key", id="exponent 4"),
        pytest.param(jwk_of("RS256", n=write_integer(roca_modulus())), "ROCA", id="ROCA"),
        pytest.param(jwk_of("RS256", n=write_integer(2**2047)), "RSA", id="even modulus"),
        pytest.param(jwk_of("ES256", x=write(bytes(32))), "does not lie on P-256", id="a point off the curve"),
        pytest.param(jwk_of("ES256", x="AQ"), "the member x", id="a short coordinate"),
        pytest.param(jwk_of("Ed25519", x="AQ"), "is not a key of Ed25519", id="a short Ed25519 key"),
        pytest.param(jwk_of("Ed25519", x=write(SMALL_ORDER_ED25519[0])), "small order", id="a small-order Ed25519 key"),
        pytest.param(jwk_of("ML-DSA-44", alg=None), "its member alg", id="AKP without alg"),
        pytest.param(jwk_of("ML-DSA-44", pub="AQ"), "is not a key of ML-DSA-44", id="a short ML-DSA key"),
    ],
)
def test_a_key_that_is_no_use_is_passed_over_with_the_reason_and_the_others_stay(jwk: object, why: str) -> None:
    read = key_set(jwk_of("Ed25519", kid="good"), jwk)
    assert [key.kid for key in read.keys] == ["good"]
    (reason,) = read.skipped
    assert reason.startswith("key 2: ")
    assert why in reason


def test_the_reasons_show_nothing_of_the_keys() -> None:
    read = key_set(
        {"kty": CANARY},
        jwk_of("RS256", use=CANARY),
        jwk_of("RS256", alg=CANARY),
        jwk_of("RS256", kid=CANARY * 99),
        jwk_of("RS256", n=CANARY),
        jwk_of("ES256", crv=CANARY, alg=None),
        jwk_of("ES256", x=CANARY),
        jwk_of("RS256", key_ops=[CANARY]),
        CANARY,
    )
    assert len(read.skipped) == 9
    assert CANARY not in " ".join(read.skipped)
    assert CANARY not in repr(read)


# --- What refuses the whole set ---


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "Ed25519", "ML-DSA-44"])
def test_private_key_material_refuses_the_whole_set(algorithm: str) -> None:
    private: dict[str, Any] = signing_key(algorithm).to_private_jwk()
    public = signing_key(algorithm).to_jwk()
    with pytest.raises(ConfigurationError, match="key 2 of the JWK set is a private key"):
        key_set(jwk_of("Ed25519"), private)
    for name in private.keys() - public.keys():
        with pytest.raises(ConfigurationError, match="is a private key") as caught:
            key_set({**public, name: private[name]})
        assert private[name] not in str(caught.value)


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
@pytest.mark.parametrize("value", [None, "", "AQ", []], ids=repr)
def test_any_private_member_refuses_it_whatever_its_value_and_the_keys_type(member: str, value: object) -> None:
    for jwk in (signing_key("ES256").to_jwk(), {"kty": "unknown"}, {}):
        with pytest.raises(ConfigurationError, match="is a private key"):
            key_set({**jwk, member: value})


@pytest.mark.parametrize("use", ["sig", "enc", None])
def test_a_shared_secret_beside_public_keys_refuses_the_whole_set(use: str | None) -> None:
    with pytest.raises(ConfigurationError, match="key 2 of the JWK set is a shared secret"):
        key_set(jwk_of("ES256"), {"kty": "oct", "k": write(SECRET), "use": use})


def test_a_shared_secret_alone_is_refused_in_a_document_too() -> None:
    with pytest.raises(ConfigurationError, match=r"KeySet\.from_secret") as caught:
        key_set({"kty": "oct", "k": write(SECRET)})
    assert write(SECRET) not in str(caught.value)


def test_a_set_of_secrets_and_public_keys_cannot_be_put_together() -> None:
    with pytest.raises(ConfigurationError, match="cannot stand in one key set"):
        KeySet([*KeySet.from_secret(SECRET).keys, signing_key("ES256").public])
