"""What a cold start pays for: nothing that a verification with keys at hand does not need."""

import json
import subprocess
import sys

import pytest

from gatepost.jose import sign_compact
from tests.jose.keys_at_hand import SECRET, signing_key

# What fetches keys, waits for them, or makes classes costs more than the verification itself.
HEAVY = {
    "asyncio",
    "concurrent.futures",
    "dataclasses",
    "email",
    "http",
    "http.client",
    "inspect",
    "ipaddress",
    "logging",
    "pathlib",
    "queue",
    "selectors",
    "socket",
    "ssl",
    "tempfile",
    "threading",
    "typing_extensions",
    "urllib.parse",
    "urllib.request",
    "urllib3",
}

# What the bare verification imports, so that what `cryptography` itself loads is not held against us.
BARE = {
    "RS256": """
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
key = rsa.generate_private_key(65537, 2048)
signature = key.sign(b"", padding.PKCS1v15(), hashes.SHA256())
key.public_key().verify(signature, b"", padding.PKCS1v15(), hashes.SHA256())
""",
    "ES256": """
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
key = ec.generate_private_key(ec.SECP256R1())
key.public_key().verify(key.sign(b"", ec.ECDSA(hashes.SHA256())), b"", ec.ECDSA(hashes.SHA256()))
""",
    "Ed25519": """
from cryptography.hazmat.primitives.asymmetric import ed25519
key = ed25519.Ed25519PrivateKey.generate()
key.public_key().verify(key.sign(b""), b"")
""",
    "HS256": "import hmac, hashlib",
}

LOADED = "import json, sys, time; print(json.dumps(sorted(sys.modules)))"

VERIFIED = """
import sys, json
token, jwks, algorithm = sys.argv[1:]
from gatepost import Issuer, KeySet, Verifier
keys = KeySet.from_secret(bytes.fromhex(jwks)) if algorithm == "HS256" else KeySet.from_jwks(jwks)
issuer = Issuer("https://issuer.example", audience="api", keys=keys, algorithms=(algorithm,))
verifier = Verifier(issuer)
assert verifier.verify(token).subject == "alice"
assert verifier.verify(token).scopes == {"read"}
assert verifier.health()["https://issuer.example"].keys == 1
"""

CLAIMS = {"iss": "https://issuer.example", "aud": "api", "sub": "alice", "scope": "read", "exp": 100_000_000_000}


def modules_after(script: str, *arguments: str) -> set[str]:
    program = [sys.executable, "-c", f"{script}\n{LOADED}", *arguments]
    return set(json.loads(subprocess.run(program, check=True, capture_output=True, timeout=60).stdout))


@pytest.mark.parametrize("algorithm", BARE)
def test_a_verification_with_keys_at_hand_loads_nothing_that_fetches_or_waits(algorithm: str) -> None:
    key = signing_key(algorithm)
    published = SECRET.hex() if algorithm == "HS256" else json.dumps(key.key_set().to_jwks())
    loaded = modules_after(VERIFIED, sign_compact(CLAIMS, key), published, algorithm)
    assert "gatepost.verification.verifier" in loaded
    assert loaded & HEAVY <= modules_after(BARE[algorithm])
    assert not loaded & {"gatepost.trust.remote", "gatepost.trust.single_flight", "gatepost.trust.http_fetcher"}


def test_importing_gatepost_alone_loads_next_to_nothing() -> None:
    ours = {name for name in modules_after("import gatepost") - modules_after("") if not name.startswith("gatepost")}
    assert not ours & (HEAVY | {"cryptography"})
