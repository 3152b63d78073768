"""What the first decision of a Lambda authorizer loads: nothing that fetches, waits or serves."""

import json
import time
from pathlib import Path

from gatepost.jose import sign_compact
from tests.gates.aws_lambda.events import rest_token
from tests.jose.keys_at_hand import signing_key
from tests.test_import_cost import BARE, HEAVY, modules_after

ISSUER = "https://issuer.example"

SCRIPT = """
import sys, json
event, keys = sys.argv[1:]
from gatepost import Issuer, Verifier
from gatepost.gates.aws_lambda import BakedKeys, authorizer
issuer = Issuer("https://issuer.example", audience="api", algorithms=("RS256",), keys=BakedKeys(keys))
handler = authorizer(verifier=Verifier(issuer))
assert handler(json.loads(event), None)["principalId"] == "alice"
"""


def test_a_decision_with_baked_keys_loads_nothing_that_fetches_or_waits(tmp_path: Path) -> None:
    key = signing_key("RS256")
    token = sign_compact({"iss": ISSUER, "aud": "api", "sub": "alice", "exp": 100_000_000_000}, key)
    keys = tmp_path / "keys.json"
    entry = {"discovered": True, "jwks_uri": f"{ISSUER}/jwks", "jwks": key.key_set().to_jwks()}
    keys.write_text(json.dumps({"baked_at": time.time(), "issuers": {ISSUER: entry}}))
    loaded = modules_after(SCRIPT, json.dumps(rest_token("GET", "/user", token)), str(keys))
    assert "gatepost.gates.aws_lambda.by_verifier" in loaded
    assert loaded & HEAVY <= modules_after(BARE["RS256"])
    assert not [name for name in loaded if name.startswith(("gatepost.policy", "gatepost.trust.remote"))]
