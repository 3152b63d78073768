"""Settings cannot be weakened once they are made, by whoever holds them (CVE-2026-103001)."""

from typing import Any

import pytest

from gatepost import Issuer, KeySet, Reason, Verifier
from gatepost.jose import SigningKey
from tests.attacks.forging import ATTACKERS_KEY, EC, PUBLISHED, accepted, forge, issued
from tests.jose.keys_at_hand import SECRET
from tests.verification.minting import AUDIENCE, CLIENT, ISSUER, NOW, access_claims
from tests.verification.outcomes import refusal

FROZEN: dict[str, Any] = {
    "Issuer": Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED),
    "KeySet": PUBLISHED,
    "VerifyingKey": EC.public,
    "SigningKey": EC,
    "symmetric KeySet": KeySet.from_secret(SECRET),
    "Verifier": Verifier(Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED)),
    "VerifiedToken": accepted(issued()),
}
WEAKER: dict[str, object] = {
    "algorithms": ("none", "HS256"),
    "algorithm": "none",
    "audience": None,
    "keys": KeySet([]),
    "leeway": 1e9,
    "verify": lambda signature, signing_input: None,
    "require_at_jwt": False,
    "symmetric": True,
    "token_type": "any",
    "max_token_age": None,
    "required_claims": (),
    "identifier": "https://evil.example",
    "kid": "other",
    "claims": {"sub": "admin"},
    "header": {},
    "subject": "admin",
    "issuer": "https://evil.example",
    "scopes": frozenset({"admin"}),
    "options": {"verify_signature": False},
}


@pytest.mark.parametrize("name", WEAKER)
@pytest.mark.parametrize("kind", FROZEN)
def test_no_attribute_can_be_set_deleted_or_added(kind: str, name: str) -> None:
    value = FROZEN[kind]
    with pytest.raises(AttributeError):
        setattr(value, name, WEAKER[name])
    with pytest.raises(AttributeError):
        delattr(value, name)


@pytest.mark.parametrize("kind", FROZEN)
def test_there_is_no_dict_to_write_into(kind: str) -> None:
    with pytest.raises(TypeError):
        vars(FROZEN[kind])


def test_values_of_settings_cannot_be_changed_in_place() -> None:
    issuer: Any = Issuer(ISSUER, audience=[AUDIENCE], algorithms=["ES256"], keys=PUBLISHED, required_claims=["sub"])
    for value in (issuer.audience, issuer.algorithms, issuer.required_claims, issuer.aliases, PUBLISHED.keys):
        assert isinstance(value, tuple | frozenset)


def test_what_the_settings_were_made_from_can_change_without_changing_them() -> None:
    audience, algorithms, required, aliases = [AUDIENCE], ["ES256"], ["sub"], ["https://old.example"]
    jwk: dict[str, Any] = dict(EC.to_jwk())
    document = {"keys": [jwk]}
    keys = KeySet.from_jwks(document)
    issuer = Issuer(
        ISSUER, audience=audience, algorithms=algorithms, required_claims=required, aliases=aliases, keys=keys
    )
    issuers = [issuer]
    verifier = Verifier(issuers, clock=lambda: NOW)

    audience.append("other")
    algorithms.append("RS256")
    required.clear()
    aliases.append("https://evil.example")
    jwk.update(ATTACKERS_KEY.to_jwk())
    document["keys"].append(ATTACKERS_KEY.to_jwk())
    issuers.append(Issuer("https://evil.example", audience=None, keys=ATTACKERS_KEY.key_set()))

    assert verifier.verify(issued()).subject == "alice"
    assert refusal(lambda: verifier.verify(issued(access_claims(aud="other")))) is Reason.WRONG_AUDIENCE
    no_sub = access_claims()
    del no_sub["sub"]
    assert refusal(lambda: verifier.verify(issued(no_sub))) is Reason.MISSING_CLAIM
    assert refusal(lambda: verifier.verify(issued(access_claims(iss="https://evil.example")))) is Reason.WRONG_ISSUER
    by_attacker = forge({"alg": "ES256", "kid": "attacker"}, sign=ATTACKERS_KEY.sign)
    assert refusal(lambda: verifier.verify(by_attacker)) is Reason.UNKNOWN_KEY
    assert keys == KeySet([EC.public])


def test_reuse_never_weakens_a_check() -> None:
    """One verifier judges good and bad tokens in any order, with any expectations, and always the same way."""
    verifier = Verifier(Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED), clock=lambda: NOW)
    good = issued(access_claims(auth_time=NOW - 10, acr="phr"))
    expired = issued(access_claims(exp=NOW - 1))
    unsigned = forge({"alg": "none"})
    forged = forge({"alg": "ES256", "kid": EC.kid}, sign=ATTACKERS_KEY.sign)
    for _ in range(3):
        assert verifier.verify(good, max_auth_age=60, acr="phr").subject == "alice"
        assert refusal(lambda: verifier.verify(good, max_auth_age=5)) is Reason.INSUFFICIENT_AUTHENTICATION
        assert refusal(lambda: verifier.verify(expired)) is Reason.EXPIRED
        assert refusal(lambda: verifier.verify(unsigned)) is Reason.UNSUPPORTED_ALGORITHM
        assert verifier.verify(good).subject == "alice"
        assert refusal(lambda: verifier.verify(forged)) is Reason.BAD_SIGNATURE
        assert refusal(lambda: verifier.verify(good, nonce="n")) is Reason.WRONG_NONCE
        assert refusal(lambda: verifier.verify(good[:-4] + "AAAA")) is Reason.BAD_SIGNATURE


def test_one_set_of_keys_serves_several_issuers_without_mixing_their_rules() -> None:
    strict = Verifier(Issuer(ISSUER, audience=AUDIENCE, keys=PUBLISHED, algorithms=("RS256",)), clock=lambda: NOW)
    lenient = Verifier(Issuer(ISSUER, audience=None, keys=PUBLISHED, token_type="any"), clock=lambda: NOW)
    token = issued(access_claims(aud=CLIENT))
    for _ in range(2):
        assert lenient.verify(token).subject == "alice"
        assert refusal(lambda: strict.verify(token)) is Reason.UNSUPPORTED_ALGORITHM


def test_signing_does_not_change_what_verifies() -> None:
    key = SigningKey.generate("ES256")
    keys = key.key_set()
    for _ in range(2):
        key.to_private_jwk().clear()
        key.to_jwk().clear()
        keys.to_jwks()["keys"].clear()
        assert accepted(forge({"alg": "ES256", "kid": key.kid}, sign=key.sign), keys).subject == "alice"
