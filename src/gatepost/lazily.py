"""Public names that are imported on first use, so that a process loads only what it needs."""

from collections.abc import Callable, Mapping
from importlib import import_module


def exports(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package whose public names live in its modules (PEP 562).

    Args:
        package: The package's name.
        homes: The module of each public name.
    """

    def getattribute(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes[name]), name)
        return value

    return getattribute, lambda: sorted(homes)
