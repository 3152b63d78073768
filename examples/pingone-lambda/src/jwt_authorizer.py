"""The authorizer: API Gateway asks it whether a request's PingOne access token is good.

What it reads is set by template.yaml: the issuer, where its keys are, and the audience that a token has to name.
"""

import os
from pathlib import Path

from gatepost import Issuer, JwksUrl, Verifier
from gatepost.gates.aws_lambda import BakedKeys, authorizer

# Written by `gatepost lambda bake-keys`; with it a cold start waits for no network.
BAKED = Path(__file__).with_name("keys.json")

keys = JwksUrl(os.environ["PINGONE_JWKS_URL"])
issuer = Issuer(
    os.environ["PINGONE_ISSUER"],
    audience=os.environ["AUDIENCE"],
    algorithms=("RS256",),
    keys=BakedKeys(BAKED, keys) if BAKED.exists() else keys,
)

# Made once for each process: it keeps the keys at hand, and fresh, for all requests.
handler = authorizer(verifier=Verifier(issuer))
