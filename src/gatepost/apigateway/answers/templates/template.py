"""A mapping template."""

from collections.abc import Mapping
from typing import NamedTuple

from gatepost.apigateway.answers.templates.errors import TemplateFailed, UnsupportedTemplate
from gatepost.apigateway.answers.templates.parse import parse
from gatepost.apigateway.answers.templates.render import Renderer
from gatepost.apigateway.answers.templates.scope import Scope
from gatepost.apigateway.exchange import Exchange, Response

MAX_SIZE = 300_000  # bytes, as on AWS


class Rendered(NamedTuple):
    """What a template made.

    Attributes:
        text: The text.
        status: What it set `$context.responseOverride.status` to, or `None`.
        headers: What it set `$context.responseOverride.header` to, by name.
    """

    text: str
    status: int | None
    headers: Mapping[str, str]


class Template:
    """A mapping template, read once and rendered for each request."""

    __slots__ = ("_nodes",)

    def __init__(self, text: str) -> None:
        """Read the template.

        Raises:
            UnsupportedTemplate: When it is not well-formed, or uses what is not supported; the message says the line.
        """
        if len(text.encode("utf-8", "replace")) > MAX_SIZE:
            raise UnsupportedTemplate(f"the template is larger than {MAX_SIZE} bytes")
        self._nodes = parse(text)

    def render(self, exchange: Exchange, *, body: str = "", response: Response | None = None) -> Rendered:
        """Render the template.

        Args:
            exchange: The request.
            body: `$input.body`: the request's body, or that of the integration's response.
            response: The response so far, for `$context.status` and the like.

        Raises:
            TemplateFailed: When it cannot be done for this request, or would write or loop too much.
        """
        scope = Scope(exchange, body, response)
        try:
            text = Renderer(scope).text(self._nodes)
        except RecursionError:
            raise TemplateFailed("a value of the template is nested too deep") from None
        return Rendered(text, scope.status, scope.headers)
