"""Texts in policies that may hold policy variables: `${aws:SourceIp}`, `${*}` (IAM User Guide, "Policy variables")."""

import re

from gatepost.apigateway.iam.iam_request import IamRequest
from gatepost.apigateway.iam.wildcard import Piece, Wildcard, pieces_of

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_WITH_DEFAULT = re.compile(r"([^,]*?)\s*,\s*'([^']*)'")


class Unresolved(Exception):
    """A text has a variable that the request has no value for: its statement says nothing about the request."""


class PatternText:
    """A text with variables and wildcards. What a variable brings means just itself, a star in it too."""

    __slots__ = ("_any_case", "_fixed", "_parts", "_plain")

    def __init__(self, text: str, *, variables: bool, wild: bool = True, any_case: bool = False) -> None:
        """Read a text.

        Args:
            text: The text.
            variables: Whether `${…}` is a variable; it is from version 2012-10-17 on.
            wild: Whether `*` and `?` stand for other characters.
            any_case: Whether capitals and small letters are the same.
        """
        parts = _VARIABLE.split(text) if variables else [text]
        self._parts = parts
        self._plain = not wild
        self._any_case = any_case
        self._fixed = Wildcard(self._pieces(text)) if len(parts) == 1 else None

    def matches(self, value: str, request: IamRequest) -> bool:
        """Tell whether all of `value` fits.

        Raises:
            Unresolved: When the request has no value for a variable.
        """
        if self._any_case:
            value = value.casefold()
        if self._fixed is not None:
            return self._fixed.matches(value)
        pieces: list[Piece] = []
        for position, part in enumerate(self._parts):
            if position % 2 == 0:
                pieces += self._pieces(part)
                continue
            meant = _value(part, request)
            pieces.append(meant.casefold() if self._any_case else meant)
        return Wildcard(pieces).matches(value)

    def _pieces(self, text: str) -> list[Piece]:
        text = text.casefold() if self._any_case else text
        return [text] if self._plain else pieces_of(text)


def _value(variable: str, request: IamRequest) -> str:
    if variable in {"*", "?", "$"}:
        return variable
    with_default = _WITH_DEFAULT.fullmatch(variable)
    key, default = with_default.groups() if with_default else (variable, None)
    found = request.value(key.strip().lower())
    if found is None:
        found = default
    if found is None:
        raise Unresolved
    return found
