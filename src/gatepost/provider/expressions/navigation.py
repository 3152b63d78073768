"""Going from a value to its properties and elements, and over lists. A step from null leads to null."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.values import is_true

Run: TypeAlias = Callable[[Evaluation, Value], Value]


class LazyObject(Mapping[str, Value]):
    """An object of which some members are made when an expression asks for them.

    Args:
        makers: What makes a member, by its name.
        made: The members that are there already.
    """

    __slots__ = ("_made", "_makers")

    def __init__(self, makers: Mapping[str, Callable[[], Value]], made: Mapping[str, Value] | None = None) -> None:
        self._makers = makers
        self._made: dict[str, Value] = dict(made or {})

    def __getitem__(self, name: str) -> Value:
        made = self._made
        if name not in made:
            made[name] = self._makers[name]()
        return made[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._made, **self._makers})

    def __len__(self) -> int:
        return len({**self._made, **self._makers})


def whole(value: Value) -> Value:
    """Return a value with everything in it made."""
    if isinstance(value, Mapping) and not isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    return value


def by_name(names: tuple[str, ...], *, rooted: bool) -> Run:
    """Return what follows a path of properties from `#root`, or else from `#this`."""

    def run(evaluation: Evaluation, this: Value) -> Value:
        value = evaluation.root if rooted else this
        # What is no object refuses a name by itself; asking for its kind first would cost more than the step.
        try:
            for name in names:
                value = value[name]
        except (KeyError, TypeError, IndexError):
            return None
        if value.__class__ is not LazyObject:
            return value
        evaluation.spend(len(value))
        return whole(value)

    return run


def named(value: Value, name: str) -> Value:
    """Return a property of an object, else null."""
    return value.get(name) if isinstance(value, dict) else None


def element(value: Value, index: Value) -> Value:
    """Return the element of a list, the character of a text or the property of an object, else null."""
    if isinstance(value, dict):
        return value.get(index if type(index) is str else str(index)) if index is not None else None
    if type(index) is not int or not isinstance(value, (list, str)):
        return None
    return value[index] if 0 <= index < len(value) else None


def _elements(evaluation: Evaluation, value: Value) -> Iterable[Value] | None:
    if isinstance(value, dict):
        evaluation.produce(len(value))
        return [{"key": name, "value": each} for name, each in value.items()]
    return value if isinstance(value, list) else None


def projected(run: Run, body: Run, cost: int) -> Run:
    """Return what makes a list of what `body` is for each element; an object's are its entries, `key` and `value`."""

    def project(evaluation: Evaluation, this: Value) -> Value:
        elements = _elements(evaluation, run(evaluation, this))
        if elements is None:
            return None
        made = []
        for each in elements:
            evaluation.spend(cost)
            evaluation.produce(1)
            made.append(body(evaluation, each))
        return made

    return project


def selected(run: Run, body: Run, cost: int, which: str) -> Run:
    """Return what picks the elements for which `body` is true: all (`?`), the first (`^`) or the last (`$`)."""

    def select(evaluation: Evaluation, this: Value) -> Value:
        value = run(evaluation, this)
        elements = _elements(evaluation, value)
        if elements is None:
            return None
        kept = []
        for each in elements:
            evaluation.spend(cost)
            if is_true(body(evaluation, each)):
                evaluation.produce(1)
                kept.append(each)
                if which == "^":
                    break
        if isinstance(value, dict):
            chosen = kept if which == "?" else kept[-1:]
            return {each["key"]: each["value"] for each in chosen}
        if which == "?":
            return kept
        return kept[-1] if kept else None

    return select
