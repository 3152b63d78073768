"""The Chromium that the tests start is a real one."""

from playwright.sync_api import Page

from tests.end_to_end.conftest import Serve
from tests.end_to_end.real_parts.loopback_http import Answer

HTML = b"<title>Sign on</title><button onclick=\"document.title = 'Signed on'\">Go</button>"


def test_it_shows_a_page_and_runs_its_script(page: Page, serve: Serve) -> None:
    base_url = serve(lambda asked: Answer(200 if asked.target == "/" else 404, HTML, {"Content-Type": "text/html"}))
    page.goto(base_url)
    assert page.title() == "Sign on"
    page.get_by_role("button").click()
    assert page.title() == "Signed on"
