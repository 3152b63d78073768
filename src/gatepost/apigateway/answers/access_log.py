"""The access log: one line a request, in the format of the stage, which no request can forge.

API Gateway developer guide, "Set up CloudWatch logging". The format may be JSON, XML, CLF, CSV or anything else.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import NamedTuple, TypeAlias

from gatepost.apigateway.answers.variables import variable
from gatepost.apigateway.exchange import Exchange, Response

ABSENT = "-"

_REFERENCE = re.compile(
    r"\$(?P<brace>\{)?(?P<name>(?:context|stageVariables)(?:\.[A-Za-z0-9_:/-]*[A-Za-z0-9_])+)(?(brace)\})"
)
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
# What ends a line for some reader, or moves a terminal's cursor.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_CONTROLS |= {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_IN_FORMAT = {code: text for code, text in _CONTROLS.items() if code != 0x09}
_QUOTED = _CONTROLS | {0x22: '\\"', 0x5C: "\\\\"}

_Escape: TypeAlias = Callable[[str], str]


class _Part(NamedTuple):
    text: str
    name: str
    escape: _Escape


def access_line(format: str, exchange: Exchange, response: Response) -> str:
    """Return the line for a request, without a line break at its end.

    Args:
        format: The stage's format, with `$context` variables.
        exchange: The request.
        response: What was answered.
    """
    parts, end = _parts(format)
    written = []
    for text, name, escaped in parts:
        value = variable(name, exchange, response)
        written.append(text)
        written.append(escaped(value) if value else ABSENT)
    return "".join(written) + end


@lru_cache(maxsize=64)
def _parts(format: str) -> tuple[tuple[_Part, ...], str]:
    format = _LINE_BREAK.sub(" ", format.strip()).translate(_IN_FORMAT)
    parts = []
    position = 0
    for found in _REFERENCE.finditer(format):
        parts.append(_Part(format[position : found.start()], found["name"], _escape_of(format, found)))
        position = found.end()
    return tuple(parts), format[position:]


def _escape_of(format: str, found: re.Match[str]) -> _Escape:
    if format.startswith(("{", "[")):
        return _json_text if found["name"] == "context.error.messageString" else _json
    if format.startswith("<"):
        return _xml
    # An odd number of quotes before it: inside of a quoted text, where a comma separates nothing.
    if format.count('"', 0, found.start()) % 2 == 0:
        around = format[found.start() - 1 : found.start()] + format[found.end() : found.end() + 1]
        if "," in around:
            return _csv
    return _plain


def _json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _json_text(value: str) -> str:
    """Return a value that is a JSON text already, with nothing in it that some reader takes for the end of a line."""
    return json.dumps(json.loads(value))


def _xml(value: str) -> str:
    return escape(_printable(value))


def _csv(value: str) -> str:
    value = _printable(value)
    return '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value


def _plain(value: str) -> str:
    return value.translate(_QUOTED).encode("utf-8", "backslashreplace").decode()


def _printable(value: str) -> str:
    return value.translate(_CONTROLS).encode("utf-8", "backslashreplace").decode()
