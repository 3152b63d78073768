"""Parameter values as the command line and `samconfig.toml` give them (AWS SAM, "--parameter-overrides")."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatepost.apigateway.model.place import Place, Problem, TemplateError

_PAIR = re.compile(
    r"""\s*(?:ParameterKey=(?P<long>[A-Za-z0-9]+),ParameterValue=|(?P<short>[A-Za-z0-9]+)=)"""
    r"""(?P<value>"(?:\\.|[^"\\])*"|'[^']*'|[^\s]*)(?=\s|$)"""
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_overrides(text: str) -> dict[str, str]:
    """Return the parameters that `text` sets.

    Args:
        text: `Name=value Other="two words"`, or the longer `ParameterKey=Name,ParameterValue=value`.

    Raises:
        TemplateError: When it has another form.
    """
    values: dict[str, str] = {}
    at = 0
    text = text.strip()
    while at < len(text):
        found = _PAIR.match(text, at)
        if found is None:
            rest = text[at:].split()[0].split("=")[0][:40]
            raise TemplateError(Problem(Place("--parameter-overrides"), f"{rest!r} is not of the form Name=value."))
        value = found["value"]
        if value[:1] == '"' and len(value) > 1:
            value = _ESCAPED.sub(r"\1", value[1:-1])
        elif value[:1] == "'" and len(value) > 1:
            value = value[1:-1]
        values[found["long"] or found["short"]] = value
        at = found.end()
        at += len(text[at:]) - len(text[at:].lstrip())
    return values


def read_samconfig(path: Path, environment: str = "default") -> dict[str, str]:
    """Return the parameters that a `samconfig.toml` sets for `sam deploy`, over those for every command.

    Args:
        path: The file.
        environment: Its environment, as of `--config-env`.

    Raises:
        TemplateError: When it cannot be read.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TemplateError(Problem(Place(str(path)), f"The file cannot be read: {error.strerror}.")) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(Problem(Place(str(path)), f"The file is not TOML: {error}.")) from None
    values: dict[str, str] = {}
    for command in ("global", "deploy"):
        values.update(_overrides(settings, environment, command, path))
    return values


def _overrides(settings: Mapping[str, Any], environment: str, command: str, path: Path) -> dict[str, str]:
    table: Any = settings
    for name in (environment, command, "parameters", "parameter_overrides"):
        table = table.get(name, {}) if isinstance(table, dict) else {}
    try:
        if isinstance(table, str):
            return parse_overrides(table)
        if isinstance(table, list) and all(isinstance(each, str) for each in table):
            values: dict[str, str] = {}
            for each in table:
                values.update(_one(each))
            return values
        if isinstance(table, dict):
            return {str(name): _text(value) for name, value in table.items()}
    except TemplateError as error:
        raise TemplateError(Problem(Place(str(path)), error.problems[0].message)) from None
    raise TemplateError(Problem(Place(str(path)), "parameter_overrides has to be a text, a list or a table."))


def _one(text: str) -> dict[str, str]:
    """Read one element of a list, in which a value may hold spaces without quotes."""
    name, equals, value = text.partition("=")
    if equals and name.isalnum() and name != "ParameterKey" and value[:1] not in {'"', "'"}:
        return {name: value}
    return parse_overrides(text)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(_text(each) for each in value) if isinstance(value, list) else str(value)
