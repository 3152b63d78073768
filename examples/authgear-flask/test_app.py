"""The example against an Authgear-shaped issuer, over real HTTP where the keys are concerned."""

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from gatepost import Discovery, Verifier
from gatepost.testing import OMIT, Fault, LocalIssuer
from gatepost.trust.vendors import authgear


def load() -> ModuleType:
    """Return the example's module; several examples have an `app.py`, so it is loaded by its place."""
    spec = importlib.util.spec_from_file_location("authgear_flask_app", Path(__file__).with_name("app.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


APP = load()


@pytest.fixture
def project() -> Iterator[LocalIssuer]:
    with LocalIssuer("authgear") as running:
        yield running


@pytest.fixture
def client(project: LocalIssuer, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("AUTHGEAR_ENDPOINT", project.url)
    monkeypatch.delenv("AUTHGEAR_AUDIENCE", raising=False)
    client: FlaskClient = APP.create_app().test_client()
    return client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_signed_on_user_is_greeted(client: FlaskClient, project: LocalIssuer) -> None:
    answer = client.get("/hello", headers=bearer(project.mint(sub="alice")))
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["message"], answer.json["user"]) == ("Hello!", "alice")
    assert answer.json["user_data"]["iss"] == project.url


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b"], ids=repr)
def test_without_a_token_the_answer_says_what_to_send(client: FlaskClient, header: str | None) -> None:
    answer = client.get("/hello", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"  # RFC 6750 §3.1: no error code where no token was sent
    assert answer.json == {"message": "Send the access token: Authorization: Bearer <token>"}


def test_the_scheme_is_read_in_any_case(client: FlaskClient, project: LocalIssuer) -> None:
    assert client.get("/hello", headers={"Authorization": f"bearer {project.mint()}"}).status_code == 200


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": int(time.time()) - 1}, "expired"),
        ({"aud": "https://other.example.com"}, "wrong_audience"),
        ({"iss": "https://other.example.com"}, "wrong_issuer"),
        ({"exp": OMIT}, "missing_claim"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_token_is_refused_with_the_reason(
    client: FlaskClient, project: LocalIssuer, claims: dict[str, object], reason: str
) -> None:
    answer = client.get("/hello", headers=bearer(project.mint(**claims)))
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["reason"] == reason
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_an_id_token_is_no_access_token(client: FlaskClient, project: LocalIssuer) -> None:
    answer = client.get("/hello", headers=bearer(project.mint_with(kind="id")))
    assert (answer.status_code, answer.json and answer.json["reason"]) == (401, "wrong_type")


def test_a_transfer_needs_a_recent_sign_on(client: FlaskClient, project: LocalIssuer) -> None:
    now = int(time.time())
    assert client.post("/transfer", headers=bearer(project.mint(auth_time=now - 240))).status_code == 200
    old = bearer(project.mint(auth_time=now - 360))
    assert client.get("/hello", headers=old).status_code == 200
    answer = client.post("/transfer", headers=old)
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]  # RFC 9470 §3
    assert challenge.startswith('Bearer error="insufficient_user_authentication"')
    assert 'max_age="300"' in challenge


def test_five_minutes_after_the_sign_on_it_is_needed_anew(project: LocalIssuer) -> None:
    issuer = authgear(project.url, audience=project.url, keys=Discovery())
    client = APP.create_app(Verifier(issuer, clock=project.clock)).test_client()
    token = bearer(project.mint())
    assert client.post("/transfer", headers=token).status_code == 200
    project.clock.advance(301)
    answer = client.post("/transfer", headers=token)
    assert (answer.status_code, answer.json["reason"]) == (401, "insufficient_authentication")
    assert client.get("/hello", headers=token).status_code == 200


def test_a_token_that_does_not_say_when_the_user_signed_on_is_not_recent(
    client: FlaskClient, project: LocalIssuer
) -> None:
    answer = client.post("/transfer", headers=bearer(project.mint(auth_time=OMIT)))
    assert (answer.status_code, answer.json and answer.json["reason"]) == (401, "insufficient_authentication")


def test_when_the_keys_cannot_be_had_the_token_is_not_blamed(client: FlaskClient, project: LocalIssuer) -> None:
    project.fail(Fault.REFUSED)
    answer = client.get("/hello", headers=bearer(project.mint()))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "WWW-Authenticate" not in answer.headers


def test_without_a_project_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTHGEAR_ENDPOINT", raising=False)
    with pytest.raises(SystemExit, match="AUTHGEAR_ENDPOINT="):
        APP.create_app()
