"""AWS's own loader and translator, imported without what they import for other purposes.

cfn-lint's loader is two small modules, and importing its package brings sympy and networkx; the translator imports
boto3 for its questions to AWS, which Gatepost never lets it ask. Both together would take longer than everything else
at the start. While they are imported, small modules stand in for what is not needed, and leave again.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from gatepost.errors import ConfigurationError


@cache
def yaml_loader() -> ModuleType:
    """Return cfn-lint's module for YAML (`cfnlint.decode.cfn_yaml`)."""
    return _cfnlint("cfnlint.decode.cfn_yaml")


@cache
def json_loader() -> ModuleType:
    """Return cfn-lint's module for JSON (`cfnlint.decode.cfn_json`)."""
    return _cfnlint("cfnlint.decode.cfn_json")


@cache
def translator() -> ModuleType:
    """Return AWS's translator (`samtranslator.translator.translator`)."""
    name = "samtranslator.translator.translator"
    _demand("samtranslator", "aws-sam-translator")
    if "boto3" in sys.modules or "samtranslator" in sys.modules:
        return import_module(name)
    stand_ins: dict[str, dict[str, Any]] = {
        "boto3": {"Session": _later("boto3", "Session"), "session": ModuleType("boto3.session")},
        "botocore": {"__path__": []},
        "botocore.client": {"BaseClient": _later("botocore.client", "BaseClient")},
        "botocore.config": {"Config": _later("botocore.config", "Config")},
        "botocore.exceptions": {"ClientError": _NoError, "EndpointConnectionError": _NoError},
    }
    with _standing_in(stand_ins, leaving=("boto3", "botocore")):
        return import_module(name)


def _cfnlint(name: str) -> ModuleType:
    spec = _demand("cfnlint", "cfn-lint")
    if name in sys.modules:
        return sys.modules[name]
    if "cfnlint" in sys.modules:
        return import_module(name)
    folder = Path(spec)
    stand_ins: dict[str, dict[str, Any]] = {
        "cfnlint": {"__path__": [str(folder)]},
        "cfnlint.decode": {"__path__": [str(folder / "decode")]},
        "cfnlint.rules": {"__path__": [], "Match": _Match},
        "cfnlint.rules.errors": {"ParseError": _ParseError},
        "cfnlint.match": {"Match": _Match},
    }
    with _standing_in(stand_ins, leaving=("cfnlint",)):
        return import_module(name)


class _ParseError:
    """Stands in for cfn-lint's rule about texts that cannot be read."""


class _Match:
    """Stands in for what cfn-lint finds: the message and the line."""

    def __init__(self, message: str, linenumber: int) -> None:
        self.message = message
        self.linenumber = linenumber

    @classmethod
    def create(cls, *, message: str, linenumber: int = 0, **_: object) -> "_Match":
        """Make one."""
        return cls(message, linenumber)


class _NoError(Exception):
    """Stands in for an error of boto3, which is never raised where boto3 is never asked."""


def _later(module: str, name: str) -> type:
    """Return a class that makes objects of the class `name` of `module`, which is only then imported."""

    class Later:
        def __new__(cls, *args: object, **kwargs: object) -> Any:  # noqa: ANN401  # of the class that stands behind it
            return getattr(import_module(module), name)(*args, **kwargs)

    return Later


def _demand(package: str, distribution: str) -> str:
    spec = find_spec(package) if package not in sys.modules else sys.modules[package].__spec__
    folders = spec.submodule_search_locations if spec is not None else None
    if not folders:
        raise ConfigurationError(f"Templates need {distribution}: pip install 'gatepost[aws]'.")
    return folders[0]


@contextmanager
def _standing_in(modules: Mapping[str, Mapping[str, Any]], *, leaving: tuple[str, ...]) -> Iterator[None]:
    for name, members in modules.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in list(sys.modules):
            if name.split(".")[0] in leaving:
                del sys.modules[name]
