"""Values that keep the place of what was written, after their intrinsic functions were replaced."""

from gatepost.apigateway.template.node import Value, mark_of


def like(written: Value, made: Value) -> Value:
    """Return `made` with the mark of what was written in its place."""
    mark = mark_of(written)
    if mark is None:
        return made
    placed = _PlacedMapping(made) if isinstance(made, dict) else _PlacedList(made)
    placed.start_mark = mark
    return placed


class _PlacedMapping(dict[Value, Value]):
    start_mark: object = None


class _PlacedList(list[Value]):
    start_mark: object = None
