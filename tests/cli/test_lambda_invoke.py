"""`gatepost lambda invoke`: a function of a template, once."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: default}
Resources:
  UserFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: the-user-function
      CodeUri: code/
      Handler: app.handler
      Runtime: python3.12
      Timeout: 30
      Environment: {Variables: {WORD: !Ref Word}}
      Events:
        Get: {Type: HttpApi, Properties: {Path: /user, Method: GET}}
"""
_CODE = """
import os, time
def handler(event, context):
    print("a line")
    if event.get("raise"):
        raise Exception("Unauthorized")
    if event.get("sleep"):
        time.sleep(60)
    return [os.environ["WORD"], os.environ.get("MINE"), os.environ.get("AWS_ACCESS_KEY_ID"), event.get("é")]
"""


@pytest.fixture
def template(tmp_path: Path) -> str:
    """Return a template with its function."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(_CODE)
    (tmp_path / "template.yaml").write_text(_TEMPLATE)
    return str(tmp_path / "template.yaml")


def test_the_answer_is_printed_and_the_log_is_on_standard_error(run: Run, template: str, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"é": "ü"}')
    for name in ("UserFunction", "the-user-function"):
        ended = run("lambda", "invoke", name, "--template", template, "--event", str(tmp_path / "event.json"))
        assert (ended.status, json.loads(ended.out)) == (0, ["default", None, None, "ü"])
        assert "[UserFunction] a line\n" in ended.err
        assert "[UserFunction] REPORT RequestId: " in ended.err


def test_parameters_and_variables_are_handed_on_when_asked_for(
    run: Run, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", "of the developer")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    ended = run(
        "lambda", "invoke", "UserFunction", "--template", template, "--event", "-", "--parameter-overrides",
        "Word=given", "--pass-env", "MINE", "--aws-credentials", stdin=b"{}",
    )  # fmt: skip
    assert json.loads(ended.out) == ["given", "of the developer", "AKIAEXAMPLE", None]


def test_a_template_needs_no_api(run: Run, template: str) -> None:
    path = Path(template)
    path.write_text(_TEMPLATE.partition("      Events:")[0])
    ended = run("lambda", "invoke", "UserFunction", "--template", template, "--event", "-", stdin=b"{}")
    assert (ended.status, json.loads(ended.out)) == (0, ["default", None, None, None])


def test_an_error_of_the_function_is_printed_and_the_status_is_1(run: Run, template: str) -> None:
    ended = run("lambda", "invoke", "UserFunction", "--template", template, "--event", "-", stdin=b'{"raise": 1}')
    assert (ended.status, json.loads(ended.out)["errorMessage"]) == (1, "Unauthorized")


def test_the_timeout_can_be_another(run: Run, template: str) -> None:
    ended = run(
        "lambda", "invoke", "UserFunction", "--template", template, "--event", "-", "--timeout", "0.2",
        stdin=b'{"sleep": 1}',
    )  # fmt: skip
    assert (ended.status, json.loads(ended.out)["errorType"]) == (1, "Sandbox.Timedout")


@pytest.mark.parametrize(
    ("arguments", "stdin", "line"),
    [
        (("Other", "--event", "-"), b"{}", "the template has no function Other; it has: UserFunction"),
        (("UserFunction", "--event", "-"), b"{", "standard input holds no JSON; `gatepost lambda event` makes events"),
        (("UserFunction", "--event", "nowhere.json"), b"", "nowhere.json cannot be read: No such file or directory"),
        (
            ("UserFunction", "--event", "-", "--pass-env", "NOT_THERE"),
            b"{}",
            "--pass-env NOT_THERE: there is no such variable in this environment",
        ),
    ],
)
def test_what_cannot_be_asked_ends_with_a_line_and_2(
    run: Run, template: str, arguments: tuple[str, ...], stdin: bytes, line: str
) -> None:
    ended = run("lambda", "invoke", *arguments, "--template", template, stdin=stdin)
    assert (ended.status, ended.out, ended.err) == (2, "", f"gatepost: {line}\n")


def test_a_runtime_that_cannot_be_run_is_told_with_its_place(run: Run, template: str) -> None:
    path = Path(template)
    path.write_text(_TEMPLATE.replace("python3.12", "java21"))
    ended = run("lambda", "invoke", "UserFunction", "--template", template, "--event", "-", stdin=b"{}")
    assert ended.status == 2
    assert ended.err.startswith(f"{template}:")
    assert "java21" in ended.err
