"""What a request uses up: the `jti` of a client's assertion, a DPoP proof."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from gatepost.identity import used_once
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.services import Services

T = TypeVar("T")


class Once(NamedTuple):
    """Something that counts once, in whichever process.

    Attributes:
        what: What it is, with everything that makes it another thing.
        expires_at: When it is refused for its age anyway, in milliseconds since 1970.
        refusal: What is answered when it was used before.
    """

    what: str
    expires_at: int
    refusal: OAuthError


def use_all(connection: Connection, things: Iterable[Once]) -> None:
    """Use things.

    Raises:
        OAuthError: When one was used before; then the transaction has to end without a trace.
    """
    for each in things:
        if not used_once.use(connection, each.what, each.expires_at):
            raise each.refusal


async def reading(services: Services, things: tuple[Once, ...], work: Callable[[Connection], T]) -> T:
    """Return what `work` reads, once the things are used; without any, nothing is written.

    Raises:
        OAuthError: When one was used before.
    """
    if not things:
        return await services.store.read_async(work)
    return await services.store.write_async(_using(things, work))


async def writing(services: Services, things: tuple[Once, ...], work: Callable[[Connection], T | OAuthError]) -> T:
    """Return what `work` returns, in one transaction with the use of the things.

    A refusal that `work` returns is raised here, and what was written is kept: a code was tried, a family has ended.
    After one that it raises, nothing is kept.

    Raises:
        OAuthError: When one was used before, or `work` refuses.
    """
    outcome = await services.store.write_async(_using(things, work))
    if isinstance(outcome, OAuthError):
        raise outcome
    return outcome


def _using(things: tuple[Once, ...], work: Callable[[Connection], T]) -> Callable[[Connection], T]:
    def use_and_work(connection: Connection) -> T:
        use_all(connection, things)
        return work(connection)

    return use_and_work
