"""`gatepost token`, as a user calls it, against a provider that runs."""

import json
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from gatepost.cli.failure import Failure
from gatepost.cli.token_authorization import Pending, read_code
from gatepost.cli.token_client import SECRET_VARIABLE
from gatepost.cli.token_redirect import redirected
from gatepost.jose import SigningKey
from tests.cli.conftest import Run
from tests.end_to_end.real_parts.loopback_http import Answer, Asked, loopback_http
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.end_to_end.real_parts.provider import Provider, provider, send

PASSWORD = "Violet-Harbor7!Quill"


@dataclass(frozen=True)
class World:
    """A provider with a client and a person."""

    provider: Provider
    callback: str
    client_id: str
    secret: str
    username: str
    grant: dict[str, Any]

    @property
    def options(self) -> tuple[str, ...]:
        return ("--issuer", self.provider.issuer, "--client-id", self.client_id)

    def browse(self, url: str) -> str:
        """Sign on at a URL as a browser does, and return the address that it comes back to."""
        asked = send("GET", url)
        flow_id = dict(parse_qsl(urlsplit(asked.headers["location"]).query))["flowId"]
        cookie = {"cookie": asked.headers["set-cookie"].split(";")[0]}
        flow = f"{self.provider.url}/{self.provider.environment_id}/flows/{flow_id}"
        media_type = "application/vnd.pingidentity.usernamePassword.check+json"
        sent = {"username": self.username, "password": PASSWORD}
        done = send("POST", flow, sent, cookie, media_type)
        cookie = {"cookie": done.headers["set-cookie"].split(";")[0]}
        return send("GET", done.json["resumeUrl"], headers=cookie).headers["location"]

    def let_in(self, url: str) -> None:
        """Let a device in, at the URL that it shows."""
        began = send("GET", url)
        cookie = {"cookie": began.headers["set-cookie"].split(";")[0]}
        flow_id = dict(parse_qsl(urlsplit(began.headers["location"]).query))["flowId"]
        flow = f"{self.provider.url}/{self.provider.environment_id}/flows/{flow_id}"
        code = dict(parse_qsl(urlsplit(url).query))["user_code"]
        for action, sent in (
            ("deviceAuthGrant.userCode.verify", {"userCode": code}),
            ("usernamePassword.check", {"username": self.username, "password": PASSWORD}),
            ("deviceAuthGrant.consent", {"accept": True}),
        ):
            reply = send("POST", flow, sent, cookie, f"application/vnd.pingidentity.{action}+json")
            assert reply.status == 200, (action, reply.body)
            if "set-cookie" in reply.headers:
                cookie = {"cookie": reply.headers["set-cookie"].split(";")[0]}

    def application(self, sent: dict[str, Any]) -> str:
        """The client id of a new application, which may ask for `read`."""
        made = created(self.provider, "/applications", sent)
        created(self.provider, f"/applications/{made}/grants", self.grant)
        return made

    def secret_of(self, client_id: str) -> str:
        headers = {"authorization": f"Bearer {self.provider.worker_token()}"}
        secret: str = send("GET", f"{self.provider.api}/applications/{client_id}/secret", headers=headers).json[
            "secret"
        ]
        return secret


def created(running: Provider, path: str, body: dict[str, Any]) -> str:
    """The identifier of something new."""
    headers = {"authorization": f"Bearer {running.worker_token()}"}
    reply = send("POST", f"{running.api}{path}", body, headers)
    assert reply.status == 201, reply.body
    made: str = reply.json["id"]
    return made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with provider(tmp_path_factory.mktemp("provider")) as running:
        headers = {"authorization": f"Bearer {running.worker_token()}"}

        create = partial(created, running)
        callback = f"http://127.0.0.1:{free_port()}/callback"
        application = {
            "enabled": True,
            "name": "Command line",
            "type": "WEB_APP",
            "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN", "DEVICE_CODE", "CLIENT_CREDENTIALS"],
            "responseTypes": ["CODE"],
            "redirectUris": [callback],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
            "devicePollingInterval": 1,
        }
        client_id = create("/applications", application)
        resource = create("/resources", {"name": "API", "audience": "https://api.example.com"})
        scope = create(f"/resources/{resource}/scopes", {"name": "read"})
        grant = {"resource": {"id": resource}, "scopes": [{"id": scope}]}
        create(f"/applications/{client_id}/grants", grant)
        secret = send("GET", f"{running.api}/applications/{client_id}/secret", headers=headers).json["secret"]
        user = create("/users", {"username": "ann", "email": "ann@example.com"})
        media_type = "application/vnd.pingidentity.password.set+json"
        path = f"{running.api}/users/{user}/password"
        assert send("PUT", path, {"value": PASSWORD, "forceChange": False}, headers, media_type).status == 200
        yield World(running, callback, client_id, secret, "ann", grant)


@pytest.fixture
def secret(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, world.secret)


def in_browser(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let what opens a browser sign on, and return the addresses that are opened."""
    opened: list[str] = []

    def sign_on(url: str) -> None:
        send("GET", world.browse(url))

    def start(url: str) -> bool:
        opened.append(url)
        threading.Thread(target=sign_on, args=(url,), daemon=True).start()
        return True

    monkeypatch.setattr("webbrowser.open", start)
    return opened


@pytest.mark.usefixtures("secret")
def test_a_person_signs_on_in_a_browser(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = in_browser(world, monkeypatch)
    kept = tmp_path / "tokens.json"
    ended = run(
        *("token", "authorize", *world.options, "--scope", "openid read", "--max-age", "600"),
        *("--redirect-uri", world.callback, "--save", str(kept)),
    )
    assert (ended.status, ended.err.count("\n")) == (0, 2), ended.err
    answer = json.loads(ended.out)
    assert set(answer) >= {"access_token", "id_token", "refresh_token", "expires_in"}
    assert json.loads(kept.read_text()) == answer
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    asked = dict(parse_qsl(urlsplit(opened[0]).query))
    assert asked["code_challenge_method"] == "S256"
    assert world.secret not in ended.out + ended.err

    again = run("token", "refresh", *world.options, "--from", str(kept), "--save", str(kept))
    assert again.status == 0, again.err
    fresh = json.loads(kept.read_text())
    assert fresh["access_token"] != answer["access_token"]
    alone = run("token", "refresh", *world.options, "--access-token", stdin=fresh["refresh_token"].encode())
    assert alone.out.count(".") == 2
    assert alone.out.count("\n") == 1


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("whole", [True, False])
def test_without_a_browser_the_code_is_brought(world: World, run: Run, tmp_path: Path, whole: bool) -> None:
    pending = tmp_path / "pending"
    options = (*world.options, "--pending", str(pending))
    begun = run("token", "authorize", *options, "--redirect-uri", world.callback, "--scope", "openid")
    assert begun.status == 0
    assert stat.S_IMODE(pending.stat().st_mode) == 0o600
    came = world.browse(begun.out.strip())
    code = came if whole else dict(parse_qsl(urlsplit(came).query))["code"]
    ended = run("token", "authorize", *options, "--code", code, "--access-token")
    assert ended.status == 0, ended.err
    assert ended.out.count(".") == 2
    assert not pending.exists()
    late = run("token", "authorize", *options, "--code", code)
    assert (late.status, late.out) == (2, "")
    assert "no sign-on was begun" in late.err


@pytest.mark.usefixtures("secret")
def test_the_request_is_pushed_when_that_is_wanted(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = in_browser(world, monkeypatch)
    ended = run("token", "authorize", *world.options, "--par", "--redirect-uri", world.callback)
    assert ended.status == 0, ended.err
    assert set(dict(parse_qsl(urlsplit(opened[0]).query))) == {"client_id", "request_uri"}


def test_a_client_gets_a_token_for_itself(world: World, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{world.secret}\n")
    ended = run("token", "client-credentials", *world.options, "--client-secret-file", str(file), "--scope", "read")
    assert ended.status == 0, ended.err
    assert json.loads(ended.out)["scope"] == "read"


@pytest.mark.parametrize(
    ("secret", "status", "words"),
    [("wrong", 1, "the provider refuses: invalid_client"), (None, 1, "the provider refuses: invalid_client")],
)
def test_a_refusal_is_one_line(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, secret: str | None, status: int, words: str
) -> None:
    if secret is None:
        monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(SECRET_VARIABLE, secret)
    ended = run("token", "client-credentials", *world.options)
    assert (ended.status, ended.out, ended.err.count("\n")) == (status, "", 1)
    assert ended.err.startswith(f"gatepost: {words}")


def test_another_issuer_than_the_documents_is_refused(world: World, run: Run) -> None:
    issuer = world.provider.issuer.replace("localhost", "127.0.0.1")
    ended = run("token", "client-credentials", "--issuer", issuer, "--client-id", "x")
    assert ended.status == 2
    assert "another issuer" in ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("client-credentials", "--auth-method", "client_secret_post"), "needs the client's secret"),
        (("client-credentials", "--auth-method", "private_key_jwt"), "--client-key-file"),
        (("client-credentials", "--client-key-id", "k-1"), "--client-key-file"),
        (("client-credentials", "--ask-secret"), "needs a terminal"),
        (("client-credentials", "--param", "resource"), "write NAME=VALUE"),
        (("refresh",), "standard input holds no token"),
        (("authorize", "--code", "x"), "--code needs --pending"),
        (("authorize", "--redirect-uri", "https://app.example.com/callback", "--no-browser"), "not on this machine"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_misuse_is_one_line(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], words: str
) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    ended = run("token", options[0], *world.options, *options[1:])
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err


def test_a_key_proves_the_client(world: World, run: Run, tmp_path: Path) -> None:
    key = SigningKey.generate("RS256", kid="k-1")
    file = tmp_path / "key.pem"
    file.write_text(key.to_private_pem())
    sent = {
        "enabled": True,
        "name": "With a key",
        "type": "SERVICE",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "PRIVATE_KEY_JWT",
        "jwks": json.dumps({"keys": [key.to_jwk()]}),
    }
    client_id = world.application(sent)
    options = (
        "--issuer",
        world.provider.issuer,
        "--client-id",
        client_id,
        "--client-key-file",
        str(file),
        "--client-key-id",
        "k-1",
    )
    ended = run("token", "client-credentials", *options, "--access-token")
    assert ended.status == 0, ended.err
    assert ended.out.count(".") == 2


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("method", ["client_secret_jwt", "client_secret_post"])
def test_a_secret_proves_the_client_in_other_ways(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    sent = {
        "enabled": True,
        "name": method,
        "type": "SERVICE",
        "protocol": "OPENID_CONNECT",
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": method.upper(),
    }
    client_id = world.application(sent)
    monkeypatch.setenv(SECRET_VARIABLE, world.secret_of(client_id))
    options = ("--issuer", world.provider.issuer, "--client-id", client_id, "--auth-method", method)
    ended = run("token", "client-credentials", *options, "--access-token")
    assert ended.status == 0, ended.err


@pytest.mark.usefixtures("secret")
def test_a_person_signs_on_with_another_device(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def enter(text: str, *, err: bool = False) -> None:
        """Do what the command asks the person for, as soon as it does."""
        shown.append(text)
        if err and text.startswith("or right here: "):
            world.let_in(text.removeprefix("or right here: "))

    monkeypatch.setattr("typer.echo", enter)
    ended = run("token", "device", *world.options, "--scope", "openid", "--access-token")
    assert ended.status == 0, ended.err
    assert shown[-1].count(".") == 2


def test_a_token_is_exchanged_for_another(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    asked: list[dict[str, str]] = []

    def answer(request: Asked) -> Answer:
        if request.target.startswith("/.well-known/"):
            issuer = f"http://{request.headers['host']}"
            said = {"issuer": issuer, "token_endpoint": f"{issuer}/token"}
        else:
            asked.append(dict(parse_qsl(request.body.decode())))
            said = {"access_token": "new.access.token", "token_type": "Bearer"}
        return Answer(200, json.dumps(said).encode(), {"content-type": "application/json"})

    subject = tmp_path / "tokens.json"
    subject.write_text(json.dumps({"access_token": "a", "id_token": "i"}))
    with loopback_http(answer) as issuer:
        ended = run(
            *("token", "exchange", "--issuer", issuer, "--client-id", "c", "--subject-token", str(subject)),
            *("--actor-token", "-", "--actor-token-type", "jwt", "--subject-token-type", "id_token"),
            *("--audience", "https://api.example.com", "--requested-token-type", "access_token", "--access-token"),
            stdin=b"the-actors\n",
        )
    assert (ended.status, ended.out) == (0, "new.access.token\n"), ended.err
    kind = "urn:ietf:params:oauth:token-type"
    assert asked == [
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": "i",
            "subject_token_type": f"{kind}:id_token",
            "actor_token": "the-actors",
            "actor_token_type": f"{kind}:jwt",
            "audience": "https://api.example.com",
            "requested_token_type": f"{kind}:access_token",
            "client_id": "c",
        }
    ]


class _Quiet:
    """A provider of which only what is asked here is known."""

    identifier = "https://id.example.com"
    metadata: Mapping[str, object] = {"authorization_response_iss_parameter_supported": True}


BEGUN = Pending("https://id.example.com", "http://127.0.0.1:1/callback", "the-state", "the-verifier", None)
ISS = {"iss": "https://id.example.com"}


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ({**ISS, "code": "c"}, "another state"),
        ({**ISS, "code": "c", "state": "other"}, "another state"),
        ({"code": "c", "state": "the-state"}, "does not say which provider"),
        ({"code": "c", "state": "the-state", "iss": "https://other.example.com"}, "another provider"),
        ({**ISS, "state": "the-state"}, "no code"),
        ({**ISS, "state": "the-state", "error": "access_denied"}, "access_denied"),
    ],
)
def test_what_comes_back_is_checked(came: dict[str, str], words: str) -> None:
    address = f"http://127.0.0.1:1/callback?{urlencode(came)}"
    with pytest.raises(Failure, match=words):
        read_code(address, BEGUN, _Quiet())  # type: ignore[arg-type]
    good = f"http://127.0.0.1:1/callback?{urlencode({**ISS, 'code': 'c', 'state': 'the-state'})}"
    assert read_code(good, BEGUN, _Quiet()) == "c"  # type: ignore[arg-type]


def test_the_listener_takes_the_answer_alone() -> None:
    uri = f"http://127.0.0.1:{free_port()}/callback"
    with redirected(uri, "the-state") as redirect:
        for other in ("/favicon.ico", "/callback?state=other&code=x", "/callback"):
            assert send("GET", uri.replace("/callback", other)).status == 404
        reply = send("GET", f"{uri}?state=the-state&code=c")
        assert reply.status == 200
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert redirect.wait(10)["code"] == "c"
        with pytest.raises(Failure, match="nobody came back"):
            redirect.wait(0.01)
