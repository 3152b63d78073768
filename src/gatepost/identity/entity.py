"""What every thing that the platform's API shows has in common, and how many of them are listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

MOST_PER_PAGE = 1000
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing with an identity.

    Attributes:
        id: Its identifier.
        environment_id: Its environment's identifier.
        document: Its members, as the platform's API shows them, but for `_links`, `id`, `environment`, `createdAt` and
            `updatedAt`.
        created_at: When it was made, in milliseconds since 1970.
        updated_at: When it was changed last, in milliseconds since 1970.
    """

    id: str
    environment_id: str
    document: Mapping[str, Any]
    created_at: int
    updated_at: int


Item = TypeVar("Item")


class Page(NamedTuple):
    """Which part of a list is wanted.

    Attributes:
        limit: How many items at most, 1 to 1000.
        after: The identifier of the last item of the page before, or `None` for the first page.
    """

    limit: int = PER_PAGE
    after: str | None = None


class Listing(NamedTuple, Generic[Item]):
    """A part of a list, in the order of the identifiers.

    Attributes:
        items: The items.
        after: What the next page comes after, or `None` when there is none.
        total: How many items there are on all pages, or `None` where that would take long to count.
    """

    items: tuple[Item, ...]
    after: str | None = None
    total: int | None = None
