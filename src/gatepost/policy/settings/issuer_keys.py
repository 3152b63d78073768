"""Where an issuer's keys come from, as its table in the policy file says."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet
from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.secret_reference import secret
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.watched_files import WatchedFiles

if TYPE_CHECKING:
    from gatepost.trust.key_source import KeySource
    from gatepost.trust.remote import RemoteOptions

Keys: TypeAlias = "KeySource | KeySet"

_SPANS = (
    "connect_timeout",
    "total_timeout",
    "min_age",
    "max_age",
    "default_age",
    "stale_window",
    "refresh_cooldown",
)


class KeySettings:
    """What the table says of keys.

    Attributes:
        keys: Where they come from, or `None` when the table does not say.
        remote: How to fetch them; to be applied to the vendor's own place when `keys` is `None`.
    """

    def __init__(self, table: Table, environ: Mapping[str, str], files: WatchedFiles) -> None:
        """Read the table, and take down what is wrong.

        Args:
            table: The issuer's table.
            environ: The environment's variables.
            files: Gets the files of secrets and certificates.
        """
        self.remote = _remote(table, files)
        self.keys: Keys | None = None
        url, file = table.text("jwks_url"), table.text("jwks_file")
        shared = secret(table, environ, files)
        named = [key for key in ("jwks_url", "jwks_file", "secret_env", "secret_file") if key in table]
        if len(named) > 1:
            first, *_, last = named
            table.complain(f"{quoted(first)} and {quoted(last)} both say where the keys are; keep one", last)
            return
        try:
            self.keys = self._keys(table, url, file, shared)
        except ConfigurationError as error:
            table.complain(str(error), named[0])
        if self.remote and named and named != ["jwks_url"]:
            key = next(key for key in ("ca_file", "http_hosts", "fetch") if key in table)
            table.complain(f"{quoted(key)} is for keys that are fetched; {quoted(named[0])} needs no fetching", key)

    def _keys(self, table: Table, url: str | None, file: str | None, shared: bytes | None) -> "Keys | None":
        if url is not None:
            from gatepost.trust.jwks_url import JwksUrl

            return JwksUrl(url, **self.remote)
        if file is not None:
            from gatepost.trust.jwks_file import JwksFile

            keys = JwksFile(str(table.document.beside(file)))
            keys.check("")
            return keys
        return None if shared is None else KeySet.from_secret(shared)

    def elsewhere(self, vendors: Keys) -> Keys:
        """Return a vendor's own place of keys, fetched as the table says."""
        from gatepost.trust.discovery import Discovery
        from gatepost.trust.jwks_url import JwksUrl

        return JwksUrl(vendors.url, **self.remote) if isinstance(vendors, JwksUrl) else Discovery(**self.remote)


def _remote(table: Table, files: WatchedFiles) -> "RemoteOptions":
    found: RemoteOptions = {}
    ca_file = table.text("ca_file")
    if ca_file is not None:
        path = table.document.beside(ca_file)
        files.add(path)
        if not path.is_file():
            table.complain(f"there is no file {path}", "ca_file")
        else:
            found["ca_file"] = str(path)
    http_hosts = table.texts("http_hosts")
    if http_hosts is not None:
        found["http_hosts"] = http_hosts
    fetch = table.table("fetch", f"{table.title[:-1]}.fetch]")
    if fetch is None:
        return found
    chosen: RemoteOptions = {}
    readers: dict[str, Callable[[str], float | None]] = dict.fromkeys(_SPANS, fetch.seconds)
    for key, read in (*readers.items(), ("max_bytes", fetch.whole_number)):
        value = read(key)
        if value is not None:
            chosen[key] = value  # type: ignore[literal-required]  # the names are those of RemoteOptions
    fetch.finish()
    if _makes_sense(chosen, fetch):
        found.update(chosen)
    return found


def _makes_sense(chosen: "RemoteOptions", fetch: Table) -> bool:
    from gatepost.trust.remote import RemoteKeys

    try:
        RemoteKeys(**chosen)
    except ConfigurationError as error:
        fetch.complain(str(error), next((key for key in fetch.given if key in str(error)), None))
        return False
    return True
