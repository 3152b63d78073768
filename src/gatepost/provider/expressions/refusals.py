"""Why an expression is not taken."""

from gatepost.errors import GatepostError


class ExpressionError(GatepostError):
    """The text is no expression of the language, or asks for more than it may.

    Attributes:
        message: What is wrong, in one sentence.
        column: Where, counted from 1 in the whole value of the attribute.
    """

    def __init__(self, message: str, column: int) -> None:
        """Take what is wrong, and where."""
        super().__init__(f"{message} (column {column})")
        self.message = message
        self.column = column

    def moved(self, by: int) -> "ExpressionError":
        """Return the same refusal, `by` columns further to the right."""
        return ExpressionError(self.message, self.column + by)
