"""`gatepost provider` and what is done with its database, as a user calls it."""

import json
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from gatepost.cli import provider_bootstrap
from gatepost.cli.failure import Failure
from gatepost.cli.provider_store import KEY_VARIABLE
from tests.cli.conftest import Run
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.end_to_end.real_parts.postgresql import database, postgresql
from tests.end_to_end.real_parts.provider import provider, send

MEMBERS = (
    "environmentId",
    "clientId",
    "clientSecret",
    "apiPath",
    "authPath",
    "issuer",
    "adminUsername",
    "adminPassword",
)
SEED = """
populations:
  - name: Customers
    description: People who buy
groups:
  - name: Staff
resources:
  - name: Orders
    audience: https://orders.example.com
    accessTokenValiditySeconds: 600
    scopes: [read, {name: write, description: To change orders}]
    attributes:
      - {name: nick, value: "${user.nickname}"}
signOnPolicies:
  - name: Shop_Login
    actions:
      - type: LOGIN
        registration: {enabled: true, population: Customers}
applications:
  - name: Shop
    id: 11111111-2222-4333-8444-555555555555
    type: WEB_APP
    grantTypes: [AUTHORIZATION_CODE, CLIENT_CREDENTIALS]
    responseTypes: [CODE]
    redirectUris: [https://shop.example.com/callback]
    tokenEndpointAuthMethod: CLIENT_SECRET_POST
    secret: {env: SHOP_SECRET}
    accessControl: {group: {type: ANY_GROUP, groups: [Staff]}}
    grants:
      - {resource: Orders, scopes: [read]}
    signOnPolicies: [Shop_Login]
  - name: Back office
    type: WORKER
    tokenEndpointAuthMethod: CLIENT_SECRET_BASIC
    roles: [Identity Data Admin]
users:
  - username: ann
    email: ann@example.com
    name: {given: Ann, family: Lee}
    population: Customers
    groups: [Staff]
    password: {env: ANN_PASSWORD}
"""
NO_SUCH_SCOPE = """
applications:
  - {name: a, type: SERVICE, tokenEndpointAuthMethod: CLIENT_SECRET_BASIC,
     grants: [{resource: openid, scopes: [none]}]}
"""
SECRET = "a-secret-that-is-long-enough-for-a-test"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'some.db'}"
    else:
        with database(request.getfixturevalue("server"), f"test_{uuid4().hex}") as url:
            yield url


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    monkeypatch.setenv("ANN_PASSWORD", "Violet-Harbor7!Quill")


def started(where: str, tmp_path: Path) -> None:
    """Let a server make what the first start makes."""
    with provider(tmp_path, database=where):
        pass


def test_a_file_is_read_in_once_and_what_it_says_works(run: Run, where: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SEED)
    with provider(tmp_path, database=where) as running:
        first = run("provider", "seed", str(file), "--database", where)
        assert first.status == 0, first.err
        assert re.match(r"1\d made, \d changed\n", first.err)
        again = run("provider", "seed", str(file), "--database", where)
        assert (again.status, again.err) == (0, "0 made, 0 changed\n")

        token = run(
            *("token", "client-credentials", "--issuer", running.issuer, "--scope", "read"),
            *("--client-id", "11111111-2222-4333-8444-555555555555", "--client-secret-file", str(_secret(tmp_path))),
            *("--auth-method", "client_secret_post"),
        )
        assert token.status == 0, token.err
        assert json.loads(token.out)["expires_in"] == 600

        file.write_text(SEED.replace("600", "900").replace("[read]}", "[read, write]}").replace("Ann, ", "Anna, "))
        changed = run("provider", "seed", str(file), "--database", where)
        assert (changed.status, changed.err) == (0, "0 made, 3 changed\n")
        headers = {"authorization": f"Bearer {running.worker_token()}"}
        found = send("GET", f'{running.api}/users?filter=username%20eq%20"ann"', headers=headers)
        (user,) = found.json["_embedded"]["users"]
        assert user["name"] == {"given": "Anna", "family": "Lee"}


def _secret(folder: Path) -> Path:
    file = folder / "secret"
    file.write_text(SECRET)
    return file


def test_what_is_written_out_can_be_read_in_elsewhere(run: Run, where: str, tmp_path: Path) -> None:
    started(where, tmp_path)
    file = tmp_path / "shop.yaml"
    file.write_text(SEED)
    assert run("provider", "seed", str(file), "--database", where).status == 0
    plain = run("provider", "export", "--database", where)
    assert plain.status == 0, plain.err
    assert SECRET not in plain.out
    whole = tmp_path / "whole.yaml"
    assert run("provider", "export", str(whole), "--secrets", "--database", where).status == 0
    assert SECRET in whole.read_text()
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    unchanged = run("provider", "seed", str(whole), "--database", where)
    assert unchanged.err == "0 made, 0 changed\n"

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = f"sqlite:///{elsewhere / 'other.db'}"
    key = ("--key-file", str(elsewhere / "gatepost.key"))
    started(other, elsewhere)
    names = tmp_path / "names.yaml"
    assert run("provider", "export", str(names), "--no-ids", "--secrets", "--database", where).status == 0
    seeded = run("provider", "seed", str(names), "--database", other, *key)
    assert seeded.status == 0, seeded.err
    again = run("provider", "export", "--no-ids", "--secrets", "--database", other, *key)
    assert sorted(_without_order(again.out)) == sorted(_without_order(names.read_text()))


def _without_order(text: str) -> list[str]:
    """What stands in a file, whatever the order of the entries."""
    return [line.lstrip("- ") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("usres: []", 1, "usres is none of"),
        ("users:\n  - email: a@example.com", 2, "an object with a name"),
        ("users:\n  - username: a\n    email: none", 3, "email"),
        ("resources:\n  - name: a\n    scopes:\n      - read\n      - name: a b", 5, "scopes[1].name"),
        ("signOnPolicies:\n  - name: a\n    actions:\n      - type: LOGIN\n        recovery: 1", 5, "recovery"),
        (NO_SUCH_SCOPE, 4, "no scope none"),
        ("users:\n  - username: a\n    roles: [King]", 3, "There is no role King"),
        ("users:\n  - username: a\n    population: Nobody", 3, "There is no population Nobody"),
        ("users:\n  - username: a\n    password: {env: UNSET}", 3, "UNSET is not set"),
        ("users:\n  - username: a\n    name: {given: 1}", 3, "name.given"),
        ("users:\n  - username: a\n  - username: a", 3, "stands there twice"),
        ("users:\n  - username: a\n    username: b", 3, "username stands there twice"),
        ("applications:\n  - name: a\n    type: NONE", 3, "type"),
        ("applications:\n  - name: a\n    type: WEB_APP\n    secret: short", 4, "16 to 512"),
        ("resources:\n  - name: a\n    attributes:\n      - {name: b, value: '${user.'}", 4, "value"),
        ("resources:\n  - name: a\n    scopes: read", 3, "is a list"),
        ("groups: {}", 1, "groups is a list"),
        ("groups:\n  - [", 2, "expected"),
        ("- 1", 1, "the file holds an object"),
    ],
    ids=lambda value: value.replace("\n", " ") if isinstance(value, str) else "",
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(
    run: Run, seeded: Path, text: str, line: int, words: str
) -> None:
    file = seeded / "wrong.yaml"
    file.write_text(text)
    where = f"sqlite:///{seeded / 'some.db'}"
    key = ("--key-file", str(seeded / "gatepost.key"))
    ended = run("provider", "seed", str(file), "--database", where, *key)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"{file}:{line}: "), ended.err
    assert words in ended.err
    assert "username: a\n" not in run("provider", "export", "--database", where, *key).out


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    started(f"sqlite:///{folder / 'some.db'}", folder)
    return folder


@pytest.mark.parametrize("name", ["copy.jsonl", "copy.jsonl.gz"])
def test_a_backup_becomes_a_database_of_either_kind(run: Run, where: str, tmp_path: Path, name: str) -> None:
    with provider(tmp_path, database=where) as running:
        copy = tmp_path / name
        ended = run("provider", "backup", str(copy), "--database", where)
        assert ended.status == 0, ended.err
        made = running.made
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    other = f"sqlite:///{tmp_path / 'other.db'}"
    restored = run("provider", "restore", str(copy), "--database", other)
    assert restored.status == 0, restored.err
    assert restored.err.split()[0] == ended.err.split()[0]
    with provider(tmp_path, database=other, bootstrap="other.json") as running:
        assert running.made["clientSecret"] == made["clientSecret"]
        assert running.worker_token()
    twice = run("provider", "restore", str(copy), "--database", other)
    assert (twice.status, twice.err.count("\n")) == (2, 1)
    assert "not empty" in twice.err


def test_a_backup_that_is_cut_off_is_refused(run: Run, seeded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    assert run("provider", "backup", str(copy), "--database", f"sqlite:///{seeded / 'some.db'}").status == 0
    lines = copy.read_text().splitlines(keepends=True)
    row = next(each for each in lines if each.startswith("["))
    empty = ("--database", f"sqlite:///{tmp_path / 'empty.db'}")
    for text, words in (
        ("".join(lines[:-1]), "its end is missing"),
        ("".join(each for each in lines if each != row), "damaged"),
        ("".join(each if each != row else f"[1,{row[1:]}" for each in lines), "damaged"),
        ("".join(lines[1:]), "no backup"),
        ("nonsense", "no backup"),
    ):
        copy.write_text(text)
        ended = run("provider", "restore", str(copy), *empty)
        assert ended.status == 2
        assert words in ended.err
    copy.write_text("".join(lines))
    assert run("provider", "restore", str(copy), *empty).status == 0


def test_keys_are_listed_and_rotated_while_a_server_runs(run: Run, where: str, tmp_path: Path) -> None:
    with provider(tmp_path, database=where) as running:

        def listed() -> dict[str, str]:
            found = json.loads(run("provider", "keys", "list", "--json", "--database", where).out)
            return {each["status"]: each["id"] for each in found}

        def published() -> set[str]:
            return {each["kid"] for each in send("GET", f"{running.issuer}/jwks").json["keys"]}

        before = listed()
        assert set(before) == {"CURRENT", "NEXT"}
        token = running.worker_token()
        ended = run("provider", "keys", "rotate", "--database", where)
        assert (ended.status, ended.err) == (0, f"{before['NEXT']} signs now, with RS256\n")
        after = listed()
        assert after["CURRENT"] == before["NEXT"]
        assert after["PREVIOUS"] == before["CURRENT"]
        assert published() == set(after.values())
        headers = {"authorization": f"Bearer {token}"}
        assert send("GET", running.api, headers=headers).status == 200
        assert run("provider", "keys", "rotate", "--overlap", "0", "--database", where).status == 0
        assert after["CURRENT"] not in published()
        table = run("provider", "keys", "list", "--database", where).out
        assert "CURRENT" in table
    missing = run("provider", "keys", "rotate", "--algorithm", "ES256", "--database", where)
    assert missing.status == 2
    assert "no key of ES256" in missing.err


def test_the_first_start_writes_what_a_client_needs(tmp_path: Path) -> None:
    with provider(tmp_path) as running:
        assert tuple(running.made) == MEMBERS
        assert all(running.made.values())
        assert running.made["issuer"] == f"{running.made['authPath']}/{running.environment_id}/as"
        for name in ("gatepost.json", "gatepost.key"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert running.made["clientSecret"].encode() not in (tmp_path / "gatepost.db").read_bytes()
        port = running.at.rpartition(":")[2]
    with provider(tmp_path, port=int(port)) as again:
        assert again.made == running.made
        first = dict(again.made)
    (tmp_path / "gatepost.json").unlink()
    with provider(tmp_path, port=int(port)) as later:
        assert later.made == {**first, "adminPassword": None}


def test_several_servers_that_start_together_agree(where: str, tmp_path: Path) -> None:
    ports = [free_port() for _ in range(3)]
    url = f"http://localhost:{ports[0]}"
    options = ["--database", where, "--public-url", url, "--bootstrap", "gatepost.json", "--workers", "2"]
    command = [sys.executable, "-m", "gatepost", "provider", *options]
    running = [
        subprocess.Popen([*command, "--port", str(port)], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        for port in ports
    ]
    try:
        for port in ports:
            _wait_for(f"http://127.0.0.1:{port}/readyz", running)
        made = json.loads((tmp_path / "gatepost.json").read_text())
        assert all(made[name] for name in MEMBERS)
        for port in ports:
            found = send("GET", f"http://127.0.0.1:{port}/{made['environmentId']}/as/.well-known/openid-configuration")
            assert found.json["issuer"] == made["issuer"]
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        ended = [(each.communicate(timeout=20), each.returncode) for each in running]
    assert [status for _, status in ended] == [0, 0, 0], ended


def _wait_for(url: str, running: "list[subprocess.Popen[str]]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert all(each.poll() is None for each in running), [each.communicate() for each in running]
        try:
            if send("GET", url).status == 200:
                return
        except Exception:  # noqa: BLE001, S110 - it does not listen yet
            pass
    pytest.fail(f"{url} does not answer")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--public-url", "http://id.example.com"), "has to be https"),
        (("--public-url", "https://id.example.com/path"), "is an origin"),
        (("--public-url", "id.example.com"), "is an origin"),
        (("--host", "0.0.0.0"), "needs --public-url"),
        (("--database", "mysql://x"), "is no database"),
        (("--database", "postgresql://nobody@127.0.0.1:1/none"), "127.0.0.1"),
        (("--port", "66000"), "'--port'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_started_is_said_in_one_line(run: Run, options: tuple[str, ...], words: str) -> None:
    ended = run("provider", "--port", "0", *options)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_key_that_is_missing_is_not_made_anew(run: Run, seeded: Path, tmp_path: Path) -> None:
    where = f"sqlite:///{seeded / 'some.db'}"
    elsewhere = tmp_path / "no.key"
    ended = run("provider", "export", "--database", where, "--key-file", str(elsewhere))
    assert ended.status == 2
    assert "is missing" in ended.err
    assert not elsewhere.exists()


def test_a_key_may_come_from_the_environment(run: Run, seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, (seeded / "gatepost.key").read_text())
    where = f"sqlite:///{seeded / 'some.db'}"
    assert run("provider", "export", "--secrets", "--database", where).status == 0
    monkeypatch.setenv(KEY_VARIABLE, "nonsense")
    ended = run("provider", "export", "--database", where)
    assert ended.status == 2
    assert "nonsense" not in ended.err


def test_a_password_in_the_file_stays_when_it_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    members = {name: f"the {name}" for name in MEMBERS}
    assert provider_bootstrap.keep(file, members) == members
    before = file.stat().st_ino
    later = provider_bootstrap.keep(file, {**members, "adminPassword": None})
    assert later == members
    assert file.stat().st_ino == before
    fresh = provider_bootstrap.keep(file, {**members, "clientSecret": "another", "adminPassword": None})
    assert fresh == {**members, "clientSecret": "another"}
    assert json.loads(file.read_text()) == fresh
    other = provider_bootstrap.keep(file, {**members, "environmentId": "another", "adminPassword": None})
    assert other["adminPassword"] is None
    file.write_text('{"something": "else"}')
    with pytest.raises(Failure, match="holds something else"):
        provider_bootstrap.keep(file, members)


@pytest.mark.parametrize(
    "command",
    [["export"], ["backup", "copy.jsonl"], ["keys", "list"], ["keys", "rotate"], ["seed", "shop.yaml"]],
    ids=" ".join,
)
def test_a_database_that_is_not_there_is_not_made_by_asking_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("shop.yaml").write_text("users: []\n")
    ended = run("provider", *command)
    assert (ended.status, ended.err) == (
        2,
        "gatepost: gatepost.db is not there; name the database with --database, or make one: gatepost provider\n",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["shop.yaml"]


def test_a_file_that_is_not_there_makes_no_database(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("seed", "restore"):
        assert run("provider", command, "nothing.yaml").status == 2
    assert list(tmp_path.iterdir()) == []
