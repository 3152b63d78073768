"""The document by which a client finds out who issues tokens for this API (RFC 9728)."""

import json
import re
from collections.abc import Iterable, Mapping

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.gates.refusal import Answer

WELL_KNOWN = "/.well-known/oauth-protected-resource"

_RESOURCE = re.compile(r"(?P<origin>https?://[A-Za-z0-9.:\[\]-]+)(?P<path>/[!$-;=@-\[\]-~]*)?")

# Pages of other origins may read it: it is public, and a client in a browser looks for it before it has a token.
_FOR_ALL = ("Access-Control-Allow-Origin", "*")


class ProtectedResource(Frozen):
    """What this API says of itself.

    Attributes:
        resource: Its identifier, a URL without a query, such as `https://api.example.com` or one with a path.
        authorization_servers: The issuers of its tokens, or `None` for those that the policy or the verifier trusts.
        scopes_supported: The scopes to ask for, or `None` for those that the policy's routes name.
        bearer_methods_supported: How a token may be sent. A gate reads the `Authorization` header and nothing else.
        more: Further members, such as `resource_name` or `resource_documentation`.
        path: Where the document is: the well-known path, followed by that of the resource (RFC 9728 §3.1).
        metadata_url: Its URL, which challenges name.
    """

    __slots__ = (
        "authorization_servers",
        "bearer_methods_supported",
        "metadata_url",
        "more",
        "path",
        "resource",
        "scopes_supported",
    )

    resource: str
    authorization_servers: tuple[str, ...] | None
    scopes_supported: tuple[str, ...] | None
    bearer_methods_supported: tuple[str, ...]
    more: tuple[tuple[str, object], ...]
    path: str
    metadata_url: str

    def __init__(
        self,
        resource: str,
        *,
        authorization_servers: Iterable[str] | None = None,
        scopes_supported: Iterable[str] | None = None,
        bearer_methods_supported: Iterable[str] = ("header",),
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Take the settings.

        Raises:
            ConfigurationError: When `resource` is no URL, or has a query or a fragment.
        """
        parts = _RESOURCE.fullmatch(resource)
        if parts is None:
            raise ConfigurationError(
                f"resource is a URL such as https://api.example.com, without query; not {resource!r}"
            )
        path = WELL_KNOWN + (parts["path"] or "").rstrip("/")
        self._set(
            resource=resource,
            authorization_servers=None if authorization_servers is None else tuple(authorization_servers),
            scopes_supported=None if scopes_supported is None else tuple(scopes_supported),
            bearer_methods_supported=tuple(bearer_methods_supported),
            more=tuple((more or {}).items()),
            path=path,
            metadata_url=parts["origin"] + path,
        )

    def document(self, issuers: Iterable[str], scopes: Iterable[str]) -> dict[str, object]:
        """Return the metadata (RFC 9728 §2).

        Args:
            issuers: The issuers that are trusted.
            scopes: The scopes that the routes name.
        """
        servers = issuers if self.authorization_servers is None else self.authorization_servers
        supported = scopes if self.scopes_supported is None else self.scopes_supported
        found: dict[str, object] = {
            "resource": self.resource,
            "authorization_servers": list(servers),
            "scopes_supported": list(supported),
            "bearer_methods_supported": list(self.bearer_methods_supported),
            **dict(self.more),
        }
        return {name: value for name, value in found.items() if value != []}  # §2: no empty arrays

    def answer(self, method: str, document: Mapping[str, object]) -> Answer:
        """Return the answer to a request for the document."""
        if method == "OPTIONS":  # some clients send headers of their own, which a browser asks about first
            allowed = (("Access-Control-Allow-Methods", "GET, HEAD"), ("Access-Control-Allow-Headers", "*"))
            return Answer(204, (_FOR_ALL, *allowed), b"")
        if method not in {"GET", "HEAD"}:
            return Answer(405, (("Allow", "GET, HEAD, OPTIONS"),), b"")
        headers = (("Content-Type", "application/json"), ("Cache-Control", "public, max-age=300"), _FOR_ALL)
        return Answer(200, headers, json.dumps(document).encode())
