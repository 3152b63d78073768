"""`gatepost lambda package`: a zip file that Lambda can run, with nothing in it that is not needed."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gatepost.cli.reproducible_zip import Member, write_zip
from gatepost.testing import LocalIssuer
from tests.cli.conftest import AUDIENCE, Run
from tests.gates.aws_lambda.events import rest_token

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"

HANDLER = """
from gatepost.gates.aws_lambda import authorizer

handler = authorizer(policy="gatepost.toml", keys="keys.json")
"""

CALL = """
import json, sys
sys.path.insert(0, ".")
import authorizer, cryptography, gatepost
assert gatepost.__file__.startswith(sys.argv[1]), gatepost.__file__
assert cryptography.__file__.startswith(sys.argv[1]), cryptography.__file__
print(json.dumps(authorizer.handler(json.loads(sys.argv[2]), None)))
"""


def test_the_package_decides_by_itself(run: Run, tmp_path: Path) -> None:
    handler, policy, keys = (tmp_path / name for name in ("authorizer.py", "gatepost.toml", "keys.json"))
    out, unpacked = tmp_path / "authorizer.zip", tmp_path / "unpacked"
    handler.write_text(HANDLER)
    with LocalIssuer(audience=AUDIENCE) as issuer:
        policy.write_text(
            f'[issuers.main]\nissuer = "{issuer.identifier}"\naudience = ["{AUDIENCE}"]\n'
            '[[routes]]\nmatch = "GET /user"\nscopes = ["read"]\n'
        )
        assert run("lambda", "bake-keys", "--policy", str(policy), "-o", str(keys)).status == 0
        token = issuer.mint(sub="alice")
    given = ["--handler", str(handler), "--policy", str(policy), "--keys", str(keys), "--python", HERE]
    ended = run("lambda", "package", *given, "-o", str(out))
    assert (ended.status, ended.err) == (0, "")
    assert f" MB unpacked, for Python {HERE} on x86_64" in ended.out
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        archive.extractall(unpacked)
    tops = {name.split("/")[0] for name in names}
    assert {"authorizer.py", "gatepost.toml", "keys.json", "gatepost", "cryptography", "urllib3"} <= tops
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or name.endswith((".pyc", ".pyi"))]
    assert not [name for name in names if name.startswith(("gatepost/cli", "gatepost/testing", "gatepost/apigateway"))]
    assert out.stat().st_size < 10_000_000
    # Isolated, so that nothing of this environment helps.
    command = [sys.executable, "-I", "-S", "-c", CALL, str(unpacked), json.dumps(rest_token("GET", "/user", token))]
    ran = subprocess.run(command, cwd=unpacked, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["principalId"] == "alice"


def test_the_same_members_make_the_same_file(tmp_path: Path) -> None:
    members = [Member("b.py", b"2"), Member("a/c.py", b"1")]
    write_zip(tmp_path / "one.zip", members)
    write_zip(tmp_path / "two.zip", reversed(members))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["a/c.py", "b.py"]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o644}


@pytest.mark.parametrize("missing", ["--handler", "--policy", "--keys"])
def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path, missing: str) -> None:
    handler = tmp_path / "authorizer.py"
    handler.write_text("")
    given = {"--handler": str(handler)} | {missing: str(tmp_path / "none")}
    ended = run("lambda", "package", *(word for pair in given.items() for word in pair), "-o", str(tmp_path / "a.zip"))
    assert ended.status == 2
    assert f"{tmp_path / 'none'} cannot be read" in ended.err
    assert not (tmp_path / "a.zip").exists()


def test_requirements_that_cannot_be_had_are_one_line(run: Run, tmp_path: Path) -> None:
    handler, requirements = tmp_path / "authorizer.py", tmp_path / "requirements.txt"
    handler.write_text("")
    requirements.write_text("./no-such-folder-here\n")
    ended = run(
        "lambda",
        "package",
        "--handler",
        str(handler),
        "--requirements",
        str(requirements),
        "-o",
        str(tmp_path / "a.zip"),
    )
    assert ended.status == 2
    assert "the libraries for Python 3.13 on x86_64 cannot be had" in ended.err
    assert ended.err.count("\n") == 1
