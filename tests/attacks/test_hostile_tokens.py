"""The 39 hostile tokens that today's Python libraries were measured with: none is accepted, none ends otherwise.

Each is signed by the issuer itself where that makes it stronger, so that only what is hostile about it can refuse it.
"""

from typing import Any

import pytest

from gatepost import Reason, TokenRejected
from tests.attacks.forging import (
    EC,
    RSA,
    accepted,
    forge,
    gate,
    hs,
    issued,
    issuers_header,
    octets,
    refused,
    with_claim,
)
from tests.verification.minting import AUDIENCE, ISSUER, NOW, access_claims

GOOD = issued()
DEEP = octets(access_claims())[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def without(name: str) -> dict[str, object]:
    return {claim: value for claim, value in access_claims().items() if claim != name}


HOSTILE: dict[str, tuple[Any, Reason]] = {
    "duplicate key in header": (
        issued(header=b'{"alg":"none","alg":"ES256","kid":"%s"}' % str(EC.kid).encode()),
        Reason.MALFORMED,
    ),
    "duplicate key in payload (sub)": (issued(octets(access_claims())[:-1] + b',"sub":"admin"}'), Reason.MALFORMED),
    "crit unknown": (issued(header=issuers_header(crit=["x"], x=1)), Reason.MALFORMED),
    "crit []": (issued(header=issuers_header(crit=[])), Reason.MALFORMED),
    "non-zero trailing base64 bits": (GOOD[:-1] + "BCDFGHJK"["AQgw".index(GOOD[-1])], Reason.MALFORMED),
    'wrong "="': (GOOD + "==", Reason.MALFORMED),
    "typ dpop+jwt used as access token": (issued(header=issuers_header(typ="dpop+jwt")), Reason.WRONG_TYPE),
    'exp "string"': (issued(with_claim("exp", f'"{NOW + 600}"')), Reason.BAD_CLAIM),
    "exp 1e999": (issued(with_claim("exp", "1e999")), Reason.MALFORMED),
    "exp NaN": (issued(with_claim("exp", "NaN")), Reason.MALFORMED),
    "exp null": (issued(with_claim("exp", "null")), Reason.BAD_CLAIM),
    "exp true": (issued(with_claim("exp", "true")), Reason.BAD_CLAIM),
    "exp a huge integer": (issued(with_claim("exp", "9" * 400)), Reason.MALFORMED),
    "no exp": (issued(without("exp")), Reason.MISSING_CLAIM),
    "nbf string": (issued(with_claim("nbf", f'"{NOW - 60}"')), Reason.BAD_CLAIM),
    "iat +1 h": (issued(access_claims(iat=NOW + 3600)), Reason.ISSUED_IN_FUTURE),
    "aud [a,1]": (issued(access_claims(aud=[AUDIENCE, 1])), Reason.BAD_CLAIM),
    "aud nested": (issued(access_claims(aud=[[AUDIENCE]])), Reason.BAD_CLAIM),
    "sub int": (issued(access_claims(sub=1)), Reason.BAD_CLAIM),
    "iss array": (issued(access_claims(iss=[ISSUER])), Reason.BAD_CLAIM),
    "payload UTF-16": (issued(octets(access_claims()).decode().encode("utf-16")), Reason.MALFORMED),
    "payload BOM": (issued(b"\xef\xbb\xbf" + octets(access_claims())), Reason.MALFORMED),
    "payload invalid UTF-8": (issued(octets(access_claims())[:-1] + b',"x":"\xff"}'), Reason.MALFORMED),
    "payload array": (issued(octets([access_claims()])), Reason.MALFORMED),
    "100k-deep nesting": (issued(DEEP), Reason.TOO_LARGE),
    "1 MB header": (issued(header=issuers_header(x="0" * 1_000_000)), Reason.TOO_LARGE),
    "5 MB payload": (issued(access_claims(x="0" * 5_000_000)), Reason.TOO_LARGE),
    "header jwk present": (issued(header=issuers_header(jwk=EC.to_jwk())), Reason.MALFORMED),
    "b64=false with crit": (issued(header=issuers_header(b64=False, crit=["b64"])), Reason.MALFORMED),
    "kid not matching the given key": (issued(header={"alg": "ES256", "kid": "other"}), Reason.UNKNOWN_KEY),
    "none": (forge({"alg": "none"}), Reason.UNSUPPORTED_ALGORITHM),
    "nOnE": (forge({"alg": "nOnE"}), Reason.UNSUPPORTED_ALGORITHM),
    "HS256-with-PEM": (
        forge({"alg": "HS256", "kid": RSA.kid}, sign=hs(RSA.public.to_pem().encode())),
        Reason.UNSUPPORTED_ALGORITHM,
    ),
    "whitespace": (GOOD + "\n", Reason.MALFORMED),
    "4 segments": (GOOD + ".", Reason.MALFORMED),
    "2 segments": (GOOD.rpartition(".")[0], Reason.MALFORMED),
    "junk chars": (GOOD[:20] + "!*" + GOOD[20:], Reason.MALFORMED),
    "nothing": ("", Reason.MALFORMED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_token_is_refused_with_its_reason(name: str) -> None:
    token, reason = HOSTILE[name]
    assert refused(token) is reason


def test_a_header_with_jku_is_good_when_the_issuer_signed_it_since_it_means_nothing() -> None:
    header = issuers_header(jku="https://attacker.example/jwks.json")
    assert accepted(issued(header=header)).subject == "alice"


@pytest.mark.parametrize("name", HOSTILE)
def test_async_verification_refuses_it_all_the_same(name: str) -> None:
    import asyncio

    token, reason = HOSTILE[name]
    with pytest.raises(TokenRejected) as caught:
        asyncio.run(gate().verify_async(token))
    assert caught.value.reason is reason
