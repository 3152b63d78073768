"""What a request has to be: media types, bodies, origins; and what is answered when it is not."""

import json
from typing import Any

import pytest

from gatepost.identity.applications import Application
from gatepost.provider.signon import actions
from tests.provider.signon.conftest import CALLBACK, PASSWORD, Answer, Served

PREFIX = "application/vnd.pingidentity."
GOOD = json.dumps({"username": "ann", "password": PASSWORD}).encode()


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        (f"{PREFIX}usernamePassword.check+json", 200),
        (f"{PREFIX}usernamePassword.check", 200),
        (f"{PREFIX.upper()}USERNAMEPASSWORD.CHECK+JSON; charset=utf-8", 200),
        (f"{PREFIX}usernamePassword.czech+json", 401),
        ("application/json", 401),
        (None, 401),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 415),
    ],
)
def test_the_media_type_names_the_action(
    served: Served, app: Application, media_type: str | None, expected: int
) -> None:
    browser = served.browser()
    answer = browser.raw(browser.begin(app), media_type, GOOD)
    assert answer.status == expected
    if expected == 401:
        assert answer.json["code"] == "ACCESS_FAILED"
        assert answer.errors == [("INVALID_TOKEN", "Authentication Credentials")]


@pytest.mark.parametrize("action", actions.ACTIONS)
def test_an_action_that_is_not_offered_is_refused_and_says_what_is(
    served: Served, app: Application, action: actions.Action
) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    offered = set(browser.flow(flow_id).json["_links"]) - {"self", "signOnPage"}
    assert offered == {"usernamePassword.check", "password.forgot"}
    if action in offered:
        return
    kinds = {str: "x", bool: True, dict: {"id": "x"}, object: {}}
    fields = {name: kinds[member.kind] for name, member in actions.MEMBERS[action].items()}
    answer = browser.act(flow_id, action, **fields)
    assert answer.status == 400
    assert set(answer.json["details"][0]["innerError"]["allowedValues"]) == offered


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b"{}", [("REQUIRED_VALUE", "password")]),
        (b"", [("REQUIRED_VALUE", "password")]),
        (b'{"password": "x"}', [("REQUIRED_VALUE", "username")]),
        (b'{"password": ""}', [("REQUIRED_VALUE", "password")]),
        (b'{"username": ["ann"], "password": 7}', [("INVALID_VALUE", "username"), ("INVALID_VALUE", "password")]),
        (b'{"username": "ann", "password": true}', [("INVALID_VALUE", "password")]),
        (b'{"password": "' + b"x" * 4097 + b'"}', [("SIZE_LIMIT_EXCEEDED", "password")]),
        (b"[]", [("INVALID_VALUE", "")]),
        (b"not JSON", []),
        (b'{"password": "a", "password": "b"}', []),
        (b'{"password": NaN}', []),
        (b"\xff", []),
    ],
)
def test_a_body_that_is_none_is_refused(
    served: Served, app: Application, body: bytes, errors: list[tuple[str, str]]
) -> None:
    browser = served.browser()
    answer = browser.raw(browser.begin(app), f"{PREFIX}usernamePassword.check+json", body)
    assert answer.status == 400
    assert answer.errors == errors


@pytest.mark.parametrize("flow_id", ["x", "00000000-0000-4000-8000-000000000000", "%27%20OR%201%3D1"])
def test_a_flow_that_is_not_there_is_not_found(served: Served, app: Application, flow_id: str) -> None:
    browser = served.browser()
    browser.begin(app)
    assert browser.flow(flow_id).status == 404
    assert browser.check(flow_id).json["code"] == "NOT_FOUND"


def test_an_environment_that_is_not_there_is_not_found(served: Served) -> None:
    assert served.browser().get("/00000000-0000-4000-8000-000000000000/as/authorize").status == 404


# ── Requests for authorization that go nowhere ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "unknown"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/../evil"},
        {"redirect_uri": None},
        {"client_id": None},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_that_must_not_be_sent_on_is_shown(
    served: Served, app: Application, parameters: dict[str, Any], method: str
) -> None:
    answer = served.browser().authorize(app, **parameters | {"method": method})
    assert answer.status == 400
    assert "location" not in answer.headers
    assert "text/html" in answer.headers["content-type"]
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "banana"}, "unsupported_response_type"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
    ],
)
def test_an_error_goes_to_the_application_otherwise(
    served: Served, app: Application, parameters: dict[str, Any], error: str
) -> None:
    answer = served.browser().authorize(app, **parameters)
    assert answer.location.startswith((f"{CALLBACK}?", f"{CALLBACK}#"))
    assert answer.parameters["error"] == error
    assert answer.parameters["state"] == "s-1"
    assert answer.parameters["iss"] == served.issuer


def test_an_error_of_pi_flow_is_json(served: Served, app: Application) -> None:
    answer = served.browser().authorize(app, response_mode="pi.flow", prompt="none")
    assert answer.status == 400
    assert answer.json["error"] == "login_required"


def test_a_parameter_that_comes_twice_is_refused(served: Served, app: Application) -> None:
    browser = served.browser()
    path = f"/{served.environment_id}/as/authorize"
    request = browser.request("GET", path, f"client_id={app.id}&client_id={app.id}")
    answer = served.send(request)
    assert answer.status == 400
    assert "client_id stands there more than once" in answer.text


@pytest.mark.parametrize("mode", ["fragment", "form_post"])
def test_the_answer_goes_back_as_it_was_asked_for(served: Served, app: Application, mode: str) -> None:
    browser = served.browser()
    flow_id = browser.begin(app, response_mode=mode)
    browser.check(flow_id)
    answer = browser.resume(flow_id)
    if mode == "fragment":
        assert answer.location.startswith(f"{CALLBACK}#code=")
    else:
        assert 'name="code"' in answer.text
        assert "script-src 'sha256-" in answer.headers["content-security-policy"]


def test_tokens_come_without_a_code_where_that_is_asked_for(served: Served) -> None:
    app = served.application(grantTypes=["IMPLICIT"], responseTypes=["TOKEN", "ID_TOKEN"])
    browser = served.browser()
    flow_id = browser.begin(app, response_type="token id_token", nonce="n")
    browser.check(flow_id)
    assert {"access_token", "id_token"} <= set(browser.resume(flow_id).parameters)


# ── Scripts of other origins ─────────────────────────────────────────────────────────────────────────────────────

OWN, OTHER = "https://app.example.com", "https://evil.example"
_SPECIFIC = {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://spa.example", "https://*.wild.example"]}


def allowed(answer: Answer, origin: str) -> bool:
    given = answer.headers.get("access-control-allow-origin")
    assert given in {None, origin}
    assert (answer.headers.get("access-control-allow-credentials") == "true") is (given is not None)
    assert answer.headers["vary"] == "Origin"
    return given is not None


@pytest.mark.parametrize(
    ("settings", "origin", "expected"),
    [
        (None, "https://id.example.com", True),
        (None, OWN, True),
        (None, OTHER, False),
        (None, "null", False),
        (None, f"{OWN}.evil.example", False),
        ({"behavior": "ALLOW_NO_ORIGINS"}, OWN, False),
        (_SPECIFIC, "https://spa.example", True),
        (_SPECIFIC, "http://spa.example", False),
        (_SPECIFIC, OWN, False),
        (_SPECIFIC, "https://a.wild.example", True),
        (_SPECIFIC, "https://a.b.wild.example", True),
        (_SPECIFIC, "https://wild.example", False),
        (_SPECIFIC, "https://.wild.example", False),
        (_SPECIFIC, "https://evil.example/.wild.example", False),
        (_SPECIFIC, "https://evil.example:1@a.wild.example", False),
    ],
)
def test_scripts_talk_with_cookies_where_the_application_lets_them(
    served: Served, settings: dict[str, object] | None, origin: str, expected: bool
) -> None:
    app = served.application(**({} if settings is None else {"corsSettings": settings}))
    browser = served.browser()
    flow_id = browser.begin(app)
    flow = f"/{served.environment_id}/flows/{flow_id}"
    authorize = f"/{served.environment_id}/as/authorize"
    resume = f"/{served.environment_id}/as/resume"
    asked = {"origin": origin, "access-control-request-method": "POST"}
    assert allowed(browser.get(flow, origin=origin), origin) is expected
    assert allowed(browser.get(resume, {"flowId": flow_id}, origin=origin), origin) is expected
    assert allowed(browser.get(authorize, {"client_id": app.id}, origin=origin), origin) is expected
    preflight = served.send(browser.request("OPTIONS", flow, headers=asked))
    assert preflight.status == 204
    assert allowed(preflight, origin) is expected
    assert ("Content-Type" in preflight.headers.get("access-control-allow-headers", "")) is expected
    before = served.send(browser.request("OPTIONS", authorize, f"client_id={app.id}", headers=asked))
    assert allowed(before, origin) is expected


@pytest.mark.parametrize("path", ["as/authorize", "as/resume", "as/signoff", "device", "flows/x"])
def test_no_answer_is_framed_or_kept(served: Served, path: str) -> None:
    headers = served.browser().get(f"/{served.environment_id}/{path}").headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


def test_nothing_secret_is_kept_of_a_flow_in_clear(served: Served, app: Application) -> None:
    served.policy(app, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.check(flow_id)
    secret = browser.act(flow_id, "device.select", device={"type": "TOTP"}).json["_embedded"]["device"]["secret"]
    from gatepost.identity import flow_states

    state = served.store.read(lambda c: flow_states.get(c, served.environment_id, flow_id, served.now))
    assert state is not None
    kept = json.dumps(state.document) + state.session_hash
    assert secret not in kept
    assert PASSWORD not in kept
    assert str(browser.cookie) not in kept
