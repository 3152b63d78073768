"""What the documentation's examples are given: an issuer that runs, its tokens, and files in the current folder."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from gatepost import Verifier
from gatepost.testing import LocalIssuer, TurnableClock

AUDIENCE = "https://api.example.com"
CLIENT = "my-client-id"


class World:
    """An issuer on a loopback port, and what the examples may ask for by name."""

    def __init__(self, local: LocalIssuer) -> None:
        self._local = local
        self._known: dict[str, Callable[[], object]] = {
            "issuer": lambda: local,
            "clock": lambda: local.clock,
            "verifier": lambda: Verifier(local.issuer(), clock=local.clock),
            "id_verifier": lambda: Verifier(local.issuer(token_type="id"), clock=local.clock),
            "token": local.mint,
            "signed_on_now": lambda: local.mint(auth_time=int(local.clock()), acr="urn:example:mfa"),
            "signed_on_long_ago": lambda: local.mint(auth_time=int(local.clock()) - 3600, acr="urn:example:password"),
            "expired_token": lambda: local.mint(exp=0),
            "access_token": local.mint,
            "nonce": lambda: "n-0S6_WzA2Mj",
        }

    def give(self, names: tuple[str, ...], namespace: dict[str, object]) -> None:
        """Put what an example is given into its `namespace`."""
        for name in names:
            namespace[name] = self._known[name]() if name != "id_token" else self._id_token(namespace)

    def _id_token(self, namespace: dict[str, object]) -> str:
        access_token = namespace.get("access_token")
        assert access_token is None or isinstance(access_token, str)
        return self._local.mint_with({"nonce": namespace.get("nonce")}, kind="id", access_token=access_token)

    def write_files(self, folder: Path) -> None:
        """Write the files that examples read."""
        keys = self._local.signing_key
        (folder / "jwks.json").write_text(json.dumps(keys.key_set().to_jwks()))
        (folder / "issuer.pem").write_text(keys.public.to_pem())
        wso2 = LocalIssuer("wso2", tls=True)  # its files go when it goes
        assert wso2.ca_file is not None
        (folder / "wso2.pem").write_bytes(Path(wso2.ca_file).read_bytes())


def local_issuer() -> LocalIssuer:
    """Return the issuer of the examples, not started yet, with a clock to turn."""
    return LocalIssuer("pingone", audience=AUDIENCE, client_id=CLIENT, clock=TurnableClock(time.time))
