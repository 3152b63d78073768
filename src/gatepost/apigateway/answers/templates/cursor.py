"""A place in the text of a template, which moves on as the template is read."""

import re

from gatepost.apigateway.answers.templates.errors import UnsupportedTemplate

MAX_DEPTH = 24


class Cursor:
    """Reads a text from left to right.

    Attributes:
        text: The text.
        at: The place in it.
        depth: How deep what is read now is nested; no more than `MAX_DEPTH`.
    """

    __slots__ = ("at", "depth", "first_line", "text")

    def __init__(self, text: str, *, depth: int = 0, first_line: int = 1) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self.first_line = first_line

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move past what the pattern matches here, and return the match."""
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def skip(self, text: str) -> bool:
        """Move past `text` if it stands here."""
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def expect(self, text: str) -> None:
        """Move past `text`, which has to stand here.

        Raises:
            UnsupportedTemplate: When it does not.
        """
        if not self.skip(text):
            raise self.error(f"expected {text!r}")

    def line(self) -> int:
        """Return the line, from 1."""
        return self.first_line + self.text.count("\n", 0, self.at)

    def error(self, what: str) -> UnsupportedTemplate:
        """Return an error that says where it is."""
        near = self.text[self.at : self.at + 24].partition("\n")[0]
        return UnsupportedTemplate(f"line {self.line()} of the template: {what}" + (f", near {near!r}" if near else ""))

    def deeper(self) -> None:
        """Go one level down.

        Raises:
            UnsupportedTemplate: When that is too deep.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} levels deep")

    def back(self) -> None:
        """Go one level up."""
        self.depth -= 1
