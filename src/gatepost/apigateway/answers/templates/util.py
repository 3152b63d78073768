"""`$util`."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from urllib.parse import quote_plus, unquote_plus

from gatepost.apigateway.answers.json_path import JsonPath
from gatepost.apigateway.answers.templates.errors import TemplateFailed
from gatepost.apigateway.answers.templates.values import Value

_ESCAPES = {
    ord("\b"): "\\b",
    ord("\f"): "\\f",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    ord('"'): '\\"',
    ord("'"): "\\'",
    ord("/"): "\\/",
    ord("\\"): "\\\\",
}


def escape_java_script(text: str) -> str:
    r"""Escape quotes, slashes and control characters, and write everything past ASCII as `\uXXXX`."""
    escaped = text.translate(_ESCAPES)
    if escaped.isascii() and escaped.isprintable():
        return escaped
    return "".join(letter if " " <= letter <= "~" else _unicode(letter) for letter in escaped)


def _unicode(letter: str) -> str:
    octets = letter.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{octets[at : at + 4]}" for at in range(0, len(octets), 4))


def _base64_decode(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        raise TemplateFailed("$util.base64Decode: the text is not base64") from None


def _parse_json(text: str) -> Value:
    try:
        return JsonPath.read(text)
    except ValueError:
        raise TemplateFailed("$util.parseJson: the text is not JSON") from None


_FUNCTIONS: dict[str, Callable[[str], Value]] = {
    "base64Decode": _base64_decode,
    "base64Encode": lambda text: b64encode(text.encode("utf-8", "replace")).decode("ascii"),
    "escapeJavaScript": escape_java_script,
    "parseJson": _parse_json,
    "urlDecode": lambda text: unquote_plus(text, errors="replace"),
    "urlEncode": lambda text: quote_plus(text, safe="*", errors="replace").replace("~", "%7E"),
}


def util(name: str, text: str) -> Value:
    """Call a function of `$util`.

    Raises:
        TemplateFailed: When it cannot be done with that text.
    """
    return _FUNCTIONS[name](text)
