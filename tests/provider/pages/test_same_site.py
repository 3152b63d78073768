"""A form counts only when it was sent from the page that it stands on."""

import pytest

from gatepost.identity.applications import Application
from tests.provider.pages.conftest import Page, Paged, Visitor
from tests.provider.signon.conftest import PASSWORD, PUBLIC_URL

CHECK = "usernamePassword.check"
RIGHT = {"username": "ann", "password": PASSWORD}


def test_without_its_token_nothing_is_done(visitor: Visitor, app: Application) -> None:
    page = visitor.arrive(app)
    _check_refused(visitor, page, {**RIGHT, "token": ""})


def test_with_another_token_nothing_is_done(visitor: Visitor, app: Application) -> None:
    page = visitor.arrive(app)
    _check_refused(visitor, page, {**RIGHT, "token": "0" * 64})


def test_the_token_of_another_flow_is_another_token(visitor: Visitor, app: Application) -> None:
    other = visitor.arrive(app).fields(CHECK)["token"]
    _check_refused(visitor, visitor.arrive(app), {**RIGHT, "token": other})


def test_the_token_of_another_browser_is_another_token(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = visitor.arrive(app)
    stranger = paged.visitor()
    stranger.arrive(app)
    stranger.at = visitor.at
    answer = stranger.post_form(page, CHECK, RIGHT)
    assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "", "origin": "https://attacker.example"},
        {"origin": "https://attacker.example"},
        {"origin": f"{PUBLIC_URL}.attacker.example"},
        {"origin": PUBLIC_URL.replace("https", "http")},
    ],
)
def test_from_another_site_nothing_is_done(visitor: Visitor, app: Application, headers: dict[str, str]) -> None:
    page = visitor.arrive(app)
    answer = visitor.post_form(page, CHECK, RIGHT, **headers)
    assert answer.status == 403
    assert visitor.open(visitor.at).heading == "Sign on"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": PUBLIC_URL},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"sec_fetch_site": "", "origin": ""},
        {"sec_fetch_site": "", "origin": PUBLIC_URL},
    ],
)
def test_from_the_page_it_is_done(visitor: Visitor, app: Application, headers: dict[str, str]) -> None:
    answer = visitor.post_form(visitor.arrive(app), CHECK, RIGHT, **headers)
    assert answer.status == 303
    assert visitor.open(answer.location).heading == "You are signed on"


def test_a_cookie_that_was_planted_before_signing_on_is_worth_nothing_after(
    paged: Paged, visitor: Visitor, app: Application
) -> None:
    page = visitor.arrive(app)
    planted = visitor.jar["ST"]
    visitor.sign_on_at(page)
    assert visitor.jar["ST"] != planted
    attacker = paged.visitor()
    attacker.jar["ST"] = attacker.cookie = planted
    assert attacker.open(visitor.at).heading == "This sign-on has ended"
    assert attacker.silent(app)["error"] == "login_required"


def _check_refused(visitor: Visitor, page: Page, fields: dict[str, str]) -> None:
    answer = visitor.post_form(page, CHECK, fields)
    assert answer.status == 403
    refused = Page(answer)
    assert refused.heading == "That was not sent from this page"
    assert visitor.open(refused.links["Open the page anew"]).heading == "Sign on"
