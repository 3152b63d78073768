"""What `import gatepost` offers, and how little it loads."""

import subprocess
import sys
from typing import Any

import pytest

import gatepost
import gatepost.jose
import gatepost.verification

NOT_NEEDED = {
    "asyncio",
    "concurrent.futures",
    "dataclasses",
    "http.client",
    "logging",
    "socket",
    "ssl",
    "tempfile",
    "urllib.request",
    "urllib3",
}

VERIFICATION_WITH_KEYS_AT_HAND = """
import sys
import cryptography.hazmat.primitives.asymmetric.ec
before = set(sys.modules)
from gatepost import Issuer, KeySet, Verifier
keys = KeySet.from_jwks({"keys": [JWK]})
verifier = Verifier(Issuer("https://issuer.example", audience="api", keys=keys), clock=lambda: 0)
assert verifier.verify(TOKEN).subject == "alice"
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("module", [gatepost, gatepost.jose, gatepost.verification], ids=lambda module: module.__name__)
def test_every_public_name_can_be_imported_and_is_listed(module: Any) -> None:
    assert module.__all__ == sorted(module.__all__)
    for name in module.__all__:
        value = getattr(module, name)
        assert value.__name__ == name
        assert callable(value)
        assert name in dir(module)


def test_the_names_that_users_need_first_come_from_gatepost_itself() -> None:
    assert {
        "ConfigurationError",
        "GatepostError",
        "Issuer",
        "KeySet",
        "KeysUnavailable",
        "Reason",
        "TokenRejected",
        "VerifiedToken",
        "Verifier",
    } <= set(gatepost.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gatepost' has no attribute 'Verifyer'"):
        gatepost.Verifyer  # noqa: B018


def test_a_verification_with_keys_at_hand_loads_no_network_no_threads_and_no_server() -> None:
    from gatepost.jose import SigningKey, sign_compact

    key = SigningKey.generate("ES256")
    token = sign_compact({"iss": "https://issuer.example", "aud": "api", "exp": 1, "sub": "alice"}, key)
    script = VERIFICATION_WITH_KEYS_AT_HAND.replace("JWK", repr(key.to_jwk()), 1).replace("TOKEN", repr(token), 1)
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "gatepost.verification.verifier" in loaded
    assert NOT_NEEDED.isdisjoint(loaded)


def test_importing_gatepost_alone_loads_none_of_its_rooms() -> None:
    script = "import gatepost, sys; print(*(name for name in sys.modules if name.startswith(('gatepost.', 'crypto'))))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["gatepost.lazily"]
