"""How we prove to an authorization server which of its clients we are (RFC 6749 §2.3.1, RFC 7523 §2.2)."""

from binascii import b2a_base64
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Protocol
from urllib.parse import quote_plus

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import SigningKey, sign_compact
from gatepost.jose.algorithms import SYMMETRIC
from gatepost.verification.limits import check_number

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientAuthentication(Protocol):
    """Adds to a request what proves who we are."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers to add."""

    def form(self, issuer: str, now: float) -> Mapping[str, str]:
        """Return the form's members to add.

        Args:
            issuer: The identifier of the authorization server.
            now: The time in seconds since 1970.
        """


class ClientSecretBasic(Frozen):
    """A shared secret, in the `Authorization` header.

    Attributes:
        client_id: Our name at the authorization server.
    """

    __slots__ = ("_secret", "client_id")

    client_id: str
    _secret: str

    def __init__(self, client_id: str, secret: str) -> None:
        """Take the name and the secret, and raise `ConfigurationError` when one is empty."""
        self._set(client_id=_text("client_id", client_id), _secret=_text("secret", secret))

    def headers(self) -> Mapping[str, str]:
        """Return `Authorization`; name and secret are form-encoded first (RFC 6749 §2.3.1)."""
        credentials = f"{quote_plus(self.client_id)}:{quote_plus(self._secret)}"
        return {"Authorization": f"Basic {b2a_base64(credentials.encode(), newline=False).decode()}"}

    def form(self, _issuer: str, _now: float) -> Mapping[str, str]:
        """Return nothing."""
        return {}


class ClientSecretPost(Frozen):
    """A shared secret, in the form.

    Attributes:
        client_id: Our name at the authorization server.
    """

    __slots__ = ("_secret", "client_id")

    client_id: str
    _secret: str

    def __init__(self, client_id: str, secret: str) -> None:
        """Take the name and the secret, and raise `ConfigurationError` when one is empty."""
        self._set(client_id=_text("client_id", client_id), _secret=_text("secret", secret))

    def headers(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    def form(self, _issuer: str, _now: float) -> Mapping[str, str]:
        """Return the name and the secret."""
        return {"client_id": self.client_id, "client_secret": self._secret}


class PrivateKeyJwt(Frozen):
    """A key of our own, which signs a short-lived assertion for each request.

    Attributes:
        client_id: Our name at the authorization server.
        audience: The `aud` of the assertions; `None` for the identifier of the issuer, as rfc7523bis asks for.
        lifetime: Seconds for which an assertion is good, from 1 to an hour.
    """

    __slots__ = ("_key", "audience", "client_id", "lifetime")

    client_id: str
    audience: str | None
    lifetime: float
    _key: SigningKey

    def __init__(self, client_id: str, key: SigningKey, *, audience: str | None = None, lifetime: float = 60.0) -> None:
        """Take the name and the key.

        Raises:
            ConfigurationError: When the name is empty, the lifetime out of its range, or the key a shared secret.
        """
        if key.algorithm in SYMMETRIC:
            raise ConfigurationError("private_key_jwt needs a private key, not a shared secret")
        check_number("lifetime", lifetime, 1, 3600)
        self._set(client_id=_text("client_id", client_id), audience=audience, lifetime=lifetime, _key=key)

    def headers(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    def form(self, issuer: str, now: float) -> Mapping[str, str]:
        """Return a fresh assertion (RFC 7523 §3)."""
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience or issuer,
            "iat": int(now),
            "exp": int(now + self.lifetime),
            "jti": token_urlsafe(16),
        }
        assertion = sign_compact(claims, self._key, header={"typ": "JWT"})
        return {
            "client_id": self.client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }


def _text(name: str, value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(f"{name} is a string that is not empty")
