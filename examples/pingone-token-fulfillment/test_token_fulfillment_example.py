"""The example, as its README runs it: with newman, and with curl."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.real_parts.npm_packages import installed
from tests.end_to_end.real_parts.provider import Provider, provider

HERE = Path(__file__).parent
NEWMAN = Path(__file__).parents[2] / "tests" / "end_to_end" / "newman"
COLLECTION = "token-fulfillment.postman_collection.json"
ENVIRONMENT = "gatepost.postman_environment.json"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider(tmp_path_factory.mktemp("provider")) as started:
        yield started


def test_newman_runs_the_collection_green(running: Provider, tmp_path: Path) -> None:
    node = installed(NEWMAN)
    made = running.made
    values = {
        "apiPath": made["apiPath"],
        "authPath": made["authPath"],
        "envID": made["environmentId"],
        "adminAppID": made["clientId"],
        "adminAppSecret": made["clientSecret"],
    }
    report = tmp_path / "report.json"
    node.run(
        str(node.folder / "node_modules/newman/bin/newman.js"),
        *("run", str(HERE / COLLECTION), "-e", str(HERE / ENVIRONMENT), "--reporters", "json"),
        *("--reporter-json-export", str(report), "--suppress-exit-code"),
        *(option for name, value in values.items() for option in ("--env-var", f"{name}={value}")),
    )
    run = json.loads(report.read_text())["run"]
    assert run["failures"] == [], [(each["source"].get("name"), each["error"]) for each in run["failures"]]
    assert len(run["executions"]) == 16  # the 15, and the worker's token before
    assert run["stats"]["assertions"]["total"] >= 16


def test_the_collection_has_the_15_steps_in_order() -> None:
    collection = json.loads((HERE / COLLECTION).read_text())
    steps = [each["name"] for each in collection["item"]]
    assert [re.match(r"Step (\d+)", each)[1] for each in steps[1:]] == [str(n) for n in range(1, 16)]  # type: ignore[index]


def test_the_commands_of_the_readme_end_with_the_claim(running: Provider, tmp_path: Path) -> None:
    shutil.copy(running.folder / "gatepost.json", tmp_path)
    readme = (HERE / "README.md").read_text()
    commands = "".join(re.findall(r"^```bash\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL))
    ended = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", commands],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert ended.stdout.splitlines()[-1] == "customValue1"
    assert "COMPLETED" in ended.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["gatepost.json"]
