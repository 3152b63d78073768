"""`gatepost keys generate`."""

import json
import stat
from pathlib import Path

import pytest

from gatepost.jose import KeySet, SigningKey, sign_compact, verify_compact
from tests.cli.conftest import Run


@pytest.mark.parametrize("alg", ["ES256", "RS256", "Ed25519", "ML-DSA-65"])
def test_the_private_key_goes_into_the_file_and_its_public_half_to_standard_output(
    run: Run, tmp_path: Path, alg: str
) -> None:
    file = tmp_path / "key.json"
    ended = run("keys", "generate", "--alg", alg, "--out", str(file))
    assert ended.status == 0
    key = SigningKey.from_jwk(json.loads(file.read_text()))
    token = sign_compact(b"{}", key)
    assert verify_compact(token, KeySet.from_jwks(ended.out)).key_id == key.kid == key.thumbprint()


def test_the_file_is_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    run("keys", "generate", "--out", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_is_written_over_unless_forced(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text("precious")
    file.chmod(0o644)
    ended = run("keys", "generate", "--out", str(file))
    assert (ended.status, ended.out, file.read_text()) == (2, "", "precious")
    assert "--force" in ended.err
    assert ended.err.count("\n") == 1
    assert run("keys", "generate", "--out", str(file), "--force").status == 0
    assert "precious" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    ended = run("keys", "generate", "--out", str(tmp_path / "none" / "key.json"))
    assert ended.status == 2
    assert "cannot be written: No such file or directory" in ended.err
    assert ended.err.count("\n") == 1


def test_without_a_file_standard_output_is_the_private_key_alone(run: Run) -> None:
    ended = run("keys", "generate", "--kid", "mine")
    key = SigningKey.from_jwk(json.loads(ended.out))
    assert (ended.status, key.kid, key.algorithm) == (0, "mine", "ES256")
    assert "PRIVATE" in ended.err
    assert '"d"' not in ended.err


def test_pem_is_another_way_to_write_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    ended = run("keys", "generate", "--format", "pem", "--out", str(file), "--alg", "RS256")
    key = SigningKey.from_pem(file.read_text())
    assert KeySet.from_jwks(ended.out).keys == (key.public,)


def test_a_shared_secret_has_nothing_to_publish(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "secret.json"
    ended = run("keys", "generate", "--alg", "HS256", "--out", str(file))
    assert (ended.status, ended.out) == (0, "")
    assert "no public half" in ended.err
    assert SigningKey.from_jwk(json.loads(file.read_text())).algorithm == "HS256"


@pytest.mark.parametrize("arguments", [("--alg", "none"), ("--alg", "HS256", "--format", "pem")], ids=" ".join)
def test_what_cannot_be_made_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    ended = run("keys", "generate", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("\n") == 1


def test_nothing_is_left_behind_when_the_file_cannot_take_its_place(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    ended = run("keys", "generate", "--out", str(folder), "--force")
    assert ended.status == 2
    assert "cannot be written: Is a directory" in ended.err
    assert list(tmp_path.iterdir()) == [folder]
