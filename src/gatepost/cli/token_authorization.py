"""Asking a person's browser for an authorization, and reading what comes back (RFC 6749 §4.1, RFC 7636, RFC 9207)."""

import json
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from gatepost.cli.failure import Failure
from gatepost.cli.token_output import keep
from gatepost.cli.token_provider import Refused
from gatepost.cli.trusted import read_file
from gatepost.jose import base64url

if TYPE_CHECKING:
    from gatepost.cli.token_client import Client
    from gatepost.cli.token_provider import Provider


class Pending(NamedTuple):
    """A sign-on that was begun.

    Attributes:
        issuer: The provider.
        redirect_uri: Where the browser comes back to.
        state: What comes back with it.
        verifier: What proves to the token endpoint that we were the ones who asked.
        nonce: What the ID token has to bear, or `None` when none is asked for.
    """

    issuer: str
    redirect_uri: str
    state: str
    verifier: str
    nonce: str | None

    @classmethod
    def begin(cls, issuer: str, redirect_uri: str, *, openid: bool) -> "Pending":
        """Return a new one."""
        return cls(issuer, redirect_uri, token_urlsafe(24), token_urlsafe(48), token_urlsafe(24) if openid else None)

    @classmethod
    def read(cls, path: Path, issuer: str) -> "Pending":
        """Return the one that was kept in a file.

        Raises:
            Failure: When there is none, or it was begun at another provider.
        """
        if not path.exists():
            raise Failure("no sign-on was begun here; run without --code first, and sign on at the URL that it prints")
        try:
            found = cls(**json.loads(read_file(path)))
        except (ValueError, TypeError):
            raise Failure(f"{path} holds no sign-on that was begun; remove it, and begin again") from None
        if found.issuer != issuer:
            raise Failure(f"{path} holds a sign-on that was begun at {found.issuer}; remove it, and begin again")
        return found

    def keep(self, path: Path) -> None:
        """Keep it in a file, for its owner alone."""
        keep(path, json.dumps(self._asdict()) + "\n")

    def parameters(self, client_id: str, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters of the authorization request."""
        challenge = base64url.encode(sha256(self.verifier.encode()).digest()).decode()
        proof = {"state": self.state, "code_challenge": challenge, "code_challenge_method": "S256"}
        nonce = {} if self.nonce is None else {"nonce": self.nonce}
        whole = {"client_id": client_id, "response_type": "code", "redirect_uri": self.redirect_uri}
        return {**whole, **asked, **proof, **nonce}

    def code_in(self, came: Mapping[str, str], provider: "Provider") -> str:
        """Return the code that came back.

        Raises:
            Refused: When the provider refuses.
            Failure: When what came is no answer to this request.
        """
        if not compare_digest(came.get("state", "").encode(), self.state.encode()):
            raise Failure("what came back has another state than what was asked: it answers another request", status=1)
        iss = came.get("iss")
        if iss is None and provider.metadata.get("authorization_response_iss_parameter_supported") is True:
            raise Failure("what came back does not say which provider it is from, although this one does", status=1)
        if iss is not None and iss != provider.identifier:
            raise Failure("what came back is from another provider than the one that was asked", status=1)
        if "error" in came:
            raise Refused(came["error"], came.get("error_description", ""))
        if not came.get("code"):
            raise Failure("what came back holds no code", status=1)
        return came["code"]


def url_of(endpoint: str, parameters: Mapping[str, str]) -> str:
    """Return the URL to send a browser to."""
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters, quote_via=quote)}"


def pushed(provider: "Provider", client: "Client", parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what stands for the parameters once they were pushed (RFC 9126)."""
    answer = client.ask(provider, "pushed_authorization_request_endpoint", parameters)
    request_uri = answer.get("request_uri")
    if not isinstance(request_uri, str):
        raise Failure("the provider's answer to the pushed request holds no request_uri")
    return {"client_id": client.id, "request_uri": request_uri}


def read_code(text: str, pending: Pending, provider: "Provider") -> str:
    """Return the code that a person brings: the code itself, or the whole address that the browser came back to."""
    if not text.startswith(("http://", "https://")):
        return text.strip()
    return pending.code_in(dict(parse_qsl(urlsplit(text.strip()).query)), provider)
