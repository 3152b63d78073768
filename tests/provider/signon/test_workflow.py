"""Steps 10 to 13 of the workflow: authorize, read the flow, check the password, resume (pingone.md)."""

from gatepost.identity.applications import Application
from tests.provider.signon.conftest import CALLBACK, PUBLIC_URL, Browser, Served, said


def test_a_browser_is_sent_to_the_hosted_page_with_a_cookie(served: Served, app: Application) -> None:
    answer = served.browser().authorize(app)
    assert answer.status == 302
    assert answer.location.startswith(f"{PUBLIC_URL}/{served.environment_id}/signon/?flowId=")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_whole_workflow_ends_with_tokens_of_the_user(on_both: Served) -> None:
    app, browser = on_both.application(), on_both.browser()
    flow_id = browser.begin(app, nonce="n-1")
    shown = browser.flow(flow_id).json
    assert shown["status"] == "USERNAME_PASSWORD_REQUIRED"
    done = browser.check(flow_id)
    assert done.status == 200
    assert done.json["status"] == "COMPLETED"
    back = browser.resume(flow_id)
    assert back.status == 302
    assert back.location.startswith(f"{CALLBACK}?code=")
    assert back.parameters["state"] == "s-1"
    tokens = on_both.redeem(app, back.parameters["code"])
    claims = said(tokens["id_token"])
    assert claims["sub"] == on_both.ann
    assert claims["sid"] == done.json["session"]["id"]
    assert claims["amr"] == ["pwd"]
    assert claims["acr"] == "Single_Factor"
    assert claims["auth_time"] == int(on_both.time)
    assert claims["nonce"] == "n-1"


def test_the_flow_is_written_as_pingone_writes_it(served: Served, app: Application) -> None:
    browser = served.browser()
    answer = browser.authorize(app, response_mode="pi.flow")
    assert answer.status == 200
    flow = answer.json
    here = {"href": f"{PUBLIC_URL}/{served.environment_id}/flows/{flow['id']}"}
    assert flow == {
        "_links": {
            "usernamePassword.check": here,
            "password.forgot": here,
            "self": here,
            "signOnPage": {"href": f"{PUBLIC_URL}/{served.environment_id}/signon/?flowId={flow['id']}"},
        },
        "id": flow["id"],
        "environment": {"id": served.environment_id},
        "resumeUrl": f"{served.issuer}/resume?flowId={flow['id']}",
        "status": "USERNAME_PASSWORD_REQUIRED",
        "createdAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": "2027-01-15T08:15:00.000Z",
        "_embedded": {"application": {"name": app.name}},
    }
    assert browser.flow(flow["id"]).json == flow


def test_a_completed_flow_is_written_as_pingone_writes_it(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    flow = browser.check(flow_id).json
    assert flow["session"]["id"]
    assert flow["_embedded"] == {
        "user": {"id": served.ann, "username": "ann", "name": {"given": "Ann", "family": "Lee"}},
        "application": {"name": app.name},
    }
    assert set(flow["_links"]) == {"self", "signOnPage"}


def test_pi_flow_gives_the_code_in_the_flow(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.authorize(app, response_mode="pi.flow", redirect_uri=None).flow_id
    browser.check(flow_id)
    answer = browser.resume(flow_id)
    assert answer.status == 200
    assert set(answer.json["authorizeResponse"]) == {"code", "state", "iss"}
    assert answer.json["status"] == "COMPLETED"


def test_an_application_with_a_page_of_its_own_gets_the_flow_there(served: Served) -> None:
    app = served.application(loginPageUrl="https://login.example.com/start?a=b")
    location = served.browser().authorize(app).location
    assert location.startswith(f"https://login.example.com/start?a=b&environmentId={served.environment_id}&flowId=")


def test_a_request_may_be_posted(served: Served, app: Application) -> None:
    assert served.browser().authorize(app, method="POST").status == 302


def test_a_flow_that_has_not_ended_goes_on_at_its_page(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    answer = browser.resume(flow_id)
    assert answer.status == 302
    assert answer.flow_id == flow_id


def test_a_flow_is_resumed_once(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.check(flow_id)
    assert browser.resume(flow_id).status == 302
    assert browser.resume(flow_id).status == 404
    page = browser.resume(flow_id, accept="text/html")
    assert page.status == 404
    assert "text/html" in page.headers["content-type"]


def test_the_address_and_the_time_of_a_sign_on_are_noted(served: Served, app: Application) -> None:
    Browser(served, "198.51.100.7").sign_on(app)
    assert ("USER.SIGN_ON", "SUCCESS") in served.audited()
