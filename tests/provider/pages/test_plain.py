"""Pages that belong to no flow."""

from gatepost.provider.pages import plain
from gatepost.provider.pages.plain import Onward
from tests.provider.pages.conftest import Page
from tests.provider.signon.conftest import Answer


def test_an_error_speaks_to_people_and_to_who_wrote_the_application() -> None:
    page = Page(Answer(plain.error("Wrong", "It does not work.", "invalid_request", 400)))
    assert page.answer.status == 400
    assert (page.heading, page.one("code").text) == ("Wrong", "invalid_request")
    assert "It does not work." in page.text
    assert page.policy["form-action"] == "'none'"


def test_an_error_may_lead_on() -> None:
    page = Page(Answer(plain.error("Wrong", "Text", "", brand="Shop", onward=Onward("?a=b&c=d", "Again"))))
    assert page.links == {"Again": "?a=b&c=d"}
    assert page.title == "Wrong – Shop"
    assert page.all("code") == []


def test_a_question_is_answered_by_a_form_that_leads_where_it_may() -> None:
    answer = plain.question("Sign off?", "Text", "Yes", "/as/signoff", {"state": "s"}, "https://app.example.com")
    page = Page(Answer(answer))
    assert page.policy["form-action"] == "'self' https://app.example.com"
    form = page.one("form")
    assert (form.get("method"), form.get("action"), page.one("button").text) == ("post", "/as/signoff", "Yes")
    field = page.one("input")
    assert (field.get("name"), field.get("value")) == ("state", "s")


def test_a_question_leads_nowhere_else() -> None:
    page = Page(Answer(plain.question("Sign off?", "Text", "Yes", "/as/signoff", {}, None)))
    assert page.policy["form-action"] == "'self'"
