"""What the pages say of policy files holds: the tables list every key, the examples are read, the reasons are given."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.cli import main
from gatepost.jose import SigningKey, sign_compact
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Deny
from gatepost.policy.policy_file import load, read
from gatepost.policy.settings.table import Table
from gatepost.trust.remote import RemoteKeys
from gatepost.verification.dpop_proof import ProofRules
from tests.docs.pages import ROOT, Block, blocks, name, pages, table

POLICY_FILE = ROOT / "docs/reference/policy-file.md"

EVERYTHING = """
dpop = {}
redis = { url = "redis://127.0.0.1:6379/0" }

[issuers.local]
issuer = "https://login.example.com"
audience = "https://api.example.com"

[issuers.local.fetch]

[issuers.local.introspection]
endpoint = "https://login.example.com/introspect"
client_id = "gatepost"
client_secret_env = "SECRET"

[[routes]]
match = "GET /user"
"""

TITLES = {
    "## The top level": "the top level of the file",
    "## issuers.NAME": "[issuers.local]",
    "## issuers.NAME.fetch": "[issuers.local.fetch]",
    "## issuers.NAME.introspection": "[issuers.local.introspection]",
    "## dpop": "[dpop]",
    "## redis": "[redis]",
    "## routes": "[[routes]]",
}


@pytest.fixture
def known_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Return the keys that a policy file may have, by the title of their table."""
    found: dict[str, set[str]] = {}
    finish = Table.finish

    def noting(self: Table) -> None:
        found.setdefault(self.title, set()).update(self._known)
        finish(self)

    monkeypatch.setattr(Table, "finish", noting)
    (tmp_path / "gatepost.toml").write_text(EVERYTHING)
    read(tmp_path / "gatepost.toml", environ={"SECRET": "s" * 40})
    return found


@pytest.mark.parametrize("heading", TITLES)
def test_the_tables_of_the_policy_file_list_every_key(heading: str, known_keys: dict[str, set[str]]) -> None:
    assert {row["key"] for row in table(POLICY_FILE, heading)} == known_keys[TITLES[heading]]


@pytest.mark.parametrize(
    ("heading", "function"),
    [("## issuers.NAME.fetch", RemoteKeys.__init__), ("## dpop", ProofRules.__init__)],
    ids=["fetch", "dpop"],
)
def test_the_defaults_in_them_are_those_of_the_code(heading: str, function: Callable[..., object]) -> None:
    real = {key: repr(parameter.default) for key, parameter in inspect.signature(function).parameters.items()}
    documented = {row["key"]: row["default"] for row in table(POLICY_FILE, heading) if row["default"][:1].isdigit()}
    assert documented
    assert documented == {key: real[key] for key in documented}


def policies() -> list[Block]:
    return [block for page in pages() for block in blocks(page, "toml") if "[[routes]]" in block.text]


@pytest.mark.parametrize("block", policies(), ids=lambda block: f"{name(block.page)}:{block.line}")
def test_a_policy_that_is_shown_can_be_used(block: Block, tmp_path: Path) -> None:
    names = re.findall(r'_env = "(\w+)"|\$\{(\w+)\}', block.text)
    environ = {name: "s" * 40 for pair in names for name in pair if name} | {"REDIS_URL": "redis://127.0.0.1:6379/0"}
    (tmp_path / "gatepost.toml").write_text(block.text)
    assert load(tmp_path / "gatepost.toml", environ=environ).routes


def test_the_cases_that_are_shown_are_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = ROOT / "docs/how-to/test-a-policy.md"
    policy, cases = (block.text for block in blocks(page, "toml"))
    (tmp_path / "gatepost.toml").write_text(policy)
    (tmp_path / "cases.toml").write_text(cases)
    assert main(["policy", "test", str(tmp_path / "gatepost.toml"), str(tmp_path / "cases.toml")]) == 0
    assert capsys.readouterr().out == blocks(page, "text")[0].text


def test_the_reasons_beside_those_of_tokens_are_given_with_their_status(tmp_path: Path) -> None:
    (tmp_path / "gatepost.toml").write_text(
        '[issuers.down]\nissuer = "http://127.0.0.1:9"\naudience = "api"\n[[routes]]\nmatch = "GET /user"\n'
    )
    policy = load(tmp_path / "gatepost.toml")
    token = sign_compact({"iss": "http://127.0.0.1:9"}, SigningKey.generate("ES256"))
    decisions = [
        policy.check(AccessRequest("GET", path, authorization=authorization))
        for path, authorization in [
            ("/../user", ()),
            ("/user", ("Bearer a", "Bearer b")),
            ("/user", ()),
            ("/other", ()),
            ("/user", (f"Bearer {token}",)),
        ]
    ]
    rows = table(ROOT / "docs/reference/decisions-and-reasons.md", "## Reasons beside those of tokens")
    assert [(row["reason"], int(row["status"])) for row in rows] == [
        (decision.reason, decision.status) for decision in decisions if isinstance(decision, Deny)
    ]
