"""Keys at a known URL."""

from typing import Unpack

from gatepost.trust import location
from gatepost.trust.key_source import LiveKeys
from gatepost.trust.remote import RemoteKeys, RemoteOptions


class JwksUrl(RemoteKeys):
    """The JWK set at a URL, without discovery: one round trip less at a cold start.

    Attributes:
        url: Where the JWK set is.
    """

    __slots__ = ("url",)

    url: str

    def __init__(self, url: str, **options: Unpack[RemoteOptions]) -> None:
        """Take the URL, and the options of `RemoteKeys`.

        Raises:
            ConfigurationError: When it may not be fetched, or an option makes no sense.
        """
        super().__init__(**options)
        location.check(url, self.http_hosts)
        self._set(url=url)

    def check(self, _identifier: str) -> None:
        """Accept every issuer: the URL was checked when it was given."""

    def open(self, identifier: str, now: float) -> LiveKeys:
        """Return the keys at work."""
        from gatepost.trust.origin import JwksOrigin

        return self.keep_fresh(identifier, JwksOrigin(self.url, self.make_fetcher()), now)
