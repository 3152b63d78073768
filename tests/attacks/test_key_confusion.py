"""A public key used as an HMAC secret, and a key used for an algorithm that it is not bound to.

CVE-2015-9235, CVE-2016-5431, CVE-2016-10555, CVE-2017-11424, CVE-2022-29217, CVE-2023-48223, CVE-2024-33663,
CVE-2024-37568, CVE-2026-34950, CVE-2026-48523, CVE-2026-48526, CVE-2026-85394, CVE-2026-102271.
"""

import json
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from gatepost import ConfigurationError, Issuer, KeySet, Reason, Verifier
from gatepost.jose import SigningKey, base64url
from gatepost.jose.algorithms import SYMMETRIC
from tests.attacks.forging import (
    EC,
    ISSUERS_KEYS,
    PUBLISHED,
    RSA,
    accepted,
    forge,
    hs,
    refused,
    refused_as_jws,
)
from tests.jose.keys_at_hand import SECRET
from tests.verification.minting import AUDIENCE, ISSUER, NOW, access_claims
from tests.verification.outcomes import refusal


def spellings_of(key: SigningKey) -> dict[str, bytes]:
    """Return the octets in which a library might have kept the public key."""
    pem = key.public.to_pem().encode()
    public: Any = load_pem_public_key(pem)
    jwk = key.to_jwk()
    bare = {name: value for name, value in jwk.items() if name not in {"kid", "use", "alg"}}
    spellings = {
        "PEM": pem,
        "PEM without the last line end": pem.rstrip(b"\n"),
        "PEM with a line end more": pem + b"\n",
        "PEM with a space before it": b" " + pem,
        "PEM with a line end before it": b"\n" + pem,
        "PEM with a byte order mark": b"\xef\xbb\xbf" + pem,
        "PEM with CRLF": pem.replace(b"\n", b"\r\n"),
        "PEM in one line": pem.replace(b"\n", b""),
        "PEM without its frame": b"".join(pem.splitlines()[1:-1]),
        "PEM in UTF-16": pem.decode().encode("utf-16"),
        "PEM in base64": b64encode(pem),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "DER in base64": b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        "JWK": json.dumps(jwk).encode(),
        "JWK, compact": json.dumps(jwk, separators=(",", ":")).encode(),
        "JWK, sorted and indented": json.dumps(jwk, sort_keys=True, indent=2).encode(),
        "JWK of required members": json.dumps(bare, separators=(",", ":"), sort_keys=True).encode(),
        "JWK as Python shows it": repr(jwk).encode(),
        "JWKS": json.dumps({"keys": [jwk]}).encode(),
        "JWKS, as published": json.dumps(PUBLISHED.to_jwks(), separators=(",", ":")).encode(),
        "JWKS as an array": json.dumps([jwk]).encode(),
        "kid": str(key.kid).encode(),
        "thumbprint": key.thumbprint().encode(),
        "nothing": b"",
    }
    if jwk["kty"] in {"RSA", "EC", "OKP"} and jwk.get("crv") != "Ed448":
        spellings["SSH"] = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    if jwk["kty"] == "RSA":
        spellings["PKCS #1"] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        spellings["PKCS #1 DER"] = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        spellings["modulus"] = base64url.decode(jwk["n"].encode())
        spellings["modulus as text"] = jwk["n"].encode()
    if jwk["kty"] == "EC":
        spellings["point"] = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        spellings["compressed point"] = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return spellings


CONFUSIONS = [
    pytest.param(key, secret, id=f"{name} key as {spelling}")
    for name, key in ISSUERS_KEYS.items()
    for spelling, secret in spellings_of(key).items()
]


@pytest.mark.parametrize(("key", "secret"), CONFUSIONS)
def test_hs_rs_confusion_is_refused_in_every_spelling_of_the_public_key(key: SigningKey, secret: bytes) -> None:
    for algorithm in SYMMETRIC:
        for kid in ({"kid": key.kid}, {}):
            token = forge({"alg": algorithm, **kid}, sign=hs(secret, algorithm))
            assert refused(token) is Reason.UNSUPPORTED_ALGORITHM
            assert refused_as_jws(token) is Reason.UNSUPPORTED_ALGORITHM
            # Even where somebody allowed HMAC by mistake, there is no key for it.
            assert refused_as_jws(token, algorithms=(key.algorithm, algorithm)) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize("algorithm", sorted(SYMMETRIC))
def test_hmac_cannot_be_accepted_from_an_issuer_with_public_keys(algorithm: str) -> None:
    for algorithms in ((algorithm,), (algorithm, "RS256"), tuple(SYMMETRIC)):
        with pytest.raises(ConfigurationError, match="shared secret"):
            Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED, algorithms=algorithms)
        with pytest.raises(ConfigurationError, match="shared secret"):
            Issuer(ISSUER, audience=AUDIENCE, algorithms=algorithms)


def test_public_key_algorithms_cannot_be_accepted_from_an_issuer_with_a_secret() -> None:
    for algorithms in (("HS256", "RS256"), ("RS256",), None):
        with pytest.raises(ConfigurationError):
            Issuer(ISSUER, audience=AUDIENCE, keys=KeySet.from_secret(SECRET), algorithms=algorithms)


def test_a_public_key_cannot_be_bound_to_hmac() -> None:
    for key in (RSA, EC):
        with pytest.raises(ConfigurationError):
            KeySet.from_pem(key.public.to_pem(), algorithm="HS256")
        assert KeySet.from_jwks({"keys": [{**key.to_jwk(), "alg": "HS256"}]}).keys == ()
        text: Any = key.public.to_pem()
        with pytest.raises(ConfigurationError, match="bytes"):
            KeySet.from_secret(text)


def test_symmetric_and_asymmetric_keys_never_stand_in_one_set() -> None:
    with pytest.raises(ConfigurationError):
        KeySet([RSA.public, *KeySet.from_secret(SECRET).keys])
    with pytest.raises(ConfigurationError):
        KeySet.from_jwks({"keys": [RSA.to_jwk(), SigningKey.from_secret(SECRET).to_private_jwk()]})


def test_where_a_secret_is_trusted_a_public_key_is_not() -> None:
    secret = KeySet.from_secret(SECRET)
    good = forge({"alg": "HS256"}, sign=hs(SECRET))
    assert accepted(good, secret, algorithms=("HS256",)).subject == "alice"
    for key in ISSUERS_KEYS.values():
        token = forge({"alg": key.algorithm, "kid": key.kid}, sign=key.sign)
        assert refused(token, secret, algorithms=("HS256",)) is Reason.UNSUPPORTED_ALGORITHM
    assert refused(forge({"alg": "HS256"}, sign=hs(b"")), secret, algorithms=("HS256",)) is Reason.BAD_SIGNATURE


# --- The header's algorithm, the key's algorithm and the accepted ones are the same (CVE-2026-48523) ---


@pytest.mark.parametrize("other", ["RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_key_that_is_bound_to_one_algorithm_serves_no_other_of_its_type(other: str) -> None:
    jwk = RSA.to_private_jwk()
    signs_otherwise = SigningKey.from_jwk({**jwk, "alg": other})
    token = forge({"alg": other, "kid": RSA.kid}, sign=signs_otherwise.sign)
    keys = KeySet([RSA.public])
    assert refused(token, keys) in {Reason.UNKNOWN_KEY, Reason.UNSUPPORTED_ALGORITHM}
    assert refused_as_jws(token, keys) is Reason.UNSUPPORTED_ALGORITHM
    assert refused_as_jws(token, keys, algorithms=("RS256", other)) is Reason.UNKNOWN_KEY
    # A key that names no algorithm serves all of its type, of which the issuer's list is still the limit.
    unbound = KeySet.from_jwks({"keys": [{name: value for name, value in RSA.to_jwk().items() if name != "alg"}]})
    assert accepted(token, unbound).subject == "alice"
    assert refused(token, unbound, algorithms=("RS256",)) is Reason.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize("algorithm", ISSUERS_KEYS)
def test_a_header_that_names_another_type_of_key_finds_none(algorithm: str) -> None:
    key = ISSUERS_KEYS[algorithm]
    for other in set(ISSUERS_KEYS) - {algorithm}:
        token = forge({"alg": other, "kid": key.kid}, sign=key.sign)
        assert refused(token) is Reason.UNKNOWN_KEY
        assert refused_as_jws(token) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize("algorithm", ISSUERS_KEYS)
def test_an_algorithm_outside_the_issuers_list_is_refused_although_its_key_is_there(algorithm: str) -> None:
    key = ISSUERS_KEYS[algorithm]
    token = forge({"alg": algorithm, "kid": key.kid}, sign=key.sign)
    others = tuple(set(ISSUERS_KEYS) - {algorithm})
    assert accepted(token).subject == "alice"
    assert refused(token, algorithms=others) is Reason.UNSUPPORTED_ALGORITHM
    assert refused_as_jws(token, algorithms=others) is Reason.UNSUPPORTED_ALGORITHM


def test_a_token_of_another_issuers_key_is_refused_although_that_issuer_is_trusted_too() -> None:
    ours = Issuer(ISSUER, audience=AUDIENCE, keys=KeySet([EC.public]))
    theirs = Issuer("https://evil.example", audience=AUDIENCE, keys=KeySet([RSA.public]))
    verifier = Verifier([ours, theirs], clock=lambda: NOW)
    cross = forge({"alg": "RS256", "kid": RSA.kid}, access_claims(), RSA.sign)
    assert refusal(lambda: verifier.verify(cross)) is Reason.UNKNOWN_KEY
    own = forge({"alg": "RS256", "kid": RSA.kid}, access_claims(iss="https://evil.example"), RSA.sign)
    assert verifier.verify(own).issuer == "https://evil.example"
