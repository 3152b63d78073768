"""Nothing that Gatepost says holds anything of a token, of a claim's value, or of a secret (CVE-2025-65015)."""

import logging
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from gatepost import ConfigurationError, GatepostError, Issuer, KeySet, Reason, TokenRejected, Verifier
from gatepost.jose import SigningKey, base64url, verify_compact
from gatepost.jose.octets import write
from tests.attacks.forging import (
    ATTACKERS_KEY,
    EC,
    PUBLISHED,
    RSA,
    forge,
    gate,
    hs,
    issued,
    issuers_header,
    octets,
)
from tests.verification.minting import AUDIENCE, CLIENT, ISSUER, NOW, access_claims, id_claims

CANARY = "Canary4711Canary4711Canary4711Canary4711"
SECRET = (CANARY * 2).encode()
BROKEN_PEM = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"

REFUSALS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    # name: (token, options of the issuer, expectations of the request)
    "text": (CANARY, {}, {}),
    "octets": (CANARY.encode(), {}, {}),
    "not ASCII": (CANARY + "é", {}, {}),
    "a lone surrogate": (CANARY + "\ud800", {}, {}),
    "no text at all": ({CANARY: CANARY}, {}, {}),
    "two dots": (f"{CANARY}.{CANARY}.{CANARY}", {}, {}),
    "five segments": (".".join([CANARY] * 5), {}, {}),
    "too large": (CANARY * 500, {}, {}),
    "no base64url": (f"{CANARY}!.{CANARY}!.{CANARY}!", {}, {}),
    "header no JSON": (issued(header=CANARY.encode()), {}, {}),
    "header not UTF-8": (issued(header=CANARY.encode() + b"\xff"), {}, {}),
    "header of duplicates": (issued(header=f'{{"{CANARY}":"{CANARY}","{CANARY}":1}}'.encode()), {}, {}),
    "header with NaN": (issued(header=f'{{"alg":"{CANARY}","x":NaN}}'.encode()), {}, {}),
    "alg": (forge({"alg": CANARY}), {}, {}),
    "alg no string": (forge({"alg": [CANARY]}), {}, {}),
    "kid": (forge({"alg": "ES256", "kid": CANARY}, sign=EC.sign), {}, {}),
    "kid too long": (forge({"alg": "ES256", "kid": CANARY * 9}, sign=EC.sign), {}, {}),
    "kid no string": (forge({"alg": "ES256", "kid": [CANARY]}, sign=EC.sign), {}, {}),
    "typ": (issued(header=issuers_header(typ=CANARY)), {}, {}),
    "crit": (issued(header=issuers_header(crit=[CANARY])), {}, {}),
    "jwk": (issued(header=issuers_header(jwk={"k": CANARY})), {}, {}),
    "signature": (forge(issuers_header(), access_claims(sub=CANARY), lambda _: CANARY.encode()), {}, {}),
    "another's signature": (forge(issuers_header(), access_claims(sub=CANARY), ATTACKERS_KEY.sign), {}, {}),
    "payload no JSON": (issued(CANARY.encode()), {}, {}),
    "payload nearly JSON": (issued(f'{{"sub":"{CANARY}",}}'.encode()), {}, {}),
    "payload not UTF-8": (issued(CANARY.encode() + b"\xff"), {}, {}),
    "payload of duplicates": (issued(f'{{"{CANARY}":1,"{CANARY}":2}}'.encode()), {}, {}),
    "payload with a great number": (issued(octets(access_claims(sub=CANARY))[:-1] + b',"n":1e999}'), {}, {}),
    "payload no object": (issued(f'["{CANARY}"]'.encode()), {}, {}),
    "iss": (issued(access_claims(iss=CANARY)), {}, {}),
    "iss no string": (issued(access_claims(iss=[CANARY])), {}, {}),
    "aud": (issued(access_claims(aud=CANARY)), {}, {}),
    "aud no strings": (issued(access_claims(aud={CANARY: CANARY})), {}, {}),
    "exp": (issued(access_claims(exp=CANARY)), {}, {}),
    "expired": (issued(access_claims(exp=NOW - 1, sub=CANARY)), {}, {}),
    "not yet valid": (issued(access_claims(nbf=NOW + 1, sub=CANARY)), {}, {}),
    "issued in the future": (issued(access_claims(iat=NOW + 1, sub=CANARY)), {}, {}),
    "too old": (issued(access_claims(sub=CANARY)), {"max_token_age": 1}, {}),
    "sub no string": (issued(access_claims(sub=[CANARY])), {}, {}),
    "scope no string": (issued(access_claims(scope=[CANARY, 1])), {}, {}),
    "an ID token": (issued(access_claims(nonce=CANARY)), {}, {}),
    "token_use": (issued(access_claims(token_use=CANARY)), {}, {}),
    "a required claim": (issued(access_claims(sub=CANARY)), {"required_claims": ("org",)}, {}),
    "no at+jwt": (issued(access_claims(sub=CANARY)), {"require_at_jwt": True}, {}),
    "acr": (issued(access_claims(acr=CANARY)), {}, {"acr": "phr"}),
    "auth_time": (issued(access_claims(sub=CANARY, auth_time=1)), {}, {"max_auth_age": 5}),
    "nonce": (issued(id_claims(nonce=CANARY)), {"token_type": "id", "audience": CLIENT}, {"nonce": "n"}),
    "at_hash": (issued(id_claims(at_hash=CANARY)), {"token_type": "id", "audience": CLIENT}, {"access_token": "a"}),
    "azp": (issued(id_claims(azp=CANARY)), {"token_type": "id", "audience": CLIENT}, {}),
    "aud of an ID token": (issued(id_claims(aud=[CLIENT, CANARY])), {"token_type": "id", "audience": CLIENT}, {}),
}


def everything_said_by(error: BaseException) -> str:
    """Return all that an error shows to those who print it, log it, or answer with it."""
    said = [str(error), repr(error), repr(error.args), "".join(traceback.format_exception(error))]
    if isinstance(error, GatepostError):
        said += [error.code, repr(vars(error))]
    if isinstance(error, TokenRejected):
        said += [error.challenge(), error.reason.sentence, repr(error.claim)]
    return "\n".join(said)


def holds_nothing_of(canary: str, said: str) -> bool:
    parts = [canary[start : start + 12] for start in range(0, len(canary) - 12, 4)]
    encoded = base64url.encode(canary.encode()).decode()
    parts += [encoded[start : start + 12] for start in range(0, len(encoded) - 12, 4)]
    return not any(part in said for part in parts)


def test_the_canary_would_be_found() -> None:
    assert not holds_nothing_of(CANARY, f"the token {CANARY[:16]} is wrong")
    assert not holds_nothing_of(CANARY, f"{base64url.encode(CANARY.encode()).decode()[8:40]}")


@pytest.mark.parametrize("name", REFUSALS)
def test_no_refusal_says_anything_of_the_token(name: str, caplog: pytest.LogCaptureFixture) -> None:
    token, options, expected = REFUSALS[name]
    verifier = gate(**options)
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        with pytest.raises(TokenRejected) as caught:
            verifier.verify(token, **expected)
        said = everything_said_by(caught.value) + repr(verifier) + caplog.text + repr([str(w.message) for w in warned])
    assert holds_nothing_of(CANARY, said)
    if isinstance(token, str) and token.isascii():
        _, payload, signature = (*token.split("."), "", "")[:3]
        assert not (len(payload) > 40 and payload[20:40] in said)
        assert not (len(signature) > 40 and signature[20:40] in said)


@pytest.mark.parametrize("name", [name for name, (_, options, expected) in REFUSALS.items() if not options | expected])
def test_no_refusal_of_a_signature_says_anything_of_the_token(name: str) -> None:
    token = REFUSALS[name][0]
    try:
        said = repr(verify_compact(token, PUBLISHED))
    except TokenRejected as refused:
        said = everything_said_by(refused)
    assert holds_nothing_of(CANARY, said)


def test_every_reason_of_a_verifier_is_among_the_refusals_above() -> None:
    seen = set()
    for token, options, expected in REFUSALS.values():
        with pytest.raises(TokenRejected) as caught:
            gate(**options).verify(token, **expected)
        seen.add(caught.value.reason)
    others = {Reason.INSUFFICIENT_SCOPE, Reason.WRONG_BINDING, Reason.REPLAYED, Reason.REVOKED, Reason.INACTIVE}
    assert seen == set(Reason) - others


# --- Secrets and private keys ---


def secret_values(key: SigningKey) -> list[str]:
    private = key.to_private_jwk()
    return [private[name] for name in ("d", "p", "q", "dp", "dq", "qi", "k", "priv") if name in private]


@pytest.mark.parametrize("key", [EC, RSA, SigningKey.from_secret(SECRET)], ids=["EC", "RSA", "oct"])
def test_no_key_shows_what_is_secret_of_it(key: SigningKey) -> None:
    shown = [repr(key), str(key), repr(key.key_set()), repr(key.public), f"{key.key_set().keys}"]
    symmetric = key.algorithm == "HS256"
    issuer = Issuer(ISSUER, audience=AUDIENCE, keys=key.key_set(), algorithms=(key.algorithm,))
    shown += [repr(issuer), repr(Verifier(issuer)), str(issuer)]
    for value in secret_values(key):
        assert value not in " ".join(shown)
    assert holds_nothing_of(CANARY, " ".join(shown))
    assert key.key_set().symmetric is symmetric


def test_a_refusal_under_a_secret_says_nothing_of_the_secret() -> None:
    verifier = gate(KeySet.from_secret(SECRET), algorithms=("HS256",))
    for token in (forge({"alg": "HS256"}, sign=hs(b"wrong")), forge({"alg": "ES256"}), "garbage"):
        with pytest.raises(TokenRejected) as caught:
            verifier.verify(token)
        assert holds_nothing_of(CANARY, everything_said_by(caught.value) + repr(verifier))


WRONG_SETUPS: dict[str, Callable[[], object]] = {
    "a short secret": lambda: KeySet.from_secret(CANARY[:31].encode()),
    "a secret in text": lambda: KeySet.from_secret(CANARY),  # type: ignore[arg-type]
    "a short secret for HS512": lambda: SigningKey.from_secret(CANARY.encode(), "HS512"),
    "a secret and its algorithm swapped": lambda: KeySet.from_secret(b"HS256", CANARY),
    "the same to sign": lambda: SigningKey.from_secret(b"HS256", CANARY),
    "a secret in a JWK set": lambda: KeySet.from_jwks({"keys": [{"kty": "oct", "k": CANARY}]}),
    "a private key in a JWK set": lambda: KeySet.from_jwks({"keys": [{**EC.to_jwk(), "d": CANARY}]}),
    "a private JWK": lambda: KeySet.from_jwks(dict(EC.to_private_jwk()) | {"d": CANARY}),
    "a JWK set that is no JSON": lambda: KeySet.from_jwks(f'{{"keys":[{{"kty":"oct","k":"{CANARY}"}},]}}'),
    "a JWK set of duplicates": lambda: KeySet.from_jwks(f'{{"{CANARY}":1,"{CANARY}":2}}'),
    "a private PEM text": lambda: KeySet.from_pem(BROKEN_PEM),
    "a broken PEM text": lambda: SigningKey.from_pem(BROKEN_PEM),
    "a wrong password": lambda: SigningKey.from_pem(EC.to_private_pem(), password=CANARY.encode()),
    "a broken private JWK": lambda: SigningKey.from_jwk({**EC.to_private_jwk(), "d": write(CANARY.encode()[:32])}),
    "a private JWK that is not base64url": lambda: SigningKey.from_jwk({**EC.to_private_jwk(), "d": CANARY + "!"}),
    "a secret JWK that is too short": lambda: SigningKey.from_jwk({"kty": "oct", "k": CANARY[:20]}),
    "a secret for keys": lambda: Issuer(ISSUER, audience=AUDIENCE, keys=SECRET),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", WRONG_SETUPS)
def test_no_configuration_error_says_anything_of_a_secret(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        WRONG_SETUPS[name]()
    # The lines of this file in the traceback name CANARY, but do not hold its value.
    assert holds_nothing_of(CANARY, everything_said_by(caught.value))


def test_a_good_token_shows_its_issuer_and_subject_alone() -> None:
    claims = access_claims(email=CANARY, scope=CANARY, jti=CANARY, client_id=CANARY)
    verified = gate().verify(issued(claims, issuers_header(x=CANARY)))
    assert holds_nothing_of(CANARY, f"{verified!r}{verified}")
    jws = verify_compact(issued(claims, issuers_header(x=CANARY)), PUBLISHED)
    assert holds_nothing_of(CANARY, f"{jws!r}{jws}")
