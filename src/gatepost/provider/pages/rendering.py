"""Making a page of a template: escaped always, under a policy that lets nothing run that is not ours."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gatepost.provider.pages import texts
from gatepost.provider.web.response import NO_STORE, Response

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%231f5f8b' "
    "stroke-width='2.4' stroke-linecap='round'%3E%3Cpath d='M4 21V6M20 21V6M4 10.5h16M4 16h16'/%3E%3C/svg%3E"
)
_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    *NO_STORE,
)
# What every template may ask for; a page says otherwise where it has it.
_DEFAULTS: Mapping[str, Any] = {
    "brand": "",
    "lead": "",
    "problems": (),
    "first_problem": "",
    "kept": {},
    "rules": (),
    "problem_of": lambda _: "",
    "may": lambda _: False,
    "detail": "",
    "onward": "",
    "at_once": False,
}


class Asset(NamedTuple):
    """Something that is written into pages.

    Attributes:
        text: Its text.
        source: What names it in a policy (CSP 3 §2.3.1).
    """

    text: str
    source: str


def page(
    template: str,
    title: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    form_to: str = "'none'",
    scripted: bool = False,
) -> Response:
    """Return a page.

    Args:
        template: The name of its template, without `.html`.
        title: Its title and heading.
        values: What the template shows.
        status: The status of the response.
        form_to: Where its forms may lead, as its policy says it.
        scripted: Whether it has the script of passkeys.
    """
    style, script = asset("page.css"), asset("passkey.js")
    body = (
        _templates()
        .get_template(f"{template}.html")
        .render(
            {
                **_DEFAULTS,
                "title": title,
                "language": texts.LANGUAGE,
                "t": texts.text,
                "icon": _ICON,
                "style": _markup(style.text),
                "script": _markup(script.text),
                **values,
            }
        )
    )
    sources = (
        "default-src 'none'",
        f"style-src {style.source}",
        *([f"script-src {script.source}"] if scripted else []),
        "img-src data:",
        f"form-action {form_to}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return Response(status, (("content-security-policy", "; ".join(sources)), *_HEADERS), body.encode())


@cache
def asset(name: str) -> Asset:
    """Return what stands in a file beside the templates."""
    text = (_HERE / "static" / name).read_text(encoding="utf-8")
    return Asset(text, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")


@cache
def _templates() -> "Environment":
    """Return the templates: each is compiled when it is shown first, and kept."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )


def _markup(text: str) -> object:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - our own file, not what anybody sent
