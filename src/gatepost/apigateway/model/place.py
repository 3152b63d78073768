"""Where in a template something stands, and what is wrong there."""

from typing import NamedTuple

from gatepost.errors import ConfigurationError


class Place(NamedTuple):
    """A place in a template.

    Attributes:
        file: The file, as the user named it.
        line: The line, from 1; 0 where it is not known.
        resource: The logical id of the resource, or an empty string outside of any.
        member: The path of the property in it, such as `Properties.Auth.DefaultAuthorizer`.
    """

    file: str
    line: int = 0
    resource: str = ""
    member: str = ""

    def __str__(self) -> str:
        """Return `template.yaml:12: UserApi.Properties.Auth`."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = ".".join(part for part in (self.resource, self.member) if part)
        return f"{where}: {what}" if what else where


NOWHERE = Place("")


class Problem(NamedTuple):
    """Something in a template that keeps the gateway from starting.

    Attributes:
        place: Where it is.
        message: What is wrong, and what to do about it, in one line.
    """

    place: Place
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.place}: {self.message}"


class TemplateError(ConfigurationError):
    """A template cannot be served.

    Attributes:
        problems: Every one that was found.
    """

    def __init__(self, *problems: Problem) -> None:
        """Take at least one problem."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
