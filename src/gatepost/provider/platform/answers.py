"""The answers that most endpoints give: one thing, a page of things, a new thing, nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection

from gatepost.identity.entity import Listing
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.endpoint import Answer
from gatepost.provider.web.response import Response, json_response

HAL = "application/hal+json"

Document: TypeAlias = dict[str, Any]
# What is done, in one transaction: one call of a function of the identities.
Work: TypeAlias = Callable[[Connection, Call], Any]
Render: TypeAlias = Callable[[Call, Any], Document]
# What is shown with things besides themselves, by their identifiers, such as counts and what is expanded.
More: TypeAlias = Callable[[Connection, Call, Sequence[Any]], Mapping[str, Document]]


def nothing_more(_: Connection, __: Call, ___: Sequence[object]) -> Mapping[str, Document]:
    """Show nothing besides."""
    return {}


def gets(work: Work, render: Render, more: More = nothing_more) -> Answer:
    """Answer with one thing."""

    async def answer(call: Call) -> Response:
        call.named("expand"), call.named("include")

        def whole(connection: Connection) -> tuple[Any, Mapping[str, Document]]:
            item = work(connection, call)
            return item, more(connection, call, [item])

        item, besides = await call.read(whole)
        return shown(_together(render(call, item), _of(besides, item)))

    return answer


def lists(work: Work, render: Render, plural: str, more: More = nothing_more) -> Answer:
    """Answer with a page of things."""

    async def answer(call: Call) -> Response:
        call.named("expand"), call.named("include")

        def whole(connection: Connection) -> tuple[Listing[Any], Mapping[str, Document]]:
            found: Listing[Any] = work(connection, call)
            return found, more(connection, call, found.items)

        found, besides = await call.read(whole)
        items = [_together(render(call, each), _of(besides, each)) for each in found.items]
        return shown(collection(call, plural, items, found.after, found.total))

    return answer


def collection(
    call: Call, plural: str, items: Sequence[Document], after: str | None = None, total: int | None = None
) -> Document:
    """Return the body that shows a page of things."""
    links: Document = {"self": {"href": f"{call.url}?{call.request.query_string}".removesuffix("?")}}
    if after is not None:
        links["next"] = {"href": call.next_url(after)}
    counted = {} if total is None else {"count": total}
    return {"_links": links, "_embedded": {plural: items}, **counted, "size": len(items)}


def creates(work: Work, render: Render, more: More = nothing_more) -> Answer:
    """Answer with a new thing, and where it is."""

    async def answer(call: Call) -> Response:
        def whole(connection: Connection) -> tuple[Any, Mapping[str, Document]]:
            item = work(connection, call)
            call.note(getattr(item, "id", ""))
            return item, more(connection, call, [item])

        item, besides = await call.write(whole)
        return created(_together(render(call, item), _of(besides, item)))

    return answer


def changes(work: Work, render: Render, more: More = nothing_more) -> Answer:
    """Answer with a thing that was changed."""

    async def answer(call: Call) -> Response:
        def whole(connection: Connection) -> tuple[Any, Mapping[str, Document]]:
            item = work(connection, call)
            return item, more(connection, call, [item])

        item, besides = await call.write(whole)
        return shown(_together(render(call, item), _of(besides, item)))

    return answer


def removes(work: Work) -> Answer:
    """Answer with nothing, once something is gone."""

    async def answer(call: Call) -> Response:
        await call.write(lambda connection: work(connection, call))
        return Response(204)

    return answer


def shown(body: Document, status: int = 200) -> Response:
    """Return the answer with a body."""
    return json_response(body, status, media_type=HAL)


def created(body: Document) -> Response:
    """Return the answer that shows a new thing, and where it is."""
    return shown(body, 201).adding(("location", body["_links"]["self"]["href"]))


def _of(besides: Mapping[str, Document], item: object) -> Document:
    return besides.get(getattr(item, "id", ""), {})


def _together(body: Document, besides: Mapping[str, Any]) -> Document:
    """Return the body with more members, those within `_links` and `_embedded` beside the ones there."""
    found = dict(body)
    for name, value in besides.items():
        found[name] = {**found.get(name, {}), **value} if name in {"_links", "_embedded"} else value
    return found
