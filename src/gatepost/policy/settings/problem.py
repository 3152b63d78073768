"""What is wrong in a policy file: a line each, all of them together."""

from collections.abc import Iterable

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen


class Problem(Frozen):
    """One thing that is wrong.

    Attributes:
        file: The file's name, as it was given.
        line: The line, from 1; 0 where it is about the whole file.
        message: What is wrong, and what to write instead; never a value, which could be a secret.
    """

    __slots__ = ("file", "line", "message")

    file: str
    line: int
    message: str

    def __init__(self, file: str, line: int, message: str) -> None:
        self._set(file=file, line=line, message=message)

    def __str__(self) -> str:
        """Return `file:line: message`, as compilers write it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class PolicyFileError(ConfigurationError):
    """The policy file cannot be used; the message has one line for each problem.

    Attributes:
        problems: The problems, by file and line.
    """

    code = "policy_file"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
