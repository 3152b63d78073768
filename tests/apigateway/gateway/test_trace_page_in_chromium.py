"""The trace page as a browser shows it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.apigateway.gateway.served import served
from tests.end_to_end.real_parts.chromium import chromium

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def handler(event, context): return {'statusCode': 200, 'body': 'hello'}"
      Handler: index.handler
      Runtime: PYTHON
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: GET}}
""".replace("PYTHON", f"python3.{sys.version_info.minor}")


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_context() as context:
        yield context.new_page()


def test_it_shows_requests_as_they_come_and_what_they_brought_as_mere_text(page: Page, tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    with served(template) as at:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"http://127.0.0.1:{at.ports['ServerlessHttpApi']}/_gatepost/trace")
        expect(page.get_by_role("status")).to_have_text("waiting for requests")
        at.ask("ServerlessHttpApi", "GET", "/hello")
        at.ask("ServerlessHttpApi", "GET", "/<img/src=x/onerror=alert(1)>?token=secret")
        refused = page.locator("details").first
        expect(refused.locator(".status")).to_have_text("404")
        expect(refused.locator(".path")).to_contain_text("onerror=alert(1)")
        expect(page.locator("details")).to_have_count(2)
        refused.locator("summary").click()
        expect(refused.locator("li").first).to_be_visible()
        assert page.locator("img").count() == 0
        assert "secret" not in page.content()
        assert errors == []
        page.screenshot(path=tmp_path / "trace.png")
