"""DPoP proofs of one client for one request, at one moment."""

from typing import Any

from gatepost.jose import SigningKey, sign_compact
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken
from gatepost.verification.dpop_proof import Proof, ProofRules, check, hash_of
from tests.jose.keys_at_hand import signing_key
from tests.verification.minting import ISSUER, NOW, access_claims, changed

METHOD = "GET"
URL = "https://api.example.com/user"
ACCESS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
CLIENTS_KEY = signing_key("ES256")


def public_jwk(key: SigningKey = CLIENTS_KEY) -> dict[str, str]:
    return {name: value for name, value in key.to_jwk().items() if name not in {"kid", "use"}}


def proof_header(key: SigningKey = CLIENTS_KEY, **changes: object) -> dict[str, object]:
    return changed({"typ": "dpop+jwt", "kid": None, "jwk": public_jwk(key)}, changes)


def proof_claims(**changes: object) -> dict[str, object]:
    """Return the claims of a good proof (RFC 9449 §4.2)."""
    claims = {"jti": "proof-1", "htm": METHOD, "htu": URL, "iat": NOW, "ath": hash_of(ACCESS_TOKEN)}
    return changed(claims, changes)


def prove(key: SigningKey = CLIENTS_KEY, header: dict[str, object] | None = None, **claims: object) -> str:
    """Return a proof that the client signed; `claims` are changes to those of a good one."""
    return sign_compact(proof_claims(**claims), key, header=header or proof_header(key))


def judged(proof: str | bytes, **changes: Any) -> Proof:
    """Return what `check` says of a proof for the one request."""
    rules = changes.pop("rules", ProofRules())
    asked = {"method": METHOD, "url": URL, "access_token": ACCESS_TOKEN, "now": NOW, **changes}
    return check(proof, rules=rules, **asked)


def bound_token(**cnf: object) -> VerifiedToken:
    """Return a verified token with this `cnf`, or without one."""
    claims = access_claims(cnf=cnf) if cnf else access_claims()
    return VerifiedToken(ISSUER, JsonObject(), claims)
