"""The pages about the gateway say what the code does: its tables, its options, and the tutorial's template."""

import ast
import json
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Literal

import pytest
import typer

from gatepost.apigateway.answers.failure import failure_response
from gatepost.apigateway.answers.gateway_response_kinds import KINDS
from gatepost.apigateway.authorizers import descriptions, issuer_check
from gatepost.apigateway.events.samples import KINDS as EVENTS
from gatepost.apigateway.exchange import Failure
from gatepost.apigateway.gateway.trace import REMEMBERED
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.template import traps
from gatepost.cli.app import app
from gatepost.cli.gateway_assumptions import read_assumptions
from gatepost.testing import LocalIssuer
from tests.apigateway.answers.exchanges import api, exchange
from tests.apigateway.gateway.served import served
from tests.docs.pages import ROOT, blocks, table

REFERENCE = ROOT / "docs/reference"
GATEWAY = REFERENCE / "gateway.md"
TUTORIAL = ROOT / "docs/tutorials/local-api-gateway.md"
ASSUMED = Assumptions()


def test_the_table_of_assumptions_names_them_all_with_their_defaults() -> None:
    documented = {row["name"]: row["default"] for row in table(GATEWAY, "## What is assumed")}
    assert documented.keys() == {field.name for field in fields(Assumptions)}
    assert read_assumptions(f"{name}={default}" for name, default in documented.items()) == ASSUMED


ROWS = [(kind, row) for kind in ("HTTP", "REST") for row in table(GATEWAY, f"### {kind} APIs")]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=lambda value: value if type(value) is str else value["kind"])
def test_the_tables_of_answers_say_what_is_answered(name: Literal["HTTP", "REST"], row: dict[str, str]) -> None:
    failed = exchange(api(name), failure=Failure(row["kind"]))  # type: ignore[arg-type]  # a kind, or the look-up fails
    answer = failure_response(failed, ASSUMED)
    assert row["answer"].replace("`", "") == f"{answer.status} {answer.body.decode()}"
    if name == "REST":
        assert ("x-amzn-ErrorType", row["x-amzn-ErrorType"]) in answer.headers


def test_the_tables_of_answers_name_every_kind_that_can_come_up() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src/gatepost/apigateway").rglob("*.py"))
    raised = {kind for kind in KINDS if re.search(rf"Failure\(\s*\"{kind}\"|\"{kind}\" if |else \"{kind}\"", source)}
    assert "UNAUTHORIZED" in raised
    assert raised <= {row["kind"] for _, row in ROWS}


def test_the_table_of_traps_names_them_all() -> None:
    names = {
        node.value
        for module in (traps, issuer_check)
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text()))
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+(?:-[a-z]+)+", str(node.value))
    }
    assert {row["trap"] for row in table(GATEWAY, "## Traps")} == names


def test_the_page_on_authorizers_has_every_text_that_says_what_is_wrong_with_a_token() -> None:
    page = (REFERENCE / "gateway-authorizers.md").read_text()
    texts = [text for name, text in vars(descriptions).items() if name.isupper() and name != "NO_TOKEN"]
    assert len(texts) > 10
    for text in texts:
        assert text.partition("{")[0].strip() in page, text


def test_the_kinds_of_events_are_listed() -> None:
    page = (REFERENCE / "command-line.md").read_text()
    section = page.partition("## `gatepost lambda event`")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)) == set(EVENTS)


def test_the_options_of_the_gateway_are_listed() -> None:
    command = typer.main.get_command(app).commands["gateway"]  # type: ignore[attr-defined]  # it is a group
    options = {option for each in command.params for option in each.opts if option.startswith("--")} - {"--help"}
    listed = {row["option"].split()[0] for row in table(REFERENCE / "command-line.md", "## `gatepost gateway`")}
    assert listed == options


def test_the_number_of_requests_in_the_trace() -> None:
    assert f"the last {REMEMBERED} requests" in GATEWAY.read_text()


def test_the_tutorial_is_answered_as_it_shows(tmp_path: Path) -> None:
    version = f"python3.{sys.version_info.minor}"
    template, source = blocks(TUTORIAL, "yaml")[0].text, blocks(TUTORIAL, "python")[0].text
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(source)
    (tmp_path / "template.yaml").write_text(template.replace("python3.13", version))
    shown = [block.text for block in blocks(TUTORIAL, "text")]
    with (
        LocalIssuer(audience="orders", scopes=("orders.read",)) as issuer,
        served(tmp_path / "template.yaml", parameters={"Issuer": issuer.identifier}) as at,
    ):
        bearer = {"authorization": f"Bearer {issuer.mint()}"}
        answers = [
            at.ask("OrdersApi", "GET", "/orders"),
            at.ask("OrdersApi", "GET", "/orders", headers=bearer),
            at.ask("OrdersApi", "DELETE", "/orders/7", headers=bearer),
            at.ask("OrdersApi", "GET", "/orders", headers={"authorization": "Bearer hello"}),
        ]
    assert json.loads(shown[2].splitlines()[-1]).keys() == json.loads(answers[1].data).keys()
    for text, answer in zip(shown[1:5], answers, strict=True):
        head, _, body = text.rstrip("\n").partition("\n\n")
        status, *lines = head.splitlines()
        assert status.split()[1] == str(answer.status)
        assert {tuple(line.split(": ", 1)) for line in lines} <= {*list(answer.headers.items())}
        assert "route" in body or body.encode() == answer.data
