"""`gatepost lambda bake-keys`: public keys in a file, that an authorizer takes."""

import json
import time
from pathlib import Path

import pytest

from gatepost import Issuer, Verifier
from gatepost.gates.aws_lambda import BakedKeys
from gatepost.testing import Fault, LocalIssuer
from tests.cli.conftest import AUDIENCE, Run


@pytest.mark.parametrize("by_url", [False, True])
def test_the_keys_of_an_issuer_verify_without_it(run: Run, tmp_path: Path, by_url: bool) -> None:
    path = tmp_path / "keys.json"
    with LocalIssuer(audience=AUDIENCE) as issuer:
        where = ("--jwks-url", issuer.jwks_uri) if by_url else ()
        ended = run("lambda", "bake-keys", "--issuer", issuer.identifier, *where, "-o", str(path))
        token = issuer.mint()
    assert (ended.status, ended.err) == (0, "")
    assert f"{issuer.identifier}: 1 keys from {issuer.jwks_uri}" in ended.out
    document = json.loads(path.read_text())
    assert abs(document["baked_at"] - time.time()) < 60
    assert document["issuers"][issuer.identifier]["discovered"] is not by_url
    Verifier(Issuer(issuer.identifier, audience=AUDIENCE, keys=BakedKeys(path))).verify(token)


def test_the_issuers_of_a_policy_are_taken_all(run: Run, local: LocalIssuer, tmp_path: Path) -> None:
    policy, path = tmp_path / "gatepost.toml", tmp_path / "keys.json"
    with LocalIssuer("wso2") as other:
        policy.write_text(
            f'[issuers.one]\nissuer = "{local.identifier}"\naudience = ["a"]\n'
            f'[issuers.two]\nissuer = "{other.identifier}"\naudience = ["b"]\njwks_url = "{other.jwks_uri}"\n'
            '[[routes]]\nmatch = "GET /user"\n'
        )
        assert run("lambda", "bake-keys", "--policy", str(policy), "-o", str(path)).status == 0
    issuers = json.loads(path.read_text())["issuers"]
    assert {name: entry["discovered"] for name, entry in issuers.items()} == {
        local.identifier: True,
        other.identifier: False,
    }
    members = {member for entry in issuers.values() for key in entry["jwks"]["keys"] for member in key}
    assert not members & {"d", "p", "q", "dp", "dq", "qi", "k"}


def test_keys_that_cannot_be_had_leave_no_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with LocalIssuer() as issuer:
        issuer.fail(Fault.REFUSED)
        ended = run("lambda", "bake-keys", "--issuer", issuer.identifier, "-o", str(path))
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say whose keys"),
        (("--issuer", "https://a.example", "--policy", "gatepost.toml"), "say whose keys"),
        (
            ("--issuer", "https://a.example", "--issuer", "https://b.example", "--jwks-url", "https://a.example/j"),
            "one",
        ),
        (("--policy", "gatepost.toml", "--http-host", "idp"), "stand in the file"),
    ],
    ids=["nobody", "both", "one URL for two", "a policy's own settings"],
)
def test_a_question_that_makes_no_sense_is_one_line(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ended = run("lambda", "bake-keys", *arguments)
    assert ended.status == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1
