"""How a regular expression is read."""

from typing import Final

from gatepost.provider.expressions import limits
from gatepost.provider.expressions.regular import classes
from gatepost.provider.expressions.regular.classes import Test
from gatepost.provider.expressions.regular.nodes import Assertion, Char, Choice, Group, Look, Node, Repeat, Sequence


class PatternError(ValueError):
    """The text is no regular expression, or one of a kind that is not taken."""


_NESTING: Final = 24
_FLAGS: Final = frozenset("ims")
_QUANTIFIERS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class Reader:
    """Reads a pattern from left to right.

    Attributes:
        groups: How many groups capture.
        names: The numbers of groups with a name.
    """

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._nesting = 0
        self._flags: frozenset[str] = frozenset()
        self.groups = 0
        self.names: dict[str, int] = {}

    def read(self) -> Node:
        """Return what the whole pattern is made of.

        Raises:
            PatternError: When it is no pattern.
        """
        if len(self._text) > limits.PATTERN:
            raise PatternError(f"The regular expression is longer than {limits.PATTERN} characters")
        node = self._choice()
        if self._at < len(self._text):
            raise self._error("A ')' closes nothing")
        return node

    def _error(self, message: str) -> PatternError:
        return PatternError(f"{message}, at character {self._at + 1} of the regular expression")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise self._error("The pattern ends too early")
        self._at += 1
        return char

    def _skip(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _choice(self) -> Node:
        flags = self._flags
        options = [self._sequence()]
        while self._skip("|"):
            options.append(self._sequence())
        self._flags = flags
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in {"", "|", ")"}:
            node = self._atom()
            if node is not None:
                parts.append(self._quantified(node))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        lazy = self._skip("?")
        if not lazy and self._peek() == "+":
            raise self._error("Possessive quantifiers are not available")
        if self._peek() in {*_QUANTIFIERS, "{"}:
            raise self._error("A quantifier follows a quantifier")
        return Repeat(node, *bounds, lazy)

    def _bounds(self) -> tuple[int, int | None] | None:
        char = self._peek()
        if char in _QUANTIFIERS:
            self._at += 1
            return _QUANTIFIERS[char]
        if char != "{":
            return None
        self._at += 1
        least = self._digits()
        most: int | None = least
        if self._skip(","):
            most = None if self._peek() == "}" else self._digits()
        if not self._skip("}"):
            raise self._error("A '{' is not closed")
        if most is not None and most < least:
            raise self._error("A quantifier ends before it begins")
        return least, most

    def _digits(self) -> int:
        start = self._at
        while self._peek().isascii() and self._peek().isdigit():
            self._at += 1
        if not 0 < self._at - start < 5:
            raise self._error("A quantifier needs a number below 10000")
        return int(self._text[start : self._at])

    def _atom(self) -> Node | None:
        char = self._next()
        if char == "(":
            return self._parenthesis()
        if char == "[":
            return Char(self._cased(self._class()))
        if char == ".":
            return Char(classes.anything if "s" in self._flags else classes.in_line)
        if char in "^$":
            return Assertion(char + "m" if "m" in self._flags else char)
        if char == "\\":
            return self._escape()
        if char in "*+?{":
            self._at -= 1
            raise self._error(f"There is nothing before '{char}' to repeat")
        return Char(self._cased(classes.only(char)))

    def _cased(self, test: Test) -> Test:
        return classes.in_any_case(test) if "i" in self._flags else test

    def _parenthesis(self) -> Node | None:
        self._nesting += 1
        if self._nesting > _NESTING:
            raise self._error("The pattern is nested too deeply")
        node = self._inside()
        self._nesting -= 1
        return node

    def _inside(self) -> Node | None:
        if not self._skip("?"):
            return self._group()
        for opening, behind, negative in (
            ("=", False, False),
            ("!", False, True),
            ("<=", True, False),
            ("<!", True, True),
        ):
            if self._skip(opening):
                return Look(self._closed(self._choice()), behind, negative)
        if self._skip(":"):
            return self._closed(self._choice())
        if self._skip(">"):
            raise self._error("Atomic groups are not available")
        if self._skip("<"):
            start = self._at
            while self._peek().isalnum():
                self._at += 1
            name = self._text[start : self._at]
            if not name or not self._skip(">") or name in self.names:
                raise self._error("A group needs a name of its own")
            self.names[name] = self.groups + 1
            return self._group()
        return self._flagged()

    def _group(self) -> Node:
        self.groups += 1
        number = self.groups
        return Group(self._closed(self._choice()), number)

    def _flagged(self) -> Node | None:
        on: set[str] = set()
        while self._peek() in _FLAGS:
            on.add(self._next())
        if not on or self._peek() not in {")", ":"}:
            raise self._error("Only the flags i, m and s can be set")
        before = self._flags
        self._flags = before | on
        if self._next() == ")":  # it holds to the end of the group around it
            return None
        node = self._closed(self._choice())
        self._flags = before
        return node

    def _closed(self, node: Node) -> Node:
        if not self._skip(")"):
            raise self._error("A '(' is not closed")
        return node

    def _escape(self) -> Node:
        char = self._next()
        if char in "bBAzZ":
            return Assertion(char)
        if char == "Q":
            end = self._text.find("\\E", self._at)
            quoted = self._text[self._at : end if end >= 0 else None]
            self._at += len(quoted) + (2 if end >= 0 else 0)
            return Sequence(tuple(Char(self._cased(classes.only(each))) for each in quoted))
        if (char.isdigit() and char != "0") or char == "k":
            raise self._error("References back to a group are not available")
        return Char(self._cased(self._escaped(char)))

    def _escaped(self, char: str) -> Test:
        if char in classes.CLASSES:
            return classes.CLASSES[char]
        if char in "pP":
            name = self._next()
            if name == "{":
                end = self._text.find("}", self._at)
                name = self._text[self._at : end]
                self._at = end + 1 if end >= 0 else len(self._text)
            test = classes.property_named(name)
            if test is None:
                raise self._error(f"There is no class of characters {name[:30]!r}")
            return test if char == "p" else classes.other_than(test)
        return classes.only(self._escaped_char(char))

    def _escaped_char(self, char: str) -> str:
        if char in classes.CONTROLS:
            return classes.CONTROLS[char]
        if char in "xu":
            digits = self._text[self._at : self._at + (2 if char == "x" else 4)]
            self._at += len(digits)
            try:
                return chr(int(digits, 16))
            except ValueError:
                raise self._error("Hexadecimal digits are missing") from None
        if char.isalnum():
            raise self._error(f"There is no escape \\{char}")
        return char

    def _class(self) -> Test:
        negative = self._skip("^")
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            if self._peek() == "]" or self._skip("&&"):
                raise self._error("A class of characters is empty, or an intersection, which is not available")
            tests.append(self._class_item())
            first = False
        self._at += 1
        test = classes.any_of(tests)
        return classes.other_than(self._cased(test)) if negative else test

    def _class_item(self) -> Test:
        char = self._next()
        if char == "[":
            self._nesting += 1
            if self._nesting > _NESTING:
                raise self._error("The pattern is nested too deeply")
            test = self._class()
            self._nesting -= 1
            return test
        if char == "\\":
            escaped = self._next()
            if escaped in classes.CLASSES or escaped in "pP":
                return self._escaped(escaped)
            char = self._escaped_char(escaped)
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in {"]", "["}:
            return classes.only(char)
        self._at += 1
        last = self._next()
        if last == "\\":
            last = self._escaped_char(self._next())
        if last < char:
            raise self._error("A range of characters ends before it begins")
        return classes.span(char, last)
