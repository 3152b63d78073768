"""alg none (CVE-2015-2951, CVE-2018-1000531, CVE-2020-28042, CVE-2026-28802; rfc8725bis §2.11)."""

import json

import pytest

from gatepost import ConfigurationError, Issuer, Reason, Verifier
from tests.attacks.forging import ATTACKERS_KEY, ISSUERS_KEYS, PUBLISHED, forge, hs, refused, refused_as_jws
from tests.verification.fake_keys import FakeKeys
from tests.verification.minting import AUDIENCE, ISSUER, access_claims
from tests.verification.outcomes import refusal

SPELLINGS = [
    "none",
    "None",
    "NONE",
    "nOnE",
    "noNE",
    "none ",
    " none",
    "none\0",
    "none\n",
    "non\u0435",  # the last letter is Cyrillic
    "\uff4e\uff4f\uff4e\uff45",  # full width
    "\u207fone",
    "null",
    "",
    "HS256,none",
    "none;",
]


@pytest.mark.parametrize("alg", SPELLINGS, ids=ascii)
@pytest.mark.parametrize("signature", [b"", b"\0", b"x" * 64], ids=["unsigned", "zero", "any"])
def test_a_token_that_says_it_needs_no_signature_is_refused(alg: str, signature: bytes) -> None:
    for header in ({"alg": alg}, {"alg": alg, "kid": ISSUERS_KEYS["ES256"].kid}, {"alg": alg, "typ": "JWT"}):
        token = forge(header, sign=lambda _: signature)
        assert refused(token) is Reason.UNSUPPORTED_ALGORITHM
        assert refused_as_jws(token) is Reason.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize("alg", SPELLINGS, ids=ascii)
def test_it_is_refused_before_any_key_is_looked_for(alg: str) -> None:
    keys = FakeKeys(None)  # a question for keys would fail: there is no answer
    verifier = Verifier(Issuer(ISSUER, audience=AUDIENCE, keys=keys))
    assert refusal(lambda: verifier.verify(forge({"alg": alg}))) is Reason.UNSUPPORTED_ALGORITHM
    assert keys.asked == []


@pytest.mark.parametrize("alg", [None, True, False, 0, 1, [], ["none"], ["ES256"], {}, {"ES256": 1}], ids=repr)
def test_an_algorithm_that_is_no_string_is_malformed(alg: object) -> None:
    for sign in (lambda _: b"", ATTACKERS_KEY.sign, ISSUERS_KEYS["ES256"].sign):
        token = forge({"alg": alg, "kid": ISSUERS_KEYS["ES256"].kid}, sign=sign)
        assert refused(token) is Reason.MALFORMED
        assert refused_as_jws(token) is Reason.MALFORMED


def test_a_header_without_an_algorithm_is_malformed() -> None:
    assert refused(forge({"typ": "JWT"})) is Reason.MALFORMED
    assert refused(forge({})) is Reason.MALFORMED


@pytest.mark.parametrize("algorithm", ISSUERS_KEYS)
def test_a_good_token_whose_signature_was_taken_off_is_refused(algorithm: str) -> None:
    key = ISSUERS_KEYS[algorithm]
    token = forge({"alg": algorithm, "kid": key.kid}, sign=key.sign)
    header, payload, _ = token.split(".")
    assert refused(f"{header}.{payload}.") is Reason.BAD_SIGNATURE
    assert refused(f"{header}.{payload}") is Reason.MALFORMED
    assert refused(f"{header}.{payload}..") is Reason.MALFORMED


@pytest.mark.parametrize("name", ["none", "None", "RSA1_5", "dir", "A128KW", "PBES2-HS256+A128KW", "ES256K"])
def test_what_is_no_signature_algorithm_cannot_even_be_asked_for(name: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown algorithm"):
        Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED, algorithms=("ES256", name))
    assert refused(forge({"alg": name}, sign=hs(b""))) is Reason.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize("alg", ["rs256", "Rs256", "RS256 ", "es256", "EDDSA", "eddsa", "ed25519", "RS1", "HS1"])
def test_an_algorithm_is_compared_exactly(alg: str) -> None:
    for key in ISSUERS_KEYS.values():
        token = forge({"alg": alg, "kid": key.kid}, json.dumps(access_claims()).encode(), key.sign)
        assert refused(token) is Reason.UNSUPPORTED_ALGORITHM
