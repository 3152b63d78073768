"""Pages that belong to no flow: a message, an error, a question with one button."""

from collections.abc import Mapping
from typing import NamedTuple

from gatepost.provider.pages.rendering import page
from gatepost.provider.web.response import Response


class Onward(NamedTuple):
    """Where a page leads.

    Attributes:
        place: The address.
        text: What the link says.
    """

    place: str
    text: str


def error(
    title: str, text: str, detail: str, status: int = 400, *, brand: str = "", onward: Onward | None = None
) -> Response:
    """Return a page that says what is wrong with a request.

    Args:
        title: Its title.
        text: What it says to a person.
        detail: What it says to who wrote the application, or an empty text.
        status: The status of the response.
        brand: The name of the environment, or an empty text.
        onward: Where it leads, or `None`.
    """
    values = {"lead": text, "detail": detail, "sign": "stop", "brand": brand}
    if onward is not None:
        values |= {"onward": onward.place, "onward_text": onward.text}
    return page("onward", title, values, status=status)


def message(title: str, text: str) -> Response:
    """Return a page that says something."""
    return page("onward", title, {"lead": text, "sign": "done"})


def question(title: str, text: str, button: str, action: str, fields: Mapping[str, str], then: str | None) -> Response:
    """Return a page with one button.

    Args:
        title: Its title.
        text: What it asks.
        button: What the button says.
        action: Where the button posts to.
        fields: What it posts.
        then: An origin that the answer may redirect to, or `None`.
    """
    form_to = f"'self' {then}" if then else "'self'"
    values = {"lead": text, "button": button, "action": action, "fields": fields}
    return page("question", title, values, form_to=form_to)
