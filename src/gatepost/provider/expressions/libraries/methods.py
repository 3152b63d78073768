"""Methods that values have, as `user.name.given.length()`. What runs are the functions of the libraries."""

from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries import data, regexes, strings
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.navigation import element
from gatepost.provider.expressions.values import same, text

METHODS: Final[Library] = {}

of(METHODS, "size(any input)")(data.length)
of(METHODS, "length(any input)")(data.length)
of(METHODS, "isEmpty(any? input)")(data.is_empty)
of(METHODS, "isBlank(text? input)")(strings.is_blank)
of(METHODS, "toUpperCase(text input)")(strings.upper_case)
of(METHODS, "toLowerCase(text input)")(strings.lower_case)
of(METHODS, "trim(text input)")(strings.trim)
of(METHODS, "substring(text input, int start, [int end])")(strings.substring)
of(METHODS, "startsWith(text input, text prefix)")(strings.starts_with)
of(METHODS, "endsWith(text input, text suffix)")(strings.ends_with)
of(METHODS, "equalsIgnoreCase(text input, text? other)")(strings.equals_ignore_case)
of(METHODS, "replace(text input, text wanted, text replacement)")(strings.replace)
of(METHODS, "concat(text input, text?... parts)")(strings.concat)
of(METHODS, "matches(text input, regex pattern)")(regexes.matches)
of(METHODS, "replaceAll(text input, regex pattern, text replacement)")(regexes.replace_all)
of(METHODS, "replaceFirst(text input, regex pattern, text replacement)")(regexes.replace_first)
of(METHODS, "split(text input, regex pattern)")(regexes.split)
of(METHODS, "keySet(any input)")(data.keys)
of(METHODS, "values(any input)")(data.values)


@of(METHODS, "get(any input, any index)")
def get(_: Evaluation, value: Value, index: Value) -> Value:
    """The element of a list, or the property of an object."""
    return None if type(value) is str else element(value, index)


@of(METHODS, "containsKey(any input, text name)")
def contains_key(_: Evaluation, value: Value, name: str) -> bool | None:
    """Whether an object has a property."""
    return name in value if isinstance(value, dict) else None


@of(METHODS, "contains(any input, any? wanted)")
def contains(evaluation: Evaluation, value: Value, wanted: Value) -> bool | None:
    """Whether something is in a text or among the elements of a list."""
    if isinstance(value, list):
        return data.contains(evaluation, value, wanted)  # type: ignore[no-any-return]
    return wanted in value if type(value) is str and type(wanted) is str else None


@of(METHODS, "indexOf(any input, any? wanted)")
def index_of(evaluation: Evaluation, value: Value, wanted: Value) -> int | None:
    """Where something is in a text or a list, counted from 0; -1 when it is not there."""
    if isinstance(value, list):
        return data.index_of(evaluation, value, wanted)  # type: ignore[no-any-return]
    return value.find(wanted) if type(value) is str and type(wanted) is str else None


@of(METHODS, "equals(any? input, any? other)")
def equals(evaluation: Evaluation, value: Value, other: Value) -> bool:
    """Whether two values are the same."""
    return same(evaluation, value, other)


@of(METHODS, "toString(any input)")
def to_string(evaluation: Evaluation, value: Value) -> str:
    """The value as text."""
    return text(evaluation, value)
