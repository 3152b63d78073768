"""Where a vendor's server is: what people write down, checked, as the exact parts of the issuer's URLs."""

import re

from gatepost.errors import ConfigurationError
from gatepost.trust.issuer import IssuerOptions

_BASE_URL = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%-]+)*"
)
_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def base_url(name: str, value: str) -> str:
    """Return `value` as a URL without a slash at its end; a mere host name gets `https://`.

    Args:
        name: The parameter's name, for the message.
        value: Such as `https://localhost:9443`, `https://am.example.com/am`, or `example.eu.auth0.com`.

    Raises:
        ConfigurationError: When it is no http or https URL, or holds a user, a query or a fragment.
    """
    text = _text(name, value)
    url = (text if "://" in text else f"https://{text}").rstrip("/")
    if not _BASE_URL.fullmatch(url):
        raise ConfigurationError(
            f"{name} is the address of the server, such as 'https://login.example.com', "
            f"without user, query and fragment; not {value!r}"
        )
    return url


def segment(name: str, value: str) -> str:
    """Return `value`, which has to be one segment of a URL's path.

    Raises:
        ConfigurationError: When it is empty, or holds a slash or another character that a segment cannot hold.
    """
    if not _SEGMENT.fullmatch(_text(name, value)) or value in {".", ".."}:
        raise ConfigurationError(f"{name} is one part of a URL's path, without '/', '?', '#' and spaces; not {value!r}")
    return value


def uuid(name: str, value: str, where: str) -> str:
    """Return `value`, which has to be a UUID in lower case: issuers write it so, and `iss` is compared exactly.

    Args:
        name: The parameter's name, for the message.
        value: The UUID.
        where: Where a person finds it, for the message.

    Raises:
        ConfigurationError: When it is none.
    """
    if _UUID.fullmatch(_text(name, value)):
        return value
    raise ConfigurationError(
        f"{name} is a UUID in lower case, such as '2c1e3a54-8f0b-4f7d-9d5c-1a2b3c4d5e6f', which {where}; not {value!r}"
    )


def set_keys(options: IssuerOptions, jwks_uri: str, *, ca_file: str | None = None) -> None:
    """Let the keys come from `jwks_uri`, unless the user said where from.

    Args:
        options: The issuer's options, which are changed.
        jwks_uri: The documented place of the keys, which spares the round trip of discovery.
        ca_file: The certificates to trust there, or `None` for the system's.

    Raises:
        ConfigurationError: When both `ca_file` and `keys` are given: the certificates would trust nothing.
    """
    if "keys" not in options:
        from gatepost.trust.jwks_url import JwksUrl

        options["keys"] = JwksUrl(jwks_uri, ca_file=ca_file)
    elif ca_file is not None:
        raise ConfigurationError(
            "ca_file goes with the vendor's own place of keys; with keys=..., give it there: "
            "keys=Discovery(ca_file=...)"
        )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} is a string that is not empty, not {value!r}")
    return value
