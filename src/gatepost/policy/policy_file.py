"""`gatepost.toml`: issuers and routes in a file, checked strictly, with the line of everything that is wrong."""

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from gatepost.frozen import Frozen
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_overlap import ambiguous
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.settings.issuer import TrustedIssuer, read_issuer
from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.problem import PolicyFileError, Problem
from gatepost.policy.settings.route import read_route
from gatepost.policy.settings.sender import SenderSettings, SharedStore, read_sender, read_store
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.toml_document import read_documents
from gatepost.policy.settings.watched_files import WatchedFiles
from gatepost.trust.issuer import Issuer
from gatepost.verification.replay import ReplayStore

Value = TypeVar("Value")
Routes: TypeAlias = tuple[tuple[RoutePattern, Requirement], ...]

# Stands between quotes in challenges.
_URL = re.compile(r"https?://[!#-\[\]-~]+")


class FromFile(Enum):
    """The type of `FROM_FILE`."""

    FROM_FILE = "from the file"


FROM_FILE: Final = FromFile.FROM_FILE
"""For `token_cache`: as many as the file says, or 1024."""


class PolicySettings(Frozen):
    """What a policy file says.

    Attributes:
        trusted: The issuers, by name.
        routes: What each route matches and demands, in the file's order.
        token_cache: How many verified tokens to remember, or `None` for none.
        resource_metadata: The URL of the protected resource's metadata (RFC 9728), or `None`.
        sender: How DPoP proofs have to be.
        store: What several servers share, or `None`.
    """

    __slots__ = ("resource_metadata", "routes", "sender", "store", "token_cache", "trusted")

    trusted: Mapping[str, TrustedIssuer]
    routes: Routes
    token_cache: int | None
    resource_metadata: str | None
    sender: SenderSettings
    store: SharedStore | None

    def __init__(
        self,
        trusted: Mapping[str, TrustedIssuer],
        routes: Iterable[tuple[RoutePattern, Requirement]],
        *,
        token_cache: int | None = 1024,
        resource_metadata: str | None = None,
        sender: SenderSettings | None = None,
        store: SharedStore | None = None,
    ) -> None:
        self._set(
            trusted=MappingProxyType(dict(trusted)),
            routes=tuple(routes),
            token_cache=token_cache,
            resource_metadata=resource_metadata,
            sender=sender or SenderSettings(),
            store=store,
        )

    def policy(
        self,
        *,
        clock: Callable[[], float] = time.time,
        token_cache: int | FromFile | None = FROM_FILE,
        issuers: Mapping[str, Issuer] | None = None,
        replays: ReplayStore | None = None,
    ) -> Policy:
        """Return the policy at work.

        Args:
            clock: Returns the time in seconds since 1970.
            token_cache: How many verified tokens to remember, whatever the file says.
            issuers: The issuers of JWTs, if they are to be others under the same names.
            replays: Where used DPoP proofs are remembered, if not in the Redis of the file or in memory.
        """
        store = self.store
        return Policy(
            self.issuers if issuers is None else issuers,
            self.routes,
            opaque={
                name: trusted.introspection.open(trusted.issuer, clock)
                for name, trusted in self.trusted.items()
                if trusted.introspection is not None
            },
            revocations=None if store is None else store.revocations,
            sender=self.sender.open(store.replays if replays is None and store is not None else replays),
            token_cache=self.token_cache if token_cache is FROM_FILE else token_cache,
            clock=clock,
            resource_metadata=self.resource_metadata,
        )

    @property
    def issuers(self) -> dict[str, Issuer]:
        """The issuers of JWTs."""
        return {name: trusted.issuer for name, trusted in self.trusted.items() if trusted.jwts}


def load(
    path: str | os.PathLike[str],
    *,
    clock: Callable[[], float] = time.time,
    token_cache: int | FromFile | None = FROM_FILE,
    environ: Mapping[str, str] = os.environ,
) -> Policy:
    """Return the policy in the file at `path`, ready to decide. No key is fetched yet.

    Args:
        path: The file, such as `gatepost.toml`.
        clock: Returns the time in seconds since 1970.
        token_cache: How many verified tokens to remember, `None` for none, whatever the file says.
        environ: The variables that `${NAME}` and `secret_env` refer to.

    Raises:
        PolicyFileError: When something is wrong; it has a line for each problem.
    """
    return read(path, environ=environ).policy(clock=clock, token_cache=token_cache)


def read(
    path: str | os.PathLike[str], *, environ: Mapping[str, str] = os.environ, files: WatchedFiles | None = None
) -> PolicySettings:
    """Return what the file at `path` says, with the files it includes.

    Args:
        path: The file.
        environ: The variables that `${NAME}` and `secret_env` refer to.
        files: Gets every file whose change could change the outcome, also when the outcome is an error.

    Raises:
        PolicyFileError: When something is wrong; it has a line for each problem.
    """
    seen = WatchedFiles() if files is None else files
    documents = read_documents(path, environ, seen)
    tops = [Table(document, (), "the top level of the file", document.values) for document in documents]
    token_cache = _once(tops, "token_cache", Table.whole_number)
    resource_metadata = _once(tops, "resource_metadata", _url)
    sender = _once(
        tops, "dpop", lambda top, key: _read_below(top, key, lambda table: read_sender(table, environ, seen))
    )
    store = _once(tops, "redis", lambda top, key: _read_below(top, key, read_store))
    issuers = _issuers(tops, environ, seen)
    routes = _routes(tops, issuers)
    for top in tops:
        top.texts("include")
        top.finish()
    problems = [problem for document in documents for problem in document.sorted_problems()]
    if not problems and not routes:
        problems.append(Problem(str(path), 0, "there is no [[routes]], so that every request would be refused"))
    if problems:
        raise PolicyFileError(problems)
    return PolicySettings(
        {name: issuer for name, issuer in issuers.items() if issuer is not None},
        routes,
        token_cache=1024 if token_cache is None else token_cache or None,
        resource_metadata=resource_metadata,
        sender=sender,
        store=store,
    )


def _once(tops: list[Table], key: str, ask: Callable[[Table, str], Value | None]) -> Value | None:
    """Return a setting of the top level, which only one of the files may have."""
    holders = [top for top in tops if key in top]
    for top in holders[1:]:
        first = holders[0].document.place((key,))
        top.complain(f"{quoted(key)} stands in {first} already; keep one", key)
    return ask(holders[0], key) if holders else None


def _read_below(top: Table, key: str, read_from: Callable[[Table], Value | None]) -> Value | None:
    table = top.table(key, f"[{key}]")
    return None if table is None else read_from(table)


def _url(top: Table, key: str) -> str | None:
    value = top.text(key)
    if value is not None and not _URL.fullmatch(value):
        top.complain(f"{quoted(key)} is a URL that begins with https://", key)
    return value


def _issuers(tops: list[Table], environ: Mapping[str, str], files: WatchedFiles) -> dict[str, TrustedIssuer | None]:
    """Return the issuers by name; `None` for one that is there, and wrong."""
    found: dict[str, TrustedIssuer | None] = {}
    homes: dict[str, Table] = {}
    named: dict[str, str] = {}
    for top in tops:
        issuers = top.table("issuers", "[issuers.NAME]")
        for name in issuers.given if issuers is not None else ():
            table = issuers.table(name, f"[issuers.{name}]") if issuers is not None else None
            if table is None:
                found.setdefault(name, None)
                continue
            if name in homes:
                first = homes[name].document.place(homes[name].way)
                table.complain(f"the issuer {quoted(name)} stands in {first} already; keep one")
                continue
            homes[name] = table
            trusted = found[name] = read_issuer(table, environ, files)
            names = () if trusted is None else (trusted.issuer.identifier, *trusted.issuer.aliases)
            for iss in dict.fromkeys(names):
                other = named.setdefault(iss, name)
                if other != name:
                    table.complain(f"{quoted(iss)} is the issuer {quoted(other)} already; each iss means one issuer")
    return found


def _routes(tops: list[Table], issuers: Mapping[str, TrustedIssuer | None]) -> Routes:
    found: list[tuple[RoutePattern, Requirement]] = []
    homes: list[Table] = []
    spellings: dict[str, str] = {}
    for top in tops:
        for table in top.tables("routes", "[[routes]]"):
            route = read_route(table, issuers)
            if route is not None:
                _check_opaque(table, route[1], issuers)
                _check_spelling(table, route[1], spellings)
                found.append(route)
                homes.append(table)
    for later, earlier in ambiguous([pattern for pattern, _ in found]):
        one, other = found[later][0].text, found[earlier][0].text
        first = homes[earlier].document.place((*homes[earlier].way, "match"))
        homes[later].complain(
            f"{quoted(one)} and {quoted(other)} ({first}) match the same requests, neither the more specific",
            "match",
        )
    return tuple(found)


def _check_opaque(table: Table, demands: Requirement, issuers: Mapping[str, TrustedIssuer | None]) -> None:
    trusted = {name: issuers[name] for name in demands.issuers or issuers}
    opaque = [name for name, each in trusted.items() if each is not None and each.introspection is not None]
    if len(opaque) > 1 and not demands.public:
        names = " and ".join(map(quoted, opaque))
        table.complain(f"opaque tokens of {names} cannot be told apart on one route; name one under issuers", "match")


def _check_spelling(table: Table, demands: Requirement, spellings: dict[str, str]) -> None:
    """Complain about a header that another route writes in other letters: one would empty what the other sets."""
    for header, _ in demands.forward:
        spelling = spellings.setdefault(header.lower(), header)
        if spelling != header:
            table.complain(
                f"the header {quoted(header)} is {quoted(spelling)} in another route; write it so", "forward"
            )
