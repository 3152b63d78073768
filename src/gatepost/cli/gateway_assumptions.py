"""`--assume NAME=VALUE`: the points that AWS leaves open, as the command line sets them."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, get_args, get_origin, get_type_hints

from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.cli.failure import Failure

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_assumptions(settings: Iterable[str]) -> Assumptions:
    """Return the assumptions with these settings, each `name=value`.

    Raises:
        Failure: When there is no point of that name, or the value does not fit it.
    """
    kinds = get_type_hints(Assumptions)
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in kinds:
            known = ", ".join(field.name for field in fields(Assumptions))
            raise Failure(f"--assume takes NAME=VALUE, where NAME is one of: {known}")
        found[name] = _read(name, value.strip(), kinds[name])
    return replace(Assumptions(), **found)


def _read(name: str, value: str, kind: Any) -> Any:  # noqa: ANN401  a type, and a value of it
    if get_origin(kind) is not None:
        choices = get_args(kind)
        if value in choices:
            return value
        raise Failure(f"--assume {name} is one of: {', '.join(map(str, choices))}")
    if kind is bool:
        if value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
        raise Failure(f"--assume {name} is true or false")
    if kind is str:
        return value
    try:
        number = kind(value)
    except ValueError:
        raise Failure(f"--assume {name} is a number") from None
    if not 0 <= number < 1_000_000:
        raise Failure(f"--assume {name} is a number from 0 on")
    return number
