"""A command that cannot do what it was asked: one line for the person, one status for the script."""

import sys

from gatepost.cli.plain_text import plain


class Failure(Exception):
    """The command ends here, with a line that says what to do."""

    def __init__(self, line: str, *, status: int = 2) -> None:
        super().__init__(line)
        self.status = status


def complain(line: str, status: int, *, program: str = "gatepost") -> int:
    """Write one line to standard error and return `status`.

    Args:
        line: What is wrong and what to do; line breaks and control characters are taken out of it.
        status: The exit status.
        program: Who says so, or the stable name of what happened: the first word of the line.
    """
    sys.stderr.write(f"{program}: {plain(' '.join(line.split()))}\n")
    return status
