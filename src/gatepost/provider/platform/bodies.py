"""A body of the platform's API, before anything else looks at it."""

from typing import Any

from gatepost.identity.refusals import InvalidData
from gatepost.identity.shapes.fitness import unfit


def checked(body: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a body.

    Raises:
        InvalidData: When something stands in it that JSON can say, and nobody can keep.
    """
    told = unfit(body)
    if told:
        raise InvalidData(*told)
    return body
