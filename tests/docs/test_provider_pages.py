"""The pages about the provider say what the code does, and their shell commands run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer

from gatepost.cli.app import app
from gatepost.identity.mail import Mail
from gatepost.provider.expressions.libraries import LIBRARIES, METHODS
from gatepost.provider.platform.table import endpoints
from gatepost.provider.signon.actions import ACTIONS
from gatepost.provider.signon.state import Status
from tests.docs.pages import ROOT, blocks, table
from tests.end_to_end.real_parts.provider import provider

REFERENCE = ROOT / "docs/reference"
TUTORIAL = ROOT / "docs/tutorials/run-the-provider.md"
PRODUCTION = ROOT / "docs/how-to/run-the-provider-in-production.md"
FULFILLMENT = ROOT / "docs/how-to/token-fulfillment.md"

with_a_shell = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "curl", "openssl", "python3"))), reason="the commands need sh, curl and openssl"
)


class _NoMailer:
    async def send(self, mail: Mail, now: int) -> None:
        """Send nothing."""


def test_the_table_of_endpoints_is_the_one_that_answers() -> None:
    documented = [
        (row["method"], row["path"], row["permission"], row["scope for oneself"], row["Content-Type"])
        for row in table(REFERENCE / "provider-api.md", "## Endpoints")
    ]
    assert documented == [
        (
            each.method,
            f"/v1{each.pattern}",
            each.permission or "",
            each.own or "",
            "" if each.media_type == "application/json" else each.media_type,
        )
        for each in endpoints(_NoMailer())
    ]


@pytest.mark.parametrize("name", [*LIBRARIES, "methods"])
def test_every_function_of_expressions_is_listed_with_what_it_takes_and_gives(name: str) -> None:
    page = REFERENCE / "expressions.md"
    heading = r"^### Methods of values$" if name == "methods" else rf"^### `#{name}`.*$"
    found = re.search(heading, page.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    documented = {tuple(row.values()) for row in table(page, found[0])}
    functions = METHODS if name == "methods" else LIBRARIES[name]
    assert documented == {(each.signature, each.summary) for each in functions.values()}


def test_the_options_of_the_provider_are_listed() -> None:
    command = typer.main.get_command(app).commands["provider"]  # type: ignore[attr-defined]  # it is a group
    options = {option for each in command.params for option in each.opts if option.startswith("--")} - {"--help"}
    listed = {row["option"].split()[0] for row in table(REFERENCE / "command-line.md", "## `gatepost provider`")}
    assert listed == options


def test_every_status_and_every_action_of_a_flow_is_named() -> None:
    page = (REFERENCE / "sign-on-flows.md").read_text(encoding="utf-8")
    assert [status for status in get_args(Status) if status not in page] == []
    assert [action for action in ACTIONS if f"`{action}`" not in page] == []


def test_the_members_of_the_bootstrap_file_are_named(tmp_path: Path) -> None:
    page = (REFERENCE / "provider-settings.md").read_text(encoding="utf-8")
    with provider(tmp_path) as running:
        assert [name for name in running.made if f"`{name}`" not in page] == []


def test_the_file_that_is_shown_can_be_seeded(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(blocks(PRODUCTION, "yaml")[0].text, encoding="utf-8")
    with provider(tmp_path):
        pass
    command = [sys.executable, "-m", "gatepost", "provider", "seed", "shop.yaml"]
    for said in ("5 made, 0 changed", "0 made, 0 changed"):
        finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert (finished.returncode, finished.stderr.strip()) == (0, said)


@with_a_shell
def test_the_workflow_of_the_guide_ends_with_the_claim_of_the_clients_jwt(tmp_path: Path) -> None:
    with provider(tmp_path):
        output = _run(FULFILLMENT, tmp_path)
    shown = [block.text for block in blocks(FULFILLMENT, "text")[1:]]  # the first one starts the server
    assert output == "".join(shown)


# What the reader does in a browser: the same requests, and the address that the browser ends at.
IN_A_BROWSER = """
AUTH=${ISSUER%/as}
URL=$(gatepost token authorize --issuer "$ISSUER" --client-id "$APP" --scope "openid orders.read" \\
  --pending pending.json)
FLOW=$(curl --silent --cookie-jar cookies.txt --output /dev/null --write-out '%{redirect_url}' "$URL" \\
  | sed 's/.*flowId=\\([^&]*\\).*/\\1/')
curl --silent --cookie cookies.txt --cookie-jar cookies.txt --output /dev/null "$AUTH/flows/$FLOW" \\
  --header 'Content-Type: application/vnd.pingidentity.usernamePassword.check+json' \\
  --data '{"username": "ada", "password": "A-long-way-2-Babbage"}'
BACK=$(curl --silent --cookie cookies.txt --output /dev/null --write-out '%{redirect_url}' \\
  "$AUTH/as/resume?flowId=$FLOW")
gatepost token authorize --issuer "$ISSUER" --client-id "$APP" --pending pending.json --code "$BACK" \\
  --save tokens.json > /dev/null
for REQUEST in "GET /orders" "DELETE /orders/7"; do
  member access_token < tokens.json | gatepost explain --request "$REQUEST" --token - | head -1
done
"""


@with_a_shell
def test_the_tutorial_ends_with_a_request_that_is_let_in_and_one_that_is_not(tmp_path: Path) -> None:
    with provider(tmp_path):
        assert _run(TUTORIAL, tmp_path, IN_A_BROWSER) == "allow\ndeny 403 no_route\n"


def _run(page: Path, folder: Path, more: str = "") -> str:
    """Run all shell blocks of a page as one script, and more after them, and return what it says."""
    script = "".join(block.text for block in blocks(page, "sh")) + more
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    finished = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
