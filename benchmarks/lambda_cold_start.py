"""How long a Lambda authorizer takes from nothing to its first decision, beside the common way and the least there is.

    python benchmarks/lambda_cold_start.py [--quick]

Writes its section of benchmarks/RESULTS.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import contenders
from gatepost.jose import sign_compact
from gatepost.testing import LocalIssuer
from report import Target, machine, table, targets, write
from rounds import Rounds

FLOOR = "bare cryptography"

_ABOUT = """## Cold start of a Lambda authorizer (`benchmarks/lambda_cold_start.py`)

Whole processes: start, import, read the event, decide on one PingOne access token (RS256), end. *Bare cryptography*
imports only what that one signature check needs. *PyJWT* is the common way: `PyJWKClient` fetches the keys, here from
loopback, which is nearer than any issuer. *Gatepost* has its keys baked in (`gatepost lambda bake-keys`) and answers
with the IAM policy; *with a policy file* it reads a `gatepost.toml` of four routes besides.
"""

_FLOOR = """
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
import json, sys
from gatepost import Issuer, Verifier
from gatepost.gates.aws_lambda import BakedKeys, authorizer
_, _, event, keys, issuer, audience, *_ = sys.argv
handler = authorizer(verifier=Verifier(Issuer(issuer, audience=audience, algorithms=("RS256",), keys=BakedKeys(keys))))
answer = handler(json.load(open(event)), None)
assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
"""

_POLICY = """
import json, sys
from gatepost.gates.aws_lambda import authorizer
_, _, event, keys, _, _, policy, *_ = sys.argv
handler = authorizer(policy=policy, keys=keys)
answer = handler(json.load(open(event)), None)
assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
"""

_PYJWT = """
import json, sys
import jwt
_, _, event, _, issuer, audience, _, jwks_uri = sys.argv
client = jwt.PyJWKClient(jwks_uri)
event = json.load(open(event))
token = event["authorizationToken"].removeprefix("Bearer ")
key = client.get_signing_key_from_jwt(token)
claims = jwt.decode(token, key.key, algorithms=["RS256"], issuer=issuer, audience=audience)
answer = {
    "principalId": claims["sub"],
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
    },
}
"""

_TOML = """
[issuers.main]
issuer = "{issuer}"
audience = ["{audience}"]
algorithms = ["RS256"]

[[routes]]
match = "GET /user"

[[routes]]
match = "GET,PUT /orders/{{id}}"
scopes = ["openid"]

[[routes]]
match = "* /admin/{{rest+}}"
scopes = ["admin"]

[[routes]]
match = "GET /health"
public = true
"""

SCRIPTS = {FLOOR: _FLOOR, "gatepost": _GATEPOST, "gatepost, with a policy file": _POLICY, "PyJWT": _PYJWT}


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, printed and not written")
    quick = parser.parse_args().quick
    found = measure(7 if quick else 40)
    rows = [
        (name, f"{found.microseconds(name).median / 1000:.1f}", f"{found.ratio(name, FLOOR):.2f}")
        for name in found.seconds
    ]
    text = "\n".join(
        (
            _ABOUT,
            machine(("gatepost", "cryptography", "PyJWT")),
            targets(promises(found)),
            table(("", "ms", "times the bare script"), rows),
        )
    )
    print(text)
    if not quick:
        write("lambda cold start", text)


def promises(found: Rounds) -> list[Target]:
    """Return what was promised, with what was measured."""
    floor, common = found.ratio("gatepost", FLOOR), found.ratio("gatepost", "PyJWT")
    return [
        Target("at most 1.6 times the bare script", f"{floor:.2f}", met=floor.median <= 1.6),
        Target("under 0.55 times PyJWT with PyJWKClient", f"{common:.2f}", met=common.median < 0.55),
    ]


def measure(rounds: int) -> Rounds:
    """Run each script `rounds` times, in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in SCRIPTS}
    with tempfile.TemporaryDirectory() as folder, LocalIssuer("pingone", audience=contenders.AUDIENCE) as issuer:
        arguments = _files(Path(folder), issuer)
        names = list(SCRIPTS)
        for number in range(rounds + 1):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                taken = _run(SCRIPTS[name], arguments)
                if number > 0:  # the first round fills the file cache
                    seconds[name].append(taken)
    return Rounds(seconds)


def _files(folder: Path, issuer: LocalIssuer) -> list[str]:
    key = issuer.signing_key
    header = {"typ": "JWT"}
    token = sign_compact(contenders.claims() | {"iss": issuer.identifier}, key, header=header)
    numbers = key.public._public.public_numbers()
    bare, event, keys, policy = (folder / name for name in ("bare", "event.json", "keys.json", "gatepost.toml"))
    bare.write_text(f"{numbers.n} {numbers.e} {token}")
    arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/user"
    event.write_text(json.dumps({"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": arn}))
    entry = {"discovered": True, "jwks_uri": issuer.jwks_uri, "jwks": key.key_set().to_jwks()}
    # Old enough that a fetch is due.
    keys.write_text(json.dumps({"baked_at": int(time.time()) - 86400, "issuers": {issuer.identifier: entry}}))
    policy.write_text(_TOML.format(issuer=issuer.identifier, audience=contenders.AUDIENCE))
    paths = [str(path) for path in (bare, event, keys)]
    return [*paths, issuer.identifier, contenders.AUDIENCE, str(policy), issuer.jwks_uri]


def _run(script: str, arguments: list[str]) -> float:
    # Installed packages have their byte code beside them; a source tree gets it in the first round.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, *arguments], check=True, env=environment)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
