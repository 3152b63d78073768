"""`${NAME}` and `${NAME:-default}` in the strings of a policy file, filled from the environment."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gatepost.policy.settings.toml_lines import Way

# Takes the way to a string and what is wrong with it.
Complain: TypeAlias = Callable[[Way, str], None]

_REFERENCE = re.compile(r"\$(?P<escape>\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}|\$\{")


def fill(value: object, environ: Mapping[str, str], complain: Complain, way: Way = ()) -> object:
    """Return `value` with every reference in its strings filled in; keys stay as they are.

    A default stands in for a variable that is missing or empty, as in a shell. `$${` means `${` itself.

    Args:
        value: A string, or anything that holds strings.
        environ: The variables.
        complain: Is told of each reference that cannot be filled in.
        way: Where `value` stands.
    """
    if isinstance(value, str):
        return _filled(value, environ, complain, way) if "${" in value else value
    if isinstance(value, dict):
        return {key: fill(each, environ, complain, (*way, key)) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, environ, complain, (*way, position)) for position, each in enumerate(value)]
    return value


def _filled(text: str, environ: Mapping[str, str], complain: Complain, way: Way) -> str:
    def content(found: re.Match[str]) -> str:
        if found["escape"] is not None:
            return "${"
        name, default = found["name"], found["default"]
        if name is None:
            complain(way, "a reference is written ${NAME} or ${NAME:-default}; for ${ itself write $${")
            return ""
        if default is not None:
            return environ.get(name) or default
        if name not in environ:
            complain(way, f"the environment variable {name} is not set; set it, or write ${{{name}:-default}}")
        return environ.get(name, "")

    return _REFERENCE.sub(content, text)
