"""Pages of collections: `limit`, and a cursor that says nothing and that nobody can make up."""

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlencode

from gatepost.errors import ConfigurationError
from gatepost.identity.entity import MOST_PER_PAGE, PER_PAGE, Page
from gatepost.identity.ids import is_id
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store.sealing import SealingKey

_MOST_CURSOR = 1024


def page_of(sealing: SealingKey, url: str, query: Mapping[str, str]) -> Page:
    """Return the page that a request asks for.

    Args:
        sealing: What opens a cursor.
        url: The collection.
        query: The fields of the query.

    Raises:
        InvalidData: When `limit` is none of 1 to 1000, or the cursor is not one of this collection and filter.
    """
    told: list[Violation] = []
    limit = query.get("limit", str(PER_PAGE))
    if not (limit.isascii() and limit.isdecimal() and len(limit) <= 4 and 1 <= int(limit) <= MOST_PER_PAGE):
        inner = {"rangeMinimumValue": 1, "rangeMaximumValue": MOST_PER_PAGE}
        told.append(Violation("INVALID_VALUE", "limit", f"The value must be between 1 and {MOST_PER_PAGE}.", inner))
    after = None
    cursor = query.get("cursor")
    if cursor is not None:
        after = _opened(sealing, cursor, _purpose(url, query))
        if after is None:
            told.append(Violation("INVALID_VALUE", "cursor", "The cursor is not one of this collection."))
    if told:
        raise InvalidData(*told)
    return Page(int(limit), after)


def next_url(sealing: SealingKey, url: str, query: Mapping[str, str], after: str) -> str:
    """Return the URL of the page that comes after the item with the identifier `after`."""
    cursor = sealing.seal(after.encode(), _purpose(url, query))
    fields = {name: value for name, value in query.items() if name != "cursor"}
    return f"{url}?{urlencode({**fields, 'cursor': cursor})}"


def _opened(sealing: SealingKey, cursor: str, purpose: str) -> str | None:
    if len(cursor) > _MOST_CURSOR:
        return None
    try:
        after = sealing.open(cursor, purpose).decode()
    except (ConfigurationError, ValueError):
        return None
    return after if is_id(after) else None


def _purpose(url: str, query: Mapping[str, str]) -> str:
    wanted = f"{url}?{query.get('filter', '')}"
    return f"cursor:{sha256(wanted.encode()).hexdigest()}"
