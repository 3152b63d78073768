"""What holds for every test."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import gatepost
from tests.gates import decision_report

# Measuring coverage slows an example down, and so does a busy machine: time is not what property tests are about.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


def pytest_configure() -> None:
    """Make sure that the tests run against what they are meant to: `make test` also runs them against the wheel."""
    under_test = os.environ.get("GATEPOST_UNDER_TEST")
    if under_test and not _home().is_relative_to(Path(under_test).resolve()):
        raise pytest.UsageError(f"gatepost comes from {_home()}, not from {under_test}")


def pytest_report_header() -> str:
    """Show which gatepost is tested."""
    return f"gatepost: {_home()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the table is in which every gate's decisions stand side by side."""
    line = decision_report.written()
    if line is not None:
        terminalreporter.write_line(line)


def _home() -> Path:
    return Path(gatepost.__file__).resolve().parent
