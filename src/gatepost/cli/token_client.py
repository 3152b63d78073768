"""Which client asks a provider for a token, and how it proves that."""

import os
import sys
import time
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from gatepost.cli.failure import Failure
from gatepost.cli.trusted import read_file

if TYPE_CHECKING:
    from gatepost.cli.token_options import Method
    from gatepost.cli.token_provider import Provider
    from gatepost.jose import SigningKey
    from gatepost.verification.client_authentication import ClientAuthentication

SECRET_VARIABLE = "GATEPOST_CLIENT_SECRET"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Client:
    """A client of a provider.

    Attributes:
        id: Its name there.
    """

    def __init__(self, client_id: str, authentication: "ClientAuthentication | None") -> None:
        """Take its name, and how it proves it; `None` for a public client."""
        self.id = client_id
        self._authentication = authentication

    def ask(self, provider: "Provider", endpoint: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Return what an endpoint answers to a form of this client.

        Args:
            provider: The provider.
            endpoint: The name of the endpoint in the discovery document.
            form: The form.

        Raises:
            Refused: When the provider answers with an error.
            Failure: When it cannot be asked.
        """
        url = provider.endpoint(endpoint)
        if self._authentication is None:
            return provider.send(url, {**form, "client_id": self.id}, {})
        proof = self._authentication.form(provider.identifier, time.time())
        return provider.send(url, {**form, **proof}, self._authentication.headers())


class _ClientSecretJwt:
    """A shared secret that signs a short-lived assertion for each request (OpenID Connect Core §9)."""

    def __init__(self, client_id: str, secret: str) -> None:
        from gatepost.jose import SigningKey

        self._client_id = client_id
        self._key = SigningKey.from_secret(secret.encode(), "HS256")

    def headers(self) -> Mapping[str, str]:
        return {}

    def form(self, issuer: str, now: float) -> Mapping[str, str]:
        from gatepost.jose import sign_compact

        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": issuer,
            "iat": int(now),
            "exp": int(now) + 60,
            "jti": token_urlsafe(16),
        }
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": sign_compact(claims, self._key)}


def client(
    provider: "Provider",
    client_id: str,
    *,
    secret_file: Path | None,
    ask_secret: bool,
    key: "SigningKey | None",
    method: "Method | None",
) -> Client:
    """Return the client that the options describe.

    Raises:
        Failure: When the options contradict each other, or the secret is missing.
    """
    if key is not None or method == "private_key_jwt":
        return Client(client_id, _with_key(client_id, key, method))
    if method == "none":
        return Client(client_id, None)
    secret = _secret(secret_file, ask=ask_secret)
    if secret is None:
        if method is not None:
            raise Failure(
                f"{method} needs the client's secret: {SECRET_VARIABLE}, --client-secret-file or --ask-secret"
            )
        return Client(client_id, None)
    return Client(client_id, _with_secret(client_id, secret, method or _taken(provider)))


def _with_key(client_id: str, key: "SigningKey | None", method: "Method | None") -> "ClientAuthentication":
    from gatepost.verification.client_authentication import PrivateKeyJwt

    if key is None:
        raise Failure("private_key_jwt needs the client's key: --client-key-file FILE")
    if method not in {None, "private_key_jwt"}:
        raise Failure(f"--client-key-file is for private_key_jwt, not for {method}")
    return PrivateKeyJwt(client_id, key)


def _with_secret(client_id: str, secret: str, method: str) -> "ClientAuthentication":
    from gatepost.verification.client_authentication import ClientSecretBasic, ClientSecretPost

    if method == "client_secret_jwt":
        return _ClientSecretJwt(client_id, secret)
    return (
        ClientSecretPost(client_id, secret) if method == "client_secret_post" else ClientSecretBasic(client_id, secret)
    )


def _taken(provider: "Provider") -> str:
    """Return the method for a secret that the provider takes; `client_secret_basic` unless it says otherwise."""
    offered = provider.metadata.get("token_endpoint_auth_methods_supported") or ("client_secret_basic",)
    for method in ("client_secret_basic", "client_secret_post", "client_secret_jwt"):
        if method in offered:
            return method
    return "client_secret_basic"


def _secret(file: Path | None, *, ask: bool) -> str | None:
    if file is not None and ask:
        raise Failure("--client-secret-file and --ask-secret both say where the secret is; give one of them")
    if ask:
        if not sys.stdin.isatty():
            raise Failure(f"--ask-secret needs a terminal; set {SECRET_VARIABLE}, or give --client-secret-file")
        return getpass("Client secret: ") or None
    if file is not None:
        lines = read_file(file).decode("utf-8", "replace").splitlines()
        if not lines or not lines[0].strip():
            raise Failure(f"{file} holds no secret")
        return lines[0].strip()
    return os.environ.get(SECRET_VARIABLE) or None
