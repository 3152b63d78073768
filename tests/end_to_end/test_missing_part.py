"""A missing part leaves its tests out, and is a failure in CI; a server that does not come up says why."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.real_parts import part as part_module
from tests.end_to_end.real_parts.part import Part, in_package, on_path
from tests.end_to_end.real_parts.server_process import ServerDied, server_process

ABSENT = Part(name="Absent", fixture="absent", remedy="pip install absent", find=on_path("absent-program"))
SENTENCE = "Absent is missing, so the tests with the fixture `absent` are left out: pip install absent"


def test_elsewhere_the_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_module, "IN_CI", False)
    with pytest.raises(pytest.skip.Exception, match=SENTENCE):
        ABSENT.require()


def test_in_ci_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_module, "IN_CI", True)
    with pytest.raises(pytest.fail.Exception, match=SENTENCE):
        ABSENT.require()


def test_a_package_that_is_not_installed_is_looked_for_on_the_path() -> None:
    assert in_package("absent_package", "bin/*", otherwise="absent-program")() is None
    assert in_package("absent_package", "bin/*", otherwise="sh")() == on_path("sh")()


def test_a_server_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such directive')"]
    with (
        pytest.raises(ServerDied, match="ended with status 1:\nno such directive"),
        server_process(command, ready=lambda: False, folder=tmp_path),
    ):
        pass
