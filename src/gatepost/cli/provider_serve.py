"""Starting the provider: its socket, its database, what the first start makes, and its processes."""

import gc
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import typer

from gatepost.cli import provider_bootstrap
from gatepost.cli.failure import Failure
from gatepost.cli.loopback import cannot_use
from gatepost.cli.provider_store import opened_store, sealing_key
from gatepost.trust.location import is_loopback

if TYPE_CHECKING:
    from gatepost.identity.bootstrap import Bootstrap
    from gatepost.identity.configurations import Configurations
    from gatepost.identity.mail import Mailer
    from gatepost.identity.store.sealing import SealingKey
    from gatepost.identity.store.store import Store

_BACKLOG = 2048


class Wishes(NamedTuple):
    """How the provider is to be run.

    Attributes:
        database: The URL of its database.
        host: The address to listen on.
        port: The port to listen on, 0 for a free one.
        public_url: The origin that clients use, or `None` for this machine's.
        bootstrap: The file for what the first start made, or `None`.
        key_file: The file of the sealing key, or `None`.
        workers: How many processes serve.
        trusted_proxies: Addresses or networks whose `X-Forwarded-For` says who asks.
        rotate_after: For how many days a key signs, 0 for as long as nobody rotates it.
        smtp: The URL of a mail server, or `None`.
        mail_from: The address that its mail comes from.
    """

    database: str
    host: str
    port: int
    public_url: str | None
    bootstrap: Path | None
    key_file: Path | None
    workers: int
    trusted_proxies: tuple[str, ...]
    rotate_after: int
    smtp: str | None = None
    mail_from: str = ""


class _Prepared(NamedTuple):
    store: "Store"
    sealing: "SealingKey"
    configurations: "Configurations"

    def close(self) -> None:
        self.configurations.close()
        self.store.close()


def serve(wishes: Wishes) -> int:
    """Serve until a signal asks to end, and return the exit status.

    Raises:
        Failure: When the port, the database or a file cannot be used.
        ConfigurationError: When the database or the key cannot.
    """
    if wishes.smtp is not None:
        _mailer(wishes, development=True)  # says now what is wrong with it
    gc.disable()  # nothing of what is imported is ever garbage
    listener = _listening(wishes.host, wishes.port)
    with listener:
        host = f"[{wishes.host}]" if ":" in wishes.host else wishes.host
        where = f"http://{host}:{listener.getsockname()[1]}"
        public_url = _checked(wishes.public_url) if wishes.public_url else _own_url(wishes.host, listener)
        prepared = _prepared(wishes, public_url, where)
        gc.freeze()
        gc.enable()
        if wishes.workers == 1:
            return _work(wishes, public_url, prepared, listener, None)
        sealing = prepared.sealing
        prepared.close()  # whoever forks has one thread
        from gatepost.gates.authz.workers import supervise

        def work(number: int, alive: int) -> int:
            return _work(wishes, public_url, _opened(wishes, sealing), listener, alive, number)

        return supervise(wishes.workers, work)


def _prepared(wishes: Wishes, public_url: str, where: str) -> _Prepared:
    """Make what the first start makes, tell what there is, and return what a server works with."""
    from gatepost.identity.bootstrap import bootstrap
    from gatepost.identity.configurations import Configurations

    store = opened_store(wishes.database)
    try:
        sealing = sealing_key(store, wishes.key_file)
        configurations = Configurations(store, sealing)
    except BaseException:
        store.close()
        raise
    prepared = _Prepared(store, sealing, configurations)

    def begin() -> "Bootstrap":
        made = bootstrap(store, sealing, int(time.time() * 1000))
        configurations.get(made.environment_id)  # opens the private key, which takes as long as much of the start
        return made

    try:
        with ThreadPoolExecutor(1) as beside:  # a first start makes keys, in threads that need no interpreter
            making = beside.submit(begin)
            _import_what_serves()
            made = making.result()
        members = provider_bootstrap.described(made, public_url)
        if wishes.bootstrap is not None:
            members = provider_bootstrap.keep(wishes.bootstrap, members)
    except BaseException:
        prepared.close()
        raise
    _tell(wishes, made, members, where)
    return prepared


def _opened(wishes: Wishes, sealing: "SealingKey") -> _Prepared:
    from gatepost.identity.configurations import Configurations

    store = opened_store(wishes.database)
    return _Prepared(store, sealing, Configurations(store, sealing))


def _import_what_serves() -> None:
    try:
        import gatepost.provider.assembly
        import gatepost.provider.server  # noqa: F401
    except ModuleNotFoundError as error:
        raise Failure(f"this server needs {error.name}; run: pip install 'gatepost[server]'") from None


def _work(
    wishes: Wishes, public_url: str, prepared: _Prepared, listener: socket.socket, alive: int | None, number: int = 0
) -> int:
    """Serve as one process; the first one does the upkeep as well."""
    try:
        from gatepost.provider.assembly import application
        from gatepost.provider.server import serve as serve_application
        from gatepost.provider.services import Services, Settings
        from gatepost.provider.serving.upkeep import Upkeep

        settings = Settings(public_url, development=is_loopback(urlsplit(public_url).hostname or ""))
        services = Services(settings, prepared.store, prepared.sealing, prepared.configurations)
        upkeep = Upkeep(services, rotate_after=wishes.rotate_after) if number == 0 else None
        mailer = _mailer(wishes, development=settings.development)
        made = application(services, mailer=mailer, upkeep=upkeep)
        serve_application(made, listener, trusted_proxies=wishes.trusted_proxies, alive=alive)
    finally:
        prepared.close()
    return 0


def _mailer(wishes: Wishes, *, development: bool) -> "Mailer | None":
    """Return what sends mail; `None` is the console and the outbox, for development.

    Raises:
        ConfigurationError: When the mail server's URL or the sender is none.
    """
    if wishes.smtp is None and development:
        return None
    from gatepost.provider.serving.mailers import NoMailer, SmtpMailer

    if wishes.smtp is None:
        return NoMailer()
    return SmtpMailer(wishes.smtp, wishes.mail_from, os.environ.get("GATEPOST_SMTP_PASSWORD"))


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise cannot_use(port, error, "--port") from None


def _own_url(host: str, listener: socket.socket) -> str:
    """Return the origin of a server on this machine; passkeys need a name, so loopback goes by its own.

    Raises:
        Failure: When clients elsewhere are to be served, whose name for this server is not known.
    """
    if not is_loopback(host):
        raise Failure(f"a server on {host} needs --public-url, the origin that its clients use")
    return f"http://localhost:{listener.getsockname()[1]}"


def _checked(url: str) -> str:
    """Return a public URL without a slash at its end.

    Raises:
        Failure: When it is none: an origin, by https unless on loopback.
    """
    origin = url.removesuffix("/")
    try:
        parts = urlsplit(origin)
        host, _ = parts.hostname, parts.port
        whole = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        host, whole = None, ""
    if not host or not origin.isascii() or origin != whole or "@" in origin:
        raise Failure(f"--public-url is an origin such as https://id.example.com, not {url}")
    if not origin.startswith("https:") and not (origin.startswith("http:") and is_loopback(host)):
        raise Failure(f"--public-url has to be https, as {host} is not this machine: passwords and tokens go over it")
    return origin.lower()


def _tell(wishes: Wishes, made: "Bootstrap", members: dict[str, str | None], where: str) -> None:
    """Say where everything is; secrets are shown on a terminal alone, once, and only when no file holds them."""
    lines = [f"serving on {where}", f"issuer     {members['issuer']}", f"API        {members['apiPath']}"]
    lines.append(f"client     {members['clientId']}")
    if wishes.bootstrap is not None:
        lines.append(f"secrets    {wishes.bootstrap}")
        if members["adminPassword"] is None:
            lines.append(
                f"the password of {made.admin_username} was shown at the first start alone, so it is not there"
            )
    elif made.made and sys.stderr.isatty():
        lines += [
            f"secret     {made.client_secret}",
            f"sign on    {made.admin_username}, {made.admin_password}",
            "these two are shown this once: --bootstrap FILE keeps them in a file",
        ]
    else:
        lines.append("the client's secret is written by --bootstrap FILE")
    typer.echo("\n".join(f"gatepost provider: {line}" for line in lines), err=True)
