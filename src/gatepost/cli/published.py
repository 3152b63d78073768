"""The keys that an issuer publishes, fetched as a verifier fetches them."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet, VerifyingKey, octets
from gatepost.trust.discovery import Discovery
from gatepost.trust.jwks_url import JwksUrl
from gatepost.trust.key_source import Cause, KeySource

_WELL_KNOWN = "/.well-known/openid-configuration"
# How the last part of a path tends to be called where a JWK set is.
_LOOKS_LIKE_KEYS = ("jwk", "keys", "certs", ".json")


class Row(NamedTuple):
    """A key in words; `-` stands for what it does not have."""

    kid: str
    kty: str
    alg: str
    use: str
    size: str
    thumbprint: str


class Published(NamedTuple):
    """What was found.

    Attributes:
        place: The URL that was asked about.
        found_by: How the keys were found there, in words.
        keys: The keys that can verify.
        skipped: One line for each key that was passed over, with the reason.
    """

    place: str
    found_by: str
    keys: tuple[Row, ...]
    skipped: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return it as an object for programs."""
        return {
            "url": self.place,
            "found_by": self.found_by,
            "keys": [
                {name: value if value != "-" else None for name, value in row._asdict().items()} for row in self.keys
            ],
            "skipped": list(self.skipped),
        }


def fetch(url: str, ca_file: str | None, http_hosts: Sequence[str]) -> Published:
    """Return the keys at `url`, an issuer's identifier or the URL of a JWK set.

    Raises:
        ConfigurationError: When it may not be fetched.
        KeysUnavailable: When there are no keys, neither by discovery nor at the URL itself.
    """
    identifier = url.removesuffix(_WELL_KNOWN)
    ways: list[tuple[str, KeySource]] = [
        ("by discovery", Discovery(ca_file=ca_file, http_hosts=http_hosts)),
        ("at the URL itself", JwksUrl(url, ca_file=ca_file, http_hosts=http_hosts)),
    ]
    if any(mark in url.rpartition("/")[2].lower() for mark in _LOOKS_LIKE_KEYS):
        ways.reverse()
    first: KeysUnavailable | None = None
    for found_by, source in ways:
        try:
            keys = key_set(source, identifier)
        except KeysUnavailable as error:
            first = first or error
        else:
            return Published(url, found_by, tuple(_rows(keys)), keys.skipped)
    raise KeysUnavailable(f"neither an issuer nor a JWK set answers there; {first}")


def key_set(source: KeySource, identifier: str) -> KeySet:
    """Return the keys of `source`, fetched now.

    Raises:
        ConfigurationError: When it may not be fetched.
        KeysUnavailable: When it cannot be.
    """
    source.check(identifier)
    now = time.time()
    live = source.open(identifier, now)
    try:
        return live.refresh(now, Cause.COLD).result(live.wait_limit).key_set
    except TimeoutError:
        raise KeysUnavailable("they did not arrive in time") from None


def _rows(keys: KeySet) -> Iterator[Row]:
    """Yield a row for each key, whatever the number of algorithms that it serves."""
    same: dict[tuple[str | None, str], list[VerifyingKey]] = {}
    for key in keys.keys:
        same.setdefault((key.kid, key.thumbprint()), []).append(key)
    for (kid, thumbprint), bound in same.items():
        jwk = bound[0].to_jwk()
        alg = bound[0].algorithm if len(bound) == 1 else "-"
        size = f"{octets.read_integer(jwk, 'n').bit_length()} bits" if jwk["kty"] == "RSA" else jwk.get("crv", "-")
        yield Row("-" if kid is None else kid, jwk["kty"], alg, jwk["use"], size, thumbprint)
