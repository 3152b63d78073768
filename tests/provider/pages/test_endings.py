"""How a flow ends, and what happens to what comes after."""

import pytest

from gatepost.identity import applications, users
from gatepost.identity.applications import Application
from tests.provider.pages.conftest import Page, Paged, Visitor
from tests.provider.signon.conftest import OTHER_PASSWORD, PASSWORD

CHECK = "usernamePassword.check"


def test_a_form_of_a_flow_that_took_too_long_says_that_it_has_ended(
    paged: Paged, visitor: Visitor, app: Application
) -> None:
    page = visitor.arrive(app)
    paged.time += 901
    answer = visitor.post_form(page, CHECK, {"username": "ann", "password": PASSWORD})
    assert answer.status == 404
    assert Page(answer).heading == "This sign-on has ended"


def test_another_person_than_the_application_asked_for_reads_so(paged: Paged, visitor: Visitor) -> None:
    paged.user("bob")
    app = paged.application(name="Orders")
    token = paged.redeem(app, paged.browser().sign_on(app)["code"])["id_token"]
    page = visitor.sign_on_at(visitor.arrive(app, id_token_hint=token), "bob")
    assert page.heading == "You cannot sign on"
    assert "Orders asked for another person than bob." in page.text


def test_a_policy_that_does_not_begin_with_who_signs_on_fails_in_words(paged: Paged, visitor: Visitor) -> None:
    app = paged.application(name="Orders")
    paged.policy(app, {"type": "AGREEMENT", "agreement": {"id": "terms"}})
    page = visitor.arrive(app)
    assert page.heading == "You cannot sign on"
    assert "The sign-on was not completed." in page.text


def test_who_is_removed_meanwhile_gets_a_page_still(paged: Paged, visitor: Visitor, app: Application) -> None:
    user_id = paged.user("new", must_change=True)
    page = visitor.sign_on_at(visitor.arrive(app), "new")
    paged.write(lambda c: users.remove(c, paged.environment_id, user_id))
    fields = {"currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    answer = visitor.post_form(page, "password.reset", fields)
    assert answer.status == 303
    shown = visitor.open(visitor.at)
    assert shown.heading == "Change your password"


def test_an_application_that_is_removed_meanwhile_gets_a_page_still(
    paged: Paged, visitor: Visitor, app: Application
) -> None:
    page = visitor.arrive(app)
    paged.write(lambda c: applications.remove(c, paged.environment_id, app.id))
    answer = visitor.post_form(page, CHECK, {"username": "ann", "password": PASSWORD})
    assert answer.status == 303
    problem = "That did not work. Check what you entered, and try again."
    assert visitor.open(answer.location).problems == [problem]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_pages_take_no_other_methods(visitor: Visitor, app: Application, method: str) -> None:
    visitor.arrive(app)
    answer = visitor._send(method, f"/{visitor.served.environment_id}/signon/", "", b"", {})
    assert answer.status == 405


def test_a_second_tab_goes_on_after_the_first_has_signed_on(paged: Paged, visitor: Visitor, app: Application) -> None:
    first, place = visitor.arrive(app), visitor.at
    second, second_place = visitor.arrive(app), visitor.at
    visitor.at = place
    assert visitor.sign_on_at(first).heading == "You are signed on"
    visitor.at = second_place
    refused = Page(visitor.post_form(second, CHECK, {"username": "ann", "password": PASSWORD}))
    anew = visitor.open(refused.links["Open the page anew"])
    assert visitor.sign_on_at(anew).heading == "You are signed on"
