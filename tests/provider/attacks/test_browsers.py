"""What other sites can make a browser do: forged requests, frames, planted cookies (RFC 9700 §4.7, §4.16)."""

import json
from urllib.parse import urlencode

import pytest

from tests.provider.world import CALLBACK, FORM, Browser, Client, Form, Reply, User, World, forms


def begun(browser: Browser, client: Client, **parameters: str) -> str:
    return browser.authorize(client, **parameters).parameters["flowId"]


def page_of(browser: Browser, client: Client) -> tuple[Reply, Form]:
    shown = browser.follow(browser.authorize(client))
    return shown, next(each for each in forms(shown) if "password" in each.names)


def is_signed_on(browser: Browser, client: Client) -> bool:
    return "code" in browser.authorize(client, prompt="none").parameters


# ── Cross-site request forgery ──


@pytest.mark.parametrize("media_type", ["text/plain", FORM, "multipart/form-data; boundary=x", "", "application/json"])
def test_a_form_of_another_site_does_nothing_in_a_flow(
    provider: World, client: Client, browser: Browser, user: User, media_type: str
) -> None:
    # These are the media types that a form, or a script without a question beforehand, can send.
    flow_id = begun(browser, client)
    url = f"{provider.url}/{provider.environment_id}/flows/{flow_id}"
    body = json.dumps({"username": user.username, "password": user.password}).encode()
    headers = {"content-type": media_type, "cookie": f"ST={next(iter(browser.cookies.values()))}"}
    reply = provider.send("POST", url, headers, body, "192.0.2.1")
    assert reply.status in {400, 401, 415}
    assert not is_signed_on(browser, client)


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "https://id.example.com.attacker.example"])
def test_scripts_of_other_sites_may_not_talk_with_cookies(
    provider: World, client: Client, browser: Browser, origin: str
) -> None:
    flow = f"{provider.url}/{provider.environment_id}/flows/{begun(browser, client)}"
    for url in (flow, f"{provider.issuer}/authorize?client_id={client.id}", f"{provider.issuer}/resume"):
        asked = {"origin": origin, "access-control-request-method": "POST"}
        preflight = provider.send("OPTIONS", url, asked, b"", "192.0.2.1")
        assert "access-control-allow-origin" not in preflight.headers
        assert "access-control-allow-origin" not in browser.get(url, origin=origin).headers


FORGED: dict[str, dict[str, str]] = {
    "no token": {"token": ""},
    "another token": {"token": "0" * 64},
    "no ascii": {"token": "ü"},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED.keys())
def test_the_page_takes_no_form_without_its_token(
    client: Client, browser: Browser, user: User, change: dict[str, str]
) -> None:
    shown, form = page_of(browser, client)
    sent = {**form.fields, "username": user.username, "password": user.password, **change}
    assert browser.submit(shown, form, sent).status == 403
    assert not is_signed_on(browser, client)


def test_the_token_of_the_attackers_own_page_is_of_no_use(
    client: Client, browser: Browser, attacker: Browser, user: User
) -> None:
    shown, form = page_of(browser, client)
    _, theirs = page_of(attacker, client)
    sent = {**form.fields, "token": theirs.fields["token"], "username": user.username, "password": user.password}
    assert browser.submit(shown, form, sent).status == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://attacker.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}],
)
def test_the_page_takes_no_form_from_elsewhere(
    client: Client, browser: Browser, user: User, headers: dict[str, str]
) -> None:
    shown, form = page_of(browser, client)
    sent = {**form.fields, "username": user.username, "password": user.password}
    assert browser.post(shown.url, sent, **headers).status == 403


def test_another_site_cannot_sign_somebody_off(provider: World, client: Client, browser: Browser, user: User) -> None:
    browser.sign_on(client, user)
    for fields in ({}, {"client_id": client.id}, {"confirm": "yes"}, {"confirm": "0" * 64}):
        assert browser.get(f"{provider.issuer}/signoff?{urlencode(fields)}").status == 200
        assert browser.post(f"{provider.issuer}/signoff", fields).status == 200
        assert is_signed_on(browser, client)


def test_another_browser_cannot_go_on_with_a_flow(
    provider: World, client: Client, browser: Browser, attacker: Browser, user: User
) -> None:
    flow_id = begun(browser, client)
    begun(attacker, client)
    for stranger in (attacker, provider.browser()):
        assert stranger.act(flow_id, "usernamePassword.check", username=user.username, password="x").status == 404
        assert stranger.get(f"{provider.url}/{provider.environment_id}/flows/{flow_id}").status == 404
    checked = browser.act(flow_id, "usernamePassword.check", username=user.username, password=user.password)
    resume = checked.json["resumeUrl"]
    for stranger in (attacker, provider.browser()):
        reply = stranger.get(resume)
        assert reply.status in {400, 404}
        assert "code" not in reply.headers.get("location", "")
    assert "code" in browser.get(resume).parameters
    assert browser.get(resume).status == 404  # once


# ── Session fixation ──


def test_a_planted_cookie_does_not_become_a_session(
    provider: World, client: Client, browser: Browser, attacker: Browser, user: User
) -> None:
    flow_id = begun(attacker, client)
    browser.cookies = dict(attacker.cookies)  # planted, and the link to the flow with it
    shown = browser.get(f"{provider.url}/{provider.environment_id}/signon/?flowId={flow_id}")
    assert "code" in browser.enter(shown, user).parameters
    assert browser.cookies != attacker.cookies
    assert not is_signed_on(attacker, client)
    assert attacker.get(f"{provider.issuer}/resume?flowId={flow_id}").status in {400, 404}
    assert is_signed_on(browser, client)


@pytest.mark.parametrize("planted", ["x", "../../etc", "a" * 5000, "00000000-0000-4000-8000-000000000000"])
def test_a_cookie_that_was_not_made_here(client: Client, browser: Browser, user: User, planted: str) -> None:
    place = (f"/{client.world.environment_id}", "ST")
    browser.cookies[place] = planted
    assert "code" in browser.sign_on(client, user)
    assert browser.cookies[place] != planted


def test_each_sign_on_makes_another_cookie(client: Client, browser: Browser, user: User) -> None:
    seen = set()
    for _ in range(3):
        browser.sign_on(client, user, prompt="login")
        [value] = browser.cookies.values()
        seen.add(value)
    assert len(seen) == 3


def test_cookies_are_for_the_browser_and_tls_alone(client: Client, browser: Browser) -> None:
    reply = browser.authorize(client)
    for name, value in reply.fields:
        if name == "set-cookie":
            said = value.lower()
            assert "; secure" in said
            assert "; httponly" in said
            assert f"path=/{client.world.environment_id}" in said


# ── Frames and what else a page may do ──


def test_no_page_can_be_framed(provider: World, client: Client, browser: Browser, user: User) -> None:
    shown, form = page_of(browser, client)
    environment = f"{provider.url}/{provider.environment_id}"
    pages = [
        shown,
        browser.submit(shown, form, {**form.fields, "token": "x"}),
        browser.follow(browser.submit(shown, form, {**form.fields, "username": "x", "password": "x"})),
        browser.get(f"{shown.url}&page=forgot"),
        browser.get(f"{environment}/signon/"),
        browser.get(f"{environment}/signon/?flowId=00000000-0000-4000-8000-000000000000"),
        browser.authorize(client, redirect_uri="https://attacker.example"),
        browser.authorize("nobody"),
        browser.get(f"{provider.issuer}/signoff?client_id=nobody"),
        browser.get(f"{provider.issuer}/resume?flowId=x", accept="text/html"),
        browser.follow(browser.get(f"{environment}/device")),
        browser.get(f"{provider.url}/nowhere"),
        browser.get(f"{environment}/signon/a/b"),
    ]
    browser.sign_on(client, user)
    pages.append(browser.get(f"{provider.issuer}/signoff"))
    pages.append(browser.authorize(client, response_mode="form_post"))
    pages.append(browser.authorize(client, prompt="consent"))
    pages[-1] = browser.follow(pages[-1])
    for page in pages:
        assert page.headers["content-type"] == "text/html; charset=utf-8", page.url
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"


SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_nothing_that_is_sent_becomes_markup(provider: World, client: Client, browser: Browser) -> None:
    odd = provider.client(name=f"Shop {SCRIPT}")
    shown, form = page_of(browser, client)
    sent = {**form.fields, "username": SCRIPT, "password": "x"}
    pages = [
        browser.follow(browser.authorize(odd, login_hint=SCRIPT, state=SCRIPT, ui_locales=SCRIPT)),
        browser.follow(browser.submit(shown, form, sent)),
        browser.authorize(client, redirect_uri=f"{CALLBACK}{SCRIPT}"),
        browser.get(f"{shown.url}&page={urlencode({'': SCRIPT})[1:]}"),
        browser.get(f"{provider.issuer}/signoff?{urlencode({'client_id': odd.id, 'state': SCRIPT})}"),
        browser.get(f"{provider.url}/{provider.environment_id}/device?{urlencode({'user_code': SCRIPT})}"),
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
