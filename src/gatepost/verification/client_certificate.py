"""The client's certificate, as a server or a trusted proxy hands it over (RFC 8705 §3, §6.5)."""

import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import base64url
from gatepost.verification import xfcc

# A chain of several certificates in a header is far smaller.
MAX_LENGTH = 64 * 1024

# Only its octets matter: TLS has judged the certificate, and one that it did not see has another thumbprint.
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]++)-----END CERTIFICATE-----")
_SEQUENCE = re.compile(rb"\x30.", re.DOTALL)


class ClientCertificate:
    """The certificate of the client at the other end of the connection.

    Making one reads nothing, and so never fails: most tokens are not bound to a certificate.
    """

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], bytes]) -> None:
        """Take what returns the SHA-256 digest of the certificate, or raises `ValueError`."""
        self._read = read

    def thumbprint(self) -> str:
        """Return the certificate's SHA-256 thumbprint, as `x5t#S256` has it: base64url text of 43 characters.

        Raises:
            TokenRejected: `wrong_binding`, when what was handed over is no certificate.
        """
        try:
            digest = self._read()
        except ValueError:
            raise TokenRejected(Reason.WRONG_BINDING, claim="cnf") from None
        return base64url.encode(digest).decode()

    @classmethod
    def from_der(cls, der: bytes) -> "ClientCertificate":
        """Return the certificate of these octets, as `ssl.SSLSocket.getpeercert(binary_form=True)` gives them."""
        return cls(lambda: _digest_of_der(der))

    @classmethod
    def from_pem(cls, pem: str | bytes) -> "ClientCertificate":
        """Return the first certificate of a PEM text: the client's own, where a chain follows it."""
        return cls(lambda: _digest_of_pem(pem.encode() if isinstance(pem, str) else pem))

    @classmethod
    def from_escaped_pem(cls, value: str) -> "ClientCertificate":
        """Return the certificate of a percent-encoded PEM text.

        nginx writes it as `$ssl_client_escaped_cert`, AWS's ALB as `X-Amzn-Mtls-Clientcert` (with its chain) and
        `X-Amzn-Mtls-Clientcert-Leaf`.
        """
        return cls(lambda: _digest_of_escaped_pem(value))

    @classmethod
    def from_xfcc(cls, value: str) -> "ClientCertificate":
        """Return the certificate of Envoy's `X-Forwarded-Client-Cert`.

        Of several elements the last one counts, which the nearest proxy wrote about its own client. `Hash` will do;
        where there is `Cert` too, the two have to agree.
        """
        return cls(lambda: _digest_of_xfcc(value))

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, str]], header: str) -> "ClientCertificate | None":
        """Return the certificate in a request's header, or `None` when it is missing or empty.

        Args:
            headers: The request's headers. They have to come from a proxy that is trusted, and that overwrites what
                its own clients send under this name.
            header: The name of the one header that the proxy writes, of those in `HEADERS`.

        Raises:
            ConfigurationError: For a header that is not in `HEADERS`.
        """
        read = HEADERS.get(header.lower())
        if read is None:
            raise ConfigurationError(f"{header!r} carries no client certificate; known are {', '.join(HEADERS)}")
        values = [value for name, value in headers if name.lower() == header.lower() and value.strip()]
        if not values:
            return None
        if len(values) == 1 or read is _READ_XFCC:
            return read(",".join(values))
        return cls(_refuse)  # two proxies, or a client beside the proxy


FromHeader: TypeAlias = Callable[[str], ClientCertificate]

_READ_XFCC: FromHeader = ClientCertificate.from_xfcc
_READ_PEM: FromHeader = ClientCertificate.from_escaped_pem

# The headers that a proxy hands a certificate over in, in lower case.
HEADERS: Mapping[str, FromHeader] = MappingProxyType(
    {
        "x-forwarded-client-cert": _READ_XFCC,
        "x-ssl-client-cert": _READ_PEM,
        "x-amzn-mtls-clientcert": _READ_PEM,
        "x-amzn-mtls-clientcert-leaf": _READ_PEM,
    }
)


def _digest_of_der(der: bytes) -> bytes:
    if not _SEQUENCE.match(der):
        raise ValueError
    return sha256(der).digest()


def _digest_of_pem(pem: bytes) -> bytes:
    found = _PEM.search(pem) if len(pem) <= MAX_LENGTH else None
    if found is None:
        raise ValueError
    return _digest_of_der(a2b_base64(b"".join(found[1].split()), strict_mode=True))


def _digest_of_escaped_pem(value: str) -> bytes:
    return _digest_of_pem(unquote_to_bytes(value))


def _digest_of_xfcc(value: str) -> bytes:
    if len(value) > MAX_LENGTH:
        raise ValueError
    element = xfcc.last_element(value)
    digest = bytes.fromhex(element["hash"]) if "hash" in element else None
    if digest is not None and len(digest) != 32:
        raise ValueError
    if "cert" not in element:
        if digest is None:
            raise ValueError
        return digest
    found = _digest_of_escaped_pem(element["cert"])
    if digest not in (None, found):
        raise ValueError
    return found


def _refuse() -> bytes:
    raise ValueError
