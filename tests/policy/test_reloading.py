"""A changed file comes into force; a broken one does not."""

import logging
import os
from pathlib import Path

import pytest

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.policy import Policy
from gatepost.policy.reloading import ReloadingPolicy
from gatepost.policy.settings.problem import PolicyFileError
from tests.policy.conftest import ROUTE, Write

OTHER = ROUTE.replace("GET /", "GET /other")
BROKEN = "[[routes]]\nnonsense = 1\n"


class Ticks:
    """A clock to turn."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def reloading(write: Write, ticks: Ticks) -> ReloadingPolicy:
    return ReloadingPolicy(write(ROUTE), environ={}, ticks=ticks)


def routes(policy: Policy) -> list[str]:
    return [route.pattern.text for route in policy.routes]


def test_a_changed_file_comes_into_force_within_a_second(
    reloading: ReloadingPolicy, write: Write, ticks: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatepost.policy")
    before = reloading.current()
    write(OTHER)
    ticks.now = 0.9
    assert reloading.current() is before
    ticks.now = 1.0
    assert routes(reloading.current()) == ["GET /other"]
    assert (reloading.reloads, reloading.last_error) == (1, None)
    assert "was read again: 1 routes" in caplog.text


def test_an_unchanged_file_is_not_read_again(reloading: ReloadingPolicy, ticks: Ticks) -> None:
    before = reloading.current()
    ticks.now = 10
    assert reloading.current() is before
    assert reloading.reloads == 0


def test_a_broken_new_file_keeps_the_old_policy_and_says_so(
    reloading: ReloadingPolicy, write: Write, ticks: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    before = reloading.current()
    write(BROKEN)
    ticks.now = 1
    assert reloading.current() is before
    assert isinstance(reloading.last_error, PolicyFileError)
    assert caplog.text.count("the old one stays in force") == 1
    assert 'unknown key "nonsense"' in caplog.text
    ticks.now = 2
    assert reloading.current() is before
    assert caplog.text.count("the old one stays in force") == 1
    write(OTHER)
    ticks.now = 3
    assert routes(reloading.current()) == ["GET /other"]
    assert reloading.last_error is None


def test_a_file_that_went_away_keeps_the_old_policy(reloading: ReloadingPolicy, write: Write, ticks: Ticks) -> None:
    before = reloading.current()
    reloading.path.unlink()
    ticks.now = 1
    assert reloading.current() is before
    assert reloading.last_error is not None
    write(OTHER)
    ticks.now = 2
    assert routes(reloading.current()) == ["GET /other"]


def test_a_broken_first_file_is_an_error(write: Write) -> None:
    with pytest.raises(PolicyFileError):
        ReloadingPolicy(write(BROKEN))


def test_included_files_and_those_of_secrets_are_watched(write: Write, ticks: Ticks) -> None:
    issuer = "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nsecret_file = 'secret'\n"
    write(b"1" * 32, "secret")
    write(OTHER + issuer, "more.toml")
    reloading = ReloadingPolicy(write("include = ['more.toml']\n" + ROUTE), ticks=ticks)
    for seconds, (name, content) in enumerate(
        [
            ("secret", b"2" * 32),
            ("more.toml", (issuer + OTHER).encode()),
            ("gatepost.toml", b"include = ['more.toml']\n"),
        ],
        1,
    ):
        write(content, name)
        ticks.now = seconds
        reloading.current()
        assert reloading.reloads == seconds, name
    assert routes(reloading.current()) == ["GET /other"]


def test_an_include_that_is_missing_is_waited_for(reloading: ReloadingPolicy, write: Write, ticks: Ticks) -> None:
    write("include = ['later.toml']\n" + ROUTE)
    ticks.now = 1
    reloading.current()
    assert reloading.last_error is not None
    write(OTHER, "later.toml")
    ticks.now = 2
    assert routes(reloading.current()) == ["GET /", "GET /other"]


def test_a_file_of_the_same_size_and_time_but_another_inode_is_another(
    reloading: ReloadingPolicy, ticks: Ticks, tmp_path: Path
) -> None:
    status = reloading.path.stat()
    new = tmp_path / "new"
    new.write_text(ROUTE.replace("GET", "PUT"))
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    new.replace(reloading.path)
    ticks.now = 1
    assert routes(reloading.current()) == ["PUT /"]


def test_one_caller_reads_while_the_others_go_on(reloading: ReloadingPolicy, write: Write, ticks: Ticks) -> None:
    before = reloading.current()
    write(OTHER)
    ticks.now = 1
    with reloading._lock:  # another thread is at it
        assert reloading.current() is before
    assert reloading.current() is not before


def test_the_keys_of_an_issuer_outlive_a_reload_unless_their_source_changes(write: Write, ticks: Ticks) -> None:
    a = "[issuers.a]\nissuer = 'https://a.example'\naudience = '{}'\njwks_url = 'https://a.example/{}'\n"
    b = "[issuers.b]\nissuer = 'https://b.example'\naudience = 'x'\nsecret_env = 'SECRET'\n"
    reloading = ReloadingPolicy(write(a.format("x", "k") + b + ROUTE), ticks=ticks, environ={"SECRET": "s" * 32})

    def keys() -> object:
        verifier = reloading.current().verifier
        assert verifier is not None
        return verifier._by_iss["https://a.example"].keys

    before = keys()
    write(a.format("y", "k") + b + OTHER)
    ticks.now = 1
    assert keys() is before
    write(a.format("y", "elsewhere") + b + OTHER)
    ticks.now = 2
    assert keys() is not before
    assert reloading.reloads == 2


def test_keys_are_fetched_anew_when_the_certificates_to_trust_change(write: Write, ticks: Ticks) -> None:
    write("one", "ca.pem")
    issuer = "[issuers.a]\nissuer = 'https://a.example'\naudience = 'x'\nca_file = 'ca.pem'\n"
    reloading = ReloadingPolicy(write(issuer + ROUTE), ticks=ticks)
    before = reloading.current().verifier
    write("another", "ca.pem")
    ticks.now = 1
    after = reloading.current().verifier
    assert before is not None
    assert after is not None
    assert after._by_iss["https://a.example"].keys is not before._by_iss["https://a.example"].keys


def test_what_was_decided_by_the_old_policy_stays_decided(
    reloading: ReloadingPolicy, write: Write, ticks: Ticks
) -> None:
    held = reloading.current()
    write(OTHER)
    ticks.now = 1
    assert not reloading.current().check(AccessRequest("GET", "/")).allowed
    assert held.check(AccessRequest("GET", "/")).allowed
