"""A signed statement to the upstream: this request came through the gate, and this is whose it is.

A short-lived JWT in a header, as Pomerium's assertion is. An upstream that checks it cannot be fooled by whoever
reaches it beside the proxy. Its `typ` keeps it from passing as an access token anywhere.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from gatepost.jose import SigningKey, sign_compact
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow

TYPE = "gatepost-identity+jwt"
LIFETIME = 60

_REMEMBERED = 4096


class IdentityTokens:
    """Signs identity tokens, and uses one for half of its lifetime while nothing in it would change.

    Attributes:
        header: The request header that carries them.
    """

    __slots__ = ("_clock", "_issuer", "_key", "_signed", "header")

    def __init__(
        self,
        key: SigningKey,
        *,
        issuer: str = "gatepost",
        header: str = "X-Gatepost-Identity",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Sign with `key`.

        Args:
            key: The private key.
            issuer: The value of `iss`.
            header: The request header that carries them.
            clock: Returns the time in seconds since 1970.
        """
        self._key = key
        self._issuer = issuer
        self._clock = clock
        self._signed: OrderedDict[tuple[object, ...], tuple[float, str]] = OrderedDict()
        self.header = header

    def jwks(self) -> dict[str, object]:
        """Return the key set that upstreams check them with."""
        return {"keys": [self._key.to_jwk()]}

    def of(self, decision: Allow, request: AccessRequest) -> str:
        """Return the token for this request: with `sub` and more where it has an identity, without on a public route.

        `aud` is the host that was asked for, where the proxy tells it; `idp` is the issuer of the client's own token.
        """
        now = self._clock()
        audience = urlsplit(request.url).netloc
        token = decision.identity
        whose = (None,) if token is None else (token.issuer, token.subject, token.client_id, token.scopes)
        known = self._signed.get((audience, *whose))
        if known is not None and now < known[0]:
            return known[1]
        claims: dict[str, object] = {"iss": self._issuer, "iat": int(now), "exp": int(now) + LIFETIME}
        if audience:
            claims["aud"] = audience
        if token is not None:
            named = {"sub": token.subject, "client_id": token.client_id, "idp": token.issuer}
            claims |= {name: value for name, value in named.items() if value is not None}
            claims["scope"] = " ".join(sorted(token.scopes))
        signed = sign_compact(claims, self._key, header={"typ": TYPE})
        self._signed[(audience, *whose)] = (now + LIFETIME / 2, signed)
        if len(self._signed) > _REMEMBERED:
            self._signed.popitem(last=False)
        return signed
