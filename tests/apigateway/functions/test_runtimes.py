"""Which functions can be run here, and from where."""

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gatepost.apigateway.functions import interpreters, python_runtime
from gatepost.apigateway.functions.changes import Changes
from gatepost.apigateway.functions.code_folder import find_code
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.functions.python_runtime import run_python
from gatepost.apigateway.functions.runtimes import check_runtimes
from gatepost.apigateway.model.place import Place, TemplateError
from tests.apigateway.functions.world import RUNTIME, Written, function, with_pool

_PLACE = Place("template.yaml", 7, "Fn", "Properties.Runtime")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"runtime": "java21"}, "the runtime java21 cannot be run here"),
        ({"runtime": "dotnet8"}, "the runtime dotnet8 cannot be run here"),
        ({"runtime": "provided.al2023"}, "bootstrap is no program"),
        ({"runtime": "nodejs22.x"}, "functions in Node.js need"),
    ],
)
def test_what_cannot_be_run_stops_the_start_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr("gatepost.apigateway.functions.node_runtime.find_runtime_client", lambda code: None)
    with pytest.raises(TemplateError) as raised:
        check_runtimes([function(tmp_path, "", place=_PLACE, **settings)])
    assert str(raised.value).startswith("template.yaml:7: Fn.Properties.Runtime: Fn: ")
    assert words in str(raised.value)


def test_a_function_without_its_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"its code is not there: .*/gone is no folder"):
        check_runtimes([replace(function(tmp_path, ""), code=tmp_path / "gone")])


def test_every_obstacle_is_told_at_once(tmp_path: Path) -> None:
    functions = [function(tmp_path, "", "A", runtime="java21"), function(tmp_path, "", "B", runtime="ruby3.4")]
    with pytest.raises(TemplateError) as raised:
        check_runtimes(functions)
    assert len(raised.value.problems) == 2


def test_python_needs_the_runtime_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_runtime, "has_runtime_client", lambda: False)
    with pytest.raises(TemplateError, match=r"pip install 'gatepost\[aws\]'"):
        check_runtimes([function(tmp_path, "")])


def test_a_version_that_is_not_there_is_replaced_with_a_notice(tmp_path: Path) -> None:
    fn = function(tmp_path, "import sys\ndef handler(event, context): return sys.version_info[:2]", runtime="python3.4")

    async def scenario(pool: FunctionPool, _: Written) -> tuple[bytes, tuple[str, ...]]:
        return (await pool.invoke("Fn", b"{}")).payload, pool.notices

    answer, notices = with_pool(scenario, fn)
    assert answer == f"[{sys.version_info[0]}, {sys.version_info[1]}]".encode()
    assert notices == (f"Fn runs under Python {interpreters.running()}: there is no python3.4 on the path",)


@pytest.mark.parametrize("answer", ["exit 127", "echo 3 99 /nowhere", "echo nonsense"])
def test_a_shim_that_leads_nowhere_is_no_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    shim = tmp_path / "python3.98"
    shim.write_text(f"#!/bin/sh\n{answer}\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    interpreters.find_interpreter.cache_clear()
    assert interpreters.find_interpreter("3.98") is None


def test_other_versions_of_python_run_under_themselves(tmp_path: Path) -> None:
    versions = [f"3.{minor}" for minor in range(9, 16) if f"3.{minor}" != interpreters.running()]
    there = [version for version in versions if interpreters.find_interpreter(version)]
    if not there:
        pytest.skip("this machine has one version of Python")
    code = "import sys\ndef handler(event, context): return [*sys.version_info[:2], event['a'], context.function_name]"

    async def scenario(pool: FunctionPool, _: Written) -> list[bytes]:
        return [(await pool.invoke(version, b'{"a": "\xc3\xa9"}')).payload for version in there]

    functions = [function(tmp_path, code, version, runtime=f"python{version}") for version in there]
    answers = with_pool(scenario, *functions)
    for version, answer in zip(there, answers, strict=True):
        assert answer.decode().replace("\\u00e9", "é") == f'[3, {version[2:]}, "é", "{version}"]'


@pytest.mark.parametrize(
    ("requirements", "installed", "noticed"),
    [
        ("typer\n", False, True),
        ("typer\n", True, False),
        ("# nothing\n\n", False, False),
        (None, False, False),
    ],
)
def test_wanted_packages_that_nobody_installed_come_from_this_environment_with_a_notice(
    tmp_path: Path, requirements: str | None, installed: bool, noticed: bool
) -> None:
    fn = function(tmp_path, "")
    home = tmp_path / "Fn"
    if requirements is not None:
        (home / "requirements.txt").write_text(requirements)
    if installed:
        (home / "typer-1.dist-info").mkdir()
    python = run_python(fn, home, tmp_path / "runtime")
    assert bool(python.notices) is noticed
    assert (str(Path(pytest.__file__).parents[1]) in python.variables["PYTHONPATH"].split(os.pathsep)) is noticed


def test_what_sam_build_made_is_taken_while_it_is_newer_than_the_source(tmp_path: Path) -> None:
    built = tmp_path / ".aws-sam" / "build" / "Fn"
    built.mkdir(parents=True)
    fn = function(tmp_path, "", place=Place(str(tmp_path / "template.yaml")))
    source = tmp_path / "Fn" / "app.py"
    os.utime(source, (1_000, 1_000))
    assert find_code(fn, tmp_path).folder == built
    os.utime(source, (1e10, 1e10))
    code = find_code(fn, tmp_path)
    assert code.folder == tmp_path / "Fn"
    assert "sam build" in code.notice


def test_changes_are_those_of_files_that_matter(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("1")
    changes = Changes([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "app.pyc").write_text("1")
    assert not changes.happened()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.py").write_text("1")
    assert changes.happened()
    assert not changes.happened()
    (tmp_path / "sub" / "more.py").unlink()
    assert changes.happened()


def test_an_interpreter_of_its_own_version_is_the_running_one() -> None:
    assert interpreters.running() == RUNTIME.removeprefix("python")
    assert interpreters.find_interpreter(interpreters.running()) == interpreters.this_interpreter()


def test_the_packages_that_functions_see_are_linked_one_by_one(tmp_path: Path) -> None:
    import_module("six")  # once it is imported, it claims to be a package
    python_runtime.link_runtime(tmp_path / "runtime")
    names = {entry.name for entry in (tmp_path / "runtime").iterdir()}
    assert {"runtime_client.py", "awslambdaric", "boto3", "botocore", "six.py"} <= names
    assert "site-packages" not in names
