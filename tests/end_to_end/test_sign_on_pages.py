"""People sign on at the hosted pages, in a real browser."""

import html
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from urllib3 import PoolManager
from uvicorn import Config, Server

from gatepost.identity.applications import Application
from gatepost.identity.store.store import Store
from tests.end_to_end.conftest import Serve
from tests.end_to_end.real_parts.loopback_http import Answer
from tests.provider.pages.conftest import Paged
from tests.provider.signon.conftest import OTHER_PASSWORD, PASSWORD, Authenticator

ARRIVED = b"<!doctype html><title>Back at the application</title><p>Back at the application"


class Provider(Paged):
    """A provider that listens on this machine, and whose clock can be turned."""

    def __init__(self, store: Store, port: int, application_url: str) -> None:
        super().__init__(store, public_url=f"http://localhost:{port}")
        self.time = time.time()
        self.application_url = application_url

    def orders(self, **members: Any) -> Application:
        """The application that people sign on to."""
        uris = {
            "redirectUris": [f"{self.application_url}/callback"],
            "postLogoutRedirectUris": [f"{self.application_url}/signed-off"],
        }
        return self.application(**{"name": "Orders", **uris, **members})

    def start(self, application: Application, **parameters: str) -> str:
        """The address at which signing on to the application begins."""
        whole = {
            "client_id": application.id,
            "response_type": "code",
            "redirect_uri": f"{self.application_url}/callback",
            "scope": "openid",
            **parameters,
        }
        return f"{self.issuer}/authorize?{urlencode(whole)}"

    def awaited_code(self) -> str:
        """The code in the mail that is on its way."""
        deadline = time.monotonic() + 5
        while not self.outbox.sent:
            assert time.monotonic() < deadline, "no mail came"
            Event().wait(0.01)
        return self.outbox.code


@contextmanager
def _listening(folder: Path, application_url: str) -> Iterator[Provider]:
    with socket(AF_INET, SOCK_STREAM) as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        store = Store.open(f"sqlite:///{folder / 'gatepost.db'}")
        stack.callback(store.close)
        provider = Provider(store, listener.getsockname()[1], application_url)
        stack.callback(provider.configurations.close)
        server = Server(Config(provider.web, lifespan="off", log_config=None, ws="none"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def provider(tmp_path: Path, serve: Serve) -> Iterator[Provider]:
    """A provider with one environment and the user ann."""
    url = serve(lambda _: Answer(200, ARRIVED, {"Content-Type": "text/html"}))
    with _listening(tmp_path, url) as made:
        yield made


def arrived(page: Page) -> None:
    """The application has got a code."""
    expect(page).to_have_title("Back at the application")
    assert "code=" in page.url


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_on(page: Page, username: str = "ann", password: str = PASSWORD) -> None:
    fill(page, "Username", username)
    fill(page, "Password", password)
    press(page, "Sign on")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.fixture
def passkeys(page: Page) -> None:
    """The browser has passkeys: an authenticator that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def clean(page: Page) -> Iterator[list[str]]:
    """What the browser complained about: a policy that was broken, a script that failed."""
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if each.type in {"error", "warning"} else None)
    page.on("pageerror", lambda each: said.append(str(each)))
    yield said
    assert said == []


@pytest.mark.usefixtures("clean")
def test_with_the_keyboard_alone(page: Page, provider: Provider) -> None:
    page.goto(provider.start(provider.orders()))
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Forgot your password?")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign on")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    arrived(page)


def test_without_javascript(browser: Browser, provider: Provider) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(provider.start(provider.orders(), prompt="consent"))
        sign_on(page)
        press(page, "Allow")
        arrived(page)


@pytest.mark.usefixtures("clean")
def test_wrong_passwords_are_told_and_lock_the_account(page: Page, provider: Provider) -> None:
    app = provider.orders()
    page.goto(provider.start(app))
    sign_on(page, password="wrong")
    expect(page).to_have_title(re.compile("^Error: Sign on"))
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is wrong.")
    password = page.get_by_label("Password")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description("The username or the password is wrong.")
    expect(page.get_by_label("Username")).to_have_value("ann")
    page.get_by_role("link", name="The username or the password is wrong.").click()
    expect(password).to_be_focused()
    for _ in range(4):
        sign_on(page, password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes.")
    sign_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes.")
    provider.time += 901
    page.goto(provider.start(app))
    sign_on(page)
    arrived(page)


@pytest.mark.usefixtures("clean")
def test_reloading_a_page_sends_nothing_again(page: Page, provider: Provider) -> None:
    page.goto(provider.start(provider.orders()))
    sign_on(page, password="wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.method))
    page.reload()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert asked == ["GET"]


@pytest.mark.usefixtures("clean")
def test_a_password_that_has_to_be_changed(page: Page, provider: Provider) -> None:
    app = provider.orders()
    provider.user("new", must_change=True)
    page.goto(provider.start(app))
    sign_on(page, "new")
    heading(page, "Change your password")
    for chosen, problem in (("short", "The password is too short or too long."), (OTHER_PASSWORD, "")):
        fill(page, "Current password", PASSWORD)
        fill(page, "New password", chosen)
        fill(page, "New password, once more", chosen)
        press(page, "Change the password")
        if problem:
            expect(page.get_by_role("alert")).to_contain_text(problem)
    arrived(page)
    page.context.clear_cookies()
    page.goto(provider.start(app))
    sign_on(page, "new", OTHER_PASSWORD)
    arrived(page)


@pytest.mark.usefixtures("clean")
def test_a_forgotten_password(page: Page, provider: Provider) -> None:
    page.goto(provider.start(provider.orders(), login_hint="ann"))
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_label("Username")).to_have_value("ann")
    press(page, "Send the code")
    heading(page, "Set a new password")
    fill(page, "Code from the e-mail", provider.awaited_code())
    fill(page, "New password", OTHER_PASSWORD)
    fill(page, "New password, once more", OTHER_PASSWORD)
    press(page, "Set the password")
    arrived(page)


@pytest.mark.usefixtures("clean")
def test_registration(page: Page, provider: Provider) -> None:
    app = provider.orders()
    provider.policy(app, provider.registration())
    page.goto(provider.start(app))
    page.get_by_role("link", name="No account yet? Register").click()
    fill(page, "Username", "eve")
    fill(page, "E-mail address", "eve@example.com")
    fill(page, "Password", PASSWORD)
    fill(page, "Password, once more", PASSWORD)
    press(page, "Register")
    heading(page, "Check your e-mail")
    fill(page, "Code from the e-mail", provider.awaited_code())
    press(page, "Go on")
    arrived(page)


@pytest.mark.usefixtures("clean")
def test_an_authenticator_is_set_up_and_used(page: Page, provider: Provider) -> None:
    app = provider.orders()
    provider.policy(app, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    page.goto(provider.start(app))
    sign_on(page)
    heading(page, "Protect your account")
    page.get_by_role("button", name="Authenticator app").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    authenticator = Authenticator("", page.locator("code").inner_text().replace(" ", ""))
    fill(page, "Code", authenticator.code(provider.time))
    press(page, "Set it up")
    arrived(page)
    page.context.clear_cookies()
    provider.time += 60
    page.goto(provider.start(app))
    sign_on(page)
    heading(page, "Enter your code")
    fill(page, "Code", "000000")
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    fill(page, "Code", authenticator.code(provider.time))
    press(page, "Continue")
    arrived(page)


@pytest.mark.usefixtures("clean", "passkeys")
def test_a_passkey_is_made_and_used(page: Page, provider: Provider) -> None:
    app = provider.orders()
    provider.policy(app, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    page.goto(provider.start(app))
    sign_on(page)
    page.get_by_role("button", name="Passkey").click()
    fill(page, "What to call it (optional)", "Laptop")
    press(page, "Make the passkey")
    arrived(page)
    page.context.clear_cookies()
    page.goto(provider.start(app))
    sign_on(page)
    heading(page, "Use your passkey")
    press(page, "Use the passkey")
    arrived(page)


def test_a_passkey_that_is_not_there_is_told(page: Page, provider: Provider) -> None:
    app = provider.orders()
    provider.policy(app, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    page.goto(provider.start(app))
    sign_on(page)
    page.get_by_role("button", name="Passkey").click()
    page.evaluate("delete window.PublicKeyCredential")
    press(page, "Make the passkey")
    expect(page.get_by_role("status")).to_contain_text("This browser has no passkeys.")
    page.get_by_role("link", name="Try another way").click()
    page.get_by_role("button", name="Authenticator app").click()
    heading(page, "Set up your authenticator app")


@pytest.mark.usefixtures("clean")
def test_consent_is_given_or_not(page: Page, provider: Provider) -> None:
    app = provider.orders()
    page.goto(provider.start(app, prompt="consent"))
    sign_on(page)
    heading(page, "Allow access?")
    press(page, "Do not allow")
    expect(page).to_have_title("Back at the application")
    assert "error=access_denied" in page.url
    page.goto(provider.start(app, prompt="consent"))
    sign_on(page)
    press(page, "Allow")
    arrived(page)


@pytest.mark.usefixtures("clean")
def test_somebody_else_signs_on(page: Page, provider: Provider) -> None:
    provider.user("bob")
    page.goto(provider.start(provider.orders(), prompt="consent"))
    sign_on(page)
    expect(page.get_by_text("Signed on as ann")).to_be_visible()
    press(page, "Not you?")
    sign_on(page, "bob")
    expect(page.get_by_text("Signed on as bob")).to_be_visible()


@pytest.mark.usefixtures("clean")
def test_single_sign_on_and_signing_off(page: Page, provider: Provider) -> None:
    app = provider.orders()
    page.goto(provider.start(app))
    sign_on(page)
    arrived(page)
    page.goto(provider.start(provider.orders(name="Invoices")))
    arrived(page)
    page.goto(f"{provider.issuer}/signoff")
    heading(page, "Sign off?")
    press(page, "Sign off")
    heading(page, "You are signed off")
    page.goto(provider.start(app))
    heading(page, "Sign on")


@pytest.mark.usefixtures("clean")
def test_a_device_is_let_in(page: Page, provider: Provider, http: PoolManager) -> None:
    tv = provider.orders(name="TV", type="NATIVE_APP", grantTypes=["DEVICE_CODE"], tokenEndpointAuthMethod="NONE")
    asked = _posted(http, f"{provider.issuer}/device_authorization", client_id=tv.id, scope="openid")
    page.goto(asked["verification_uri"])
    fill(page, "Code on the device", "BCDF-GHJK")
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong, or has expired.")
    fill(page, "Code on the device", asked["user_code"])
    press(page, "Continue")
    sign_on(page)
    heading(page, "Connect this device?")
    expect(page.get_by_text(asked["user_code"])).to_be_visible()
    press(page, "Connect")
    heading(page, "Your device is connected")
    fields = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": asked["device_code"]}
    assert "access_token" in _posted(http, f"{provider.issuer}/token", client_id=tv.id, **fields)


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_nothing_is_cut_off_however_narrow_the_window(browser: Browser, provider: Provider, width: int) -> None:
    """320 pixels are what a window of 1280 has at 400 % (WCAG 2.2 §1.4.10), and of 640 at 200 %."""
    long = provider.orders(name="An application whose name has Donaudampfschifffahrtsgesellschaftskapitaen in it")
    provider.policy(long, provider.registration())
    with browser.new_context(viewport={"width": width, "height": 600}) as context:
        page = context.new_page()
        page.goto(provider.start(long))
        _check_fits(page)
        page.get_by_role("link", name="Forgot your password?").click()
        _check_fits(page)
        page.go_back()
        page.get_by_role("link", name="No account yet? Register").click()
        _check_fits(page)


def test_a_page_cannot_be_framed(page: Page, provider: Provider, serve: Serve) -> None:
    start = provider.start(provider.orders())
    body = f'<!doctype html><title>Trap</title><iframe src="{html.escape(start)}"></iframe>'.encode()
    page.goto(serve(lambda _: Answer(200, body, {"Content-Type": "text/html"})))
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.get_by_label("Username").count() == 0


def _posted(http: PoolManager, url: str, **fields: str) -> dict[str, Any]:
    answer: dict[str, Any] = http.request("POST", url, fields=fields, encode_multipart=False).json()
    return answer


def _check_fits(page: Page) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.title()}: {over} pixels too wide"
