"""What the OpenID conformance suite makes a client refuse, by the names of its modules (oidcc-client-test-*).

Not here, because a verifier does not see it: discovery, userinfo, JARM, and `c_hash`/`s_hash`, which belong to flows
whose front channel returns the ID token.
"""

from typing import Any

import pytest

from gatepost import ConfigurationError, Issuer, KeySet, Reason, TokenRejected
from gatepost.jose import SigningKey
from tests.attacks.forging import (
    ATTACKERS_KEY,
    EC,
    ISSUERS_KEYS,
    PUBLISHED,
    RSA,
    accepted,
    forge,
    gate,
    hs,
    issued,
    refused,
)
from tests.jose.keys_at_hand import SECRET
from tests.verification.minting import ABSENT, CLIENT, ISSUER, NOW, id_claims
from tests.verification.outcomes import refusal

ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"  # OpenID Connect Core §A.4
AT_HASH = "77QmUPtjPfzWtF2AnpK9RQ"

CLIENTS: dict[str, Any] = {"audience": CLIENT, "token_type": "id"}

ANOTHER_EC = SigningKey.generate("ES256", kid="another")


def id_token(**changes: object) -> str:
    return issued(id_claims(**changes))


def unnamed(keys: KeySet) -> KeySet:
    return KeySet.from_jwks({"keys": [{k: v for k, v in jwk.items() if k != "kid"} for jwk in keys.to_jwks()["keys"]]})


MODULES: dict[str, tuple[str, Reason]] = {
    "invalid-iss": (id_token(iss="https://other.example"), Reason.WRONG_ISSUER),
    "missing-iss": (id_token(iss=ABSENT), Reason.MISSING_CLAIM),
    "missing-sub": (id_token(sub=ABSENT), Reason.MISSING_CLAIM),
    "invalid-aud": (id_token(aud="other"), Reason.WRONG_AUDIENCE),
    "missing-aud": (id_token(aud=ABSENT), Reason.MISSING_CLAIM),
    "invalid-secondary-aud": (id_token(aud=[CLIENT, "other"]), Reason.WRONG_AUDIENCE),
    "invalid-azp": (id_token(azp="other"), Reason.WRONG_AUDIENCE),
    "missing-exp": (id_token(exp=ABSENT), Reason.MISSING_CLAIM),
    "expired-exp": (id_token(exp=NOW - 1), Reason.EXPIRED),
    "missing-iat": (id_token(iat=ABSENT), Reason.MISSING_CLAIM),
    "null-alg": (forge({"alg": None}, id_claims()), Reason.MALFORMED),
    "idtoken-sig-none": (forge({"alg": "none"}, id_claims()), Reason.UNSUPPORTED_ALGORITHM),
    "invalid-sig-rs256": (
        forge({"alg": "RS256", "kid": RSA.kid}, id_claims(), lambda text: RSA.sign(text + b"x")),
        Reason.BAD_SIGNATURE,
    ),
    "invalid-sig-es256": (
        forge({"alg": "ES256", "kid": EC.kid}, id_claims(), ATTACKERS_KEY.sign),
        Reason.BAD_SIGNATURE,
    ),
    "invalid-sig-hs256": (forge({"alg": "HS256"}, id_claims(), hs(SECRET)), Reason.UNSUPPORTED_ALGORITHM),
    "kid-absent-multiple-jwks": (
        forge({"alg": "ES256"}, id_claims(), EC.sign),
        Reason.UNKNOWN_KEY,
    ),
}


@pytest.mark.parametrize("module", MODULES)
def test_an_id_token_is_refused(module: str) -> None:
    token, reason = MODULES[module]
    several = KeySet([*PUBLISHED.keys, ANOTHER_EC.public])
    assert refused(token, several, **CLIENTS) is reason


def expecting(**expected: Any) -> Reason:
    changes = expected.pop("changes")
    return refusal(lambda: gate(**CLIENTS).verify(id_token(**changes), **expected))


def test_invalid_nonce() -> None:
    assert expecting(changes={"nonce": "other"}, nonce="nonce-1") is Reason.WRONG_NONCE


def test_missing_nonce() -> None:
    assert expecting(changes={"nonce": ABSENT}, nonce="nonce-1") is Reason.WRONG_NONCE


def test_missing_athash() -> None:
    assert expecting(changes={}, access_token=ACCESS_TOKEN) is Reason.MISSING_CLAIM


def test_invalid_athash() -> None:
    assert expecting(changes={"at_hash": AT_HASH[::-1]}, access_token=ACCESS_TOKEN) is Reason.BAD_CLAIM
    assert expecting(changes={"at_hash": AT_HASH}, access_token="another") is Reason.BAD_CLAIM


def test_alternate_alg() -> None:
    """Only RS256 was registered, and the issuer has other keys too."""
    for key in PUBLISHED.keys:
        if key.algorithm != "RS256":
            token = forge({"alg": key.algorithm, "kid": key.kid}, id_claims())
            assert refused(token, algorithms=("RS256",), **CLIENTS) is Reason.UNSUPPORTED_ALGORITHM


def test_iat_is_week_in_past() -> None:
    week = id_token(iat=NOW - 7 * 24 * 3600)
    assert refused(week, max_token_age=24 * 3600, **CLIENTS) is Reason.TOO_OLD


def test_kid_absent_single_jwks_is_accepted() -> None:
    token = forge({"alg": "ES256"}, id_claims(), EC.sign)
    for keys in (KeySet([EC.public]), unnamed(KeySet([EC.public])), KeySet([EC.public, RSA.public])):
        assert accepted(token, keys, **CLIENTS).subject == "alice"


def test_kid_absent_multiple_jwks_is_refused_even_without_names() -> None:
    token = forge({"alg": "ES256"}, id_claims(), EC.sign)
    several = unnamed(KeySet([EC.public, ANOTHER_EC.public]))
    assert refused(token, several, **CLIENTS) is Reason.UNKNOWN_KEY


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "Ed25519", "PS256"])
def test_a_right_signature_is_accepted(algorithm: str) -> None:
    (key,) = (key for key in PUBLISHED.keys if key.algorithm == algorithm)
    token = forge({"alg": algorithm, "kid": key.kid}, id_claims(), ISSUERS_KEYS[algorithm].sign)
    assert accepted(token, **CLIENTS).subject == "alice"


def test_sig_hs256_is_accepted_only_with_the_clients_secret() -> None:
    keys = KeySet.from_secret(SECRET)
    good = forge({"alg": "HS256"}, id_claims(), hs(SECRET))
    assert accepted(good, keys, algorithms=("HS256",), **CLIENTS).subject == "alice"
    wrong = forge({"alg": "HS256"}, id_claims(), hs(SECRET[::-1]))
    assert refused(wrong, keys, algorithms=("HS256",), **CLIENTS) is Reason.BAD_SIGNATURE


def test_max_age_and_acr_values() -> None:
    verifier = gate(**CLIENTS)
    token = id_token(auth_time=NOW - 100, acr="1")
    assert verifier.verify(token, max_auth_age=100, acr="1").subject == "alice"
    for expected in ({"max_auth_age": 99}, {"acr": "2"}):
        asked: Any = expected
        with pytest.raises(TokenRejected) as caught:
            verifier.verify(token, **asked)
        assert caught.value.reason is Reason.INSUFFICIENT_AUTHENTICATION


def test_an_audience_is_never_left_out_by_accident() -> None:
    without: Any = {"keys": PUBLISHED}
    with pytest.raises(TypeError):
        Issuer(ISSUER, **without)
    for audience in ("", [], [""], ()):
        with pytest.raises(ConfigurationError):
            Issuer(ISSUER, audience=audience, keys=PUBLISHED)
