"""Values that cannot change once they are built."""

from typing import Any, NoReturn, Self


class Frozen:
    """A slotted value whose attributes are set once, by `_set`, and never again.

    `dataclasses` would do the same, and costs a third of the start of a process that only verifies a token.
    """

    __slots__ = ()

    def _set(self, **attributes: Any) -> None:
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a setting that could change later could also weaken a check later."""
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse, as for setting."""
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        """Tell whether `other` is of the same class with equal attributes."""
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names())

    def __hash__(self) -> int:
        """Hash the attributes, as equality compares them."""
        return hash((type(self), *(getattr(self, name) for name in self._names())))

    def __repr__(self) -> str:
        """Show the class with its attributes, except those that begin with an underscore."""
        shown = (f"{name}={getattr(self, name)!r}" for name in self._names() if not name.startswith("_"))
        return f"{type(self).__name__}({', '.join(shown)})"

    def __copy__(self: Self) -> Self:
        """Return the same value: what cannot change needs no copy."""
        return self

    def __deepcopy__(self: Self, _: object) -> Self:
        """Return the same value."""
        return self

    @classmethod
    def _names(cls) -> list[str]:
        return [name for base in reversed(cls.__mro__) for name in getattr(base, "__slots__", ())]
