"""Templates as values: cfn-lint's loader, which reads the short forms and keeps the line of everything."""

import json
from pathlib import Path

from gatepost.apigateway.model.place import Place, Problem, TemplateError
from gatepost.apigateway.template.node import Mark, Value
from gatepost.apigateway.template.standing_in import json_loader, yaml_loader


def decode(path: Path, shown: str | None = None) -> dict[str, Value]:
    """Read a template, or another file of the kind, in YAML or JSON.

    Args:
        path: The file.
        shown: How messages call it.

    Raises:
        TemplateError: When it cannot be read.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TemplateError(Problem(Place(name), f"The file cannot be read: {error.strerror}.")) from None
    except UnicodeDecodeError:
        raise TemplateError(Problem(Place(name), "The file is not UTF-8 text.")) from None
    is_json = text.lstrip().startswith("{")
    loader = json_loader() if is_json else yaml_loader()
    try:
        value = loader.loads(text)
    except Exception as error:  # noqa: BLE001  # the loaders raise errors of their own and of yaml and json
        raise TemplateError(*(_broken_json(text, name) if is_json else []) or _problems(error, name)) from None
    if not isinstance(value, dict):
        raise TemplateError(Problem(Place(name, 1), "The file has to hold a mapping."))
    _mark(value, name, set())
    return value


def _broken_json(text: str, name: str) -> list[Problem]:
    """Return what is wrong with a text that is not JSON; cfn-lint's loader does not tell it for every one."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return [Problem(Place(name, error.lineno), f"Not JSON: {error.msg}.")]
    return []


def _problems(error: Exception, name: str) -> list[Problem]:
    matches = getattr(error, "matches", None)
    if matches:
        return [
            Problem(Place(name, match.linenumber), f"{' '.join(match.message.split()).rstrip('.')}.")
            for match in matches
        ]
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return [Problem(Place(name, mark.line + 1), f"Not YAML: {getattr(error, 'problem', 'it cannot be read')}.")]
    line = getattr(error, "lineno", 0)
    return [Problem(Place(name, line), f"The file cannot be read: {getattr(error, 'msg', error)}.")]


def _mark(value: Value, file: str, seen: set[int]) -> None:
    """Turn the loader's marks into ones that name the file and count lines from 1."""
    if id(value) in seen:  # a YAML alias
        return
    seen.add(id(value))
    mark = getattr(value, "start_mark", None)
    if mark is not None and not isinstance(mark, Mark):
        value.start_mark = Mark(file, mark.line + 1)
    if isinstance(value, dict):
        for key, member in value.items():
            _mark(key, file, seen)
            _mark(member, file, seen)
    elif isinstance(value, list):
        for member in value:
            _mark(member, file, seen)
