"""Claims as an HTTP API hands them on: each as the text that Go prints for it (`fmt`, verb `%v`).

Seen on AWS: whole numbers, truth values, lists, objects with their names sorted, no `null`. How a number with a
fraction or an exponent comes out was not seen; it is printed as Go prints a `float64`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_NIL = "<nil>"
_EXPONENT_FROM = 6  # strconv: where as few digits as possible are wanted


def go_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return every claim as a text; those that are `null` are left out."""
    return {
        name: value if type(value) is str else go_text(value) for name, value in claims.items() if value is not None
    }


def go_text(value: object) -> str:
    """Return a JSON value as Go prints it with `%v`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float(value)
        case list():
            return f"[{' '.join(map(go_text, value))}]"
        case Mapping():
            # Go sorts names by their octets; by code points is the same order in UTF-8.
            return f"map[{' '.join(f'{name}:{go_text(value[name])}' for name in sorted(value))}]"
        case _:
            return _NIL  # a null inside of a list or an object


def _float(value: float) -> str:
    """Return what `strconv.FormatFloat(value, 'g', -1, 64)` does: the fewest digits that mean this number."""
    if value == 0:
        return "-0" if str(value)[0] == "-" else "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    scale = len(text) + int(exponent) - 1  # the power of ten of the first digit
    minus = "-" if sign else ""
    if not -4 <= scale < _EXPONENT_FROM:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{fraction}e{'-' if scale < 0 else '+'}{abs(scale):02d}"
    return minus + format(Decimal((0, digits, int(exponent))), "f")
