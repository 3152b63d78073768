"""Templates in a folder of their own, with a folder `src` for the functions' code."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.template import load

Write = Callable[..., Path]
Loads = Callable[..., Application]
Complaints = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file, and returns its path."""
    (tmp_path / "src").mkdir()

    def put(text: str, name: str = "template.yaml") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    return put


@pytest.fixture
def loads(write: Write) -> Loads:
    """Return a function that loads a template from its text."""

    def of(text: str, parameters: Mapping[str, str] | None = None, name: str = "template.yaml") -> Application:
        return load(write(text, name), parameters=parameters or {})

    return of


@pytest.fixture
def complaints(loads: Loads, tmp_path: Path) -> Complaints:
    """Return a function that says what is wrong with a template, without the folder's name."""

    def of(text: str, parameters: Mapping[str, str] | None = None, name: str = "template.yaml") -> list[str]:
        try:
            loads(text, parameters, name)
        except TemplateError as error:
            return str(error).replace(f"{tmp_path}/", "").split("\n")
        return []

    return of


@pytest.fixture
def value(loads: Loads) -> Callable[..., str]:
    """Return a function that says what a value is, written as YAML in the environment of a function."""

    def of(written: str, parameters: Mapping[str, str] | None = None, *, before: str = "", after: str = "") -> str:
        template = dedent(before) + _PLAIN.replace("VALUE", written) + after
        return loads(template, parameters).functions["F"].environment.get("V", "(none)")

    return of


_PLAIN = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: "https://example.com"}}
  Table: {Type: AWS::DynamoDB::Table}
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      Code: {ZipFile: "x"}
      Environment:
        Variables:
          V: VALUE
"""
