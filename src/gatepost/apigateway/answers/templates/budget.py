"""How much a template may do for one request."""

from gatepost.apigateway.answers.templates.errors import TemplateFailed

MAX_TEXT = 10 * 1024 * 1024  # characters, of what is written and of every text made on the way: the largest answer
MAX_ROUNDS = 1_000  # of all `#foreach` together, as on AWS
MAX_WORK = 200_000  # nodes and calls
_MAX_NUMBER = 2**63


class Budget:
    """Counts what a template does."""

    __slots__ = ("_rounds", "_text", "_work")

    def __init__(self) -> None:
        self._text = MAX_TEXT
        self._rounds = MAX_ROUNDS
        self._work = MAX_WORK

    def text(self, text: str) -> str:
        """Count a text that was made, and return it.

        Raises:
            TemplateFailed: When it was too much.
        """
        self.room(len(text))
        return text

    def room(self, characters: int) -> None:
        """Count characters that are about to be made.

        Raises:
            TemplateFailed: When they are too many.
        """
        self._text -= characters
        if self._text < 0:
            raise TemplateFailed(f"the template writes more than {MAX_TEXT} characters")

    def round(self) -> None:
        """Count one round of a loop.

        Raises:
            TemplateFailed: When it was one too many.
        """
        self._rounds -= 1
        if self._rounds < 0:
            raise TemplateFailed(f"the template's loops have more than {MAX_ROUNDS} rounds")

    def work(self) -> None:
        """Count one step of work.

        Raises:
            TemplateFailed: When it was one too many.
        """
        self._work -= 1
        if self._work < 0:
            raise TemplateFailed(f"the template takes more than {MAX_WORK} steps")


def number(value: int | float) -> int | float:
    """Return a number that Java can hold, too.

    Raises:
        TemplateFailed: When it is too large.
    """
    if isinstance(value, int) and not -_MAX_NUMBER <= value < _MAX_NUMBER:
        raise TemplateFailed("a number of the template is too large")
    return value
