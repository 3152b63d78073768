"""A function's answer that is no response."""

from gatepost.errors import GatepostError


class BadAnswer(GatepostError):
    """A function's answer is not of the form that the API wants: 502 from a REST API, 500 from an HTTP API.

    Attributes:
        why: What is wrong with it, in one line without anything that the function wrote.
    """

    code = "bad_answer"

    def __init__(self, why: str) -> None:
        """Take the reason."""
        super().__init__(why)
        self.why = why
