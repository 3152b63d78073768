"""What holds for every test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import gatepost
from tests.gates import decision_report

# Measuring coverage slows an example down, and so does a busy machine: time is not what property tests are about.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of the one PostgreSQL server; ask for an empty database instead."""
    from tests.end_to_end.real_parts.postgresql import postgresql

    with postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def prepared_postgresql(postgresql_server: str) -> Iterator[str]:
    """The name of a database that has the tables of identities, to be copied: that is faster than to make them."""
    from gatepost.identity.store.store import Store
    from tests.end_to_end.real_parts.postgresql import database

    with database(postgresql_server, "gatepost_prepared") as url:
        Store.open(url).close()
        yield "gatepost_prepared"


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
