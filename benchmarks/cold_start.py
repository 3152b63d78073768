"""Whole processes: start, import, verify one token with the key at hand, end."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import contenders
from gatepost.jose import SigningKey, sign_compact
from rounds import Rounds

_BARE = """
import base64, sys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
n, e, token = open(sys.argv[1]).read().split()
signing_input, _, signature = token.encode().rpartition(b".")
key = RSAPublicNumbers(int(e), int(n)).public_key()
key.verify(base64.urlsafe_b64decode(signature + b"=="), signing_input, padding.PKCS1v15(), hashes.SHA256())
"""

_GATEPOST = """
import sys
from gatepost import Issuer, KeySet, Verifier
jwks, token = open(sys.argv[2]).read().split("\\n")
Verifier(Issuer(sys.argv[3], audience=sys.argv[4], algorithms=("RS256",), keys=KeySet.from_jwks(jwks))).verify(token)
"""

_PYJWT = """
import json, sys
import jwt
jwks, token = open(sys.argv[2]).read().split("\\n")
key = jwt.PyJWK(json.loads(jwks)["keys"][0])
jwt.decode(token, key, algorithms=["RS256"], issuer=sys.argv[3], audience=sys.argv[4])
"""

SCRIPTS = {"bare cryptography": _BARE, "gatepost": _GATEPOST, "PyJWT": _PYJWT}


def measure(rounds: int) -> Rounds:
    """Run each script `rounds` times, in turn."""
    key = SigningKey.generate("RS256", kid="default")
    token = sign_compact(contenders.claims(), key, header={"typ": "JWT"})
    numbers = key.public._public.public_numbers()
    seconds: dict[str, list[float]] = {name: [] for name in SCRIPTS}
    with tempfile.TemporaryDirectory() as folder:
        bare, peers = Path(folder, "bare"), Path(folder, "peers")
        bare.write_text(f"{numbers.n} {numbers.e} {token}")
        peers.write_text(json.dumps(key.key_set().to_jwks()) + "\n" + token)
        for number in range(rounds + 1):
            for name, script in SCRIPTS.items():
                taken = _run(script, [str(bare), str(peers), contenders.ISSUER, contenders.AUDIENCE])
                if number > 0:  # the first round fills the file cache
                    seconds[name].append(taken)
    return Rounds(seconds)


def _run(script: str, arguments: list[str]) -> float:
    # Installed packages have their byte code beside them; a source tree gets it in the first round.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, *arguments], check=True, env=environment)
    return time.perf_counter() - start
