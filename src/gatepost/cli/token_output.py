"""The tokens that came: verified where they can be, printed, and kept when that is asked for."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain, plain_json

if TYPE_CHECKING:
    from gatepost.cli.token_provider import Provider

_LEEWAY = 60.0  # seconds that a laptop's clock may be wrong


def checked(
    provider: "Provider",
    client_id: str,
    answer: dict[str, Any],
    *,
    nonce: str | None = None,
    max_age: int | None = None,
) -> dict[str, Any]:
    """Return the answer of a token endpoint, whose ID token was verified if there is one.

    Raises:
        Failure: When it holds no access token, or its ID token is not good.
    """
    if not isinstance(answer.get("access_token"), str):
        raise Failure("the provider's answer holds no access token")
    token = answer.get("id_token")
    if token is None:
        if nonce is not None:
            raise Failure("the provider's answer holds no ID token, although openid was asked for", status=1)
        return answer
    _verify(provider, client_id, str(token), answer["access_token"], nonce, max_age)
    return answer


def _verify(
    provider: "Provider", client_id: str, token: str, access_token: str, nonce: str | None, max_age: int | None
) -> None:
    from gatepost.errors import TokenRejected
    from gatepost.trust.discovery import Discovery
    from gatepost.trust.issuer import Issuer
    from gatepost.verification import Verifier

    ca = None if provider.ca_file is None else str(provider.ca_file)
    keys = Discovery(ca_file=ca, http_hosts=provider.http_hosts)
    issuer = Issuer(provider.identifier, audience=client_id, token_type="id", keys=keys, leeway=_LEEWAY)
    verifier = Verifier(issuer)
    try:
        verified = verifier.verify(token, nonce=nonce, max_auth_age=max_age)
        if "at_hash" in verified.claims:  # it need not be there when the token endpoint gave both
            verifier.verify(token, access_token=access_token)
    except TokenRejected as refusal:
        raise Failure(f"the provider's ID token is not good: {refusal}", status=1) from None


def give(answer: dict[str, Any], *, access_token: bool, save: Path | None) -> None:
    """Print the answer, or its access token alone, and keep it if that is asked for.

    Raises:
        Failure: When the file cannot be written.
    """
    if save is not None:
        keep(save, json.dumps(answer, indent=2) + "\n")
    typer.echo(plain(answer["access_token"]) if access_token else plain_json(answer, indent=2))


def keep(path: Path, text: str) -> None:
    """Write a file whole, for its owner alone.

    Raises:
        Failure: When it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
