"""A template that changes while it is served, and one that cannot be served at all."""

import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gatepost.apigateway.gateway.running import Reports, Running
from gatepost.apigateway.gateway.site import Output, Settings, Site, served_apis
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.gateway.watching import Watched
from gatepost.apigateway.model.api import Api, Application, Stage
from gatepost.apigateway.model.place import TemplateError
from gatepost.errors import ConfigurationError
from tests.apigateway.gateway.served import served

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: |
        def handler(event, context):
            return {"statusCode": 200, "body": "hello"}
      Handler: index.handler
      Runtime: PYTHON
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: GET}}
MORE
""".replace("PYTHON", f"python3.{sys.version_info.minor}")
SECOND = "        Rest: {Type: Api, Properties: {Path: /rest, Method: GET}}"
HTTP, REST = "ServerlessHttpApi", "ServerlessRestApi"


def write(folder: Path, text: str) -> Path:
    template = folder / "template.yaml"
    template.write_text(text)
    return template


def test_a_changed_template_is_served_and_a_broken_one_leaves_the_one_before(tmp_path: Path) -> None:
    template = write(tmp_path, TEMPLATE.replace("MORE", ""))
    with served(template) as at:
        first = at.ports[HTTP]
        assert at.ask(HTTP, "GET", "/hello").status == 200
        write(tmp_path, TEMPLATE.replace("/hello", "/bye").replace("MORE", SECOND))
        at.wait(2)
        assert at.ports[HTTP] == first
        assert at.ask(HTTP, "GET", "/hello").status == 404
        assert at.ask(HTTP, "GET", "/bye").data == b"hello"
        assert at.ask(REST, "GET", "/Prod/rest").data == b"hello"
        write(tmp_path, "Resources: [")
        at.wait(3)
        assert isinstance(at.kept[0], TemplateError)
        assert at.ask(HTTP, "GET", "/bye").data == b"hello"
        gone = at.ports[REST]
        write(tmp_path, TEMPLATE.replace("MORE", ""))
        at.wait(4)
        assert at.ask(HTTP, "GET", "/hello").data == b"hello"
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", gone), timeout=5):
            pass


def test_functions_that_are_the_same_stay_warm_when_the_template_changes(tmp_path: Path) -> None:
    text = TEMPLATE.replace("MORE", "").replace(
        """            return {"statusCode": 200, "body": "hello"}
""",
        """            import os
            return {"statusCode": 200, "body": str(os.getpid())}
""",
    )
    template = write(tmp_path, text)
    with served(template) as at:
        pid = at.ask(HTTP, "GET", "/hello").data
        write(tmp_path, "# a line more\n" + text.replace("/hello", "/bye"))
        at.wait(2)
        assert at.ask(HTTP, "GET", "/bye").data == pid
        write(tmp_path, text.replace("Handler: index", "Timeout: 5\n      Handler: index"))
        at.wait(3)
        assert at.ask(HTTP, "GET", "/hello").data != pid


def test_a_template_whose_issuer_cannot_be_asked_is_not_served_unless_that_is_wanted(tmp_path: Path) -> None:
    # A port that is bound and not listened on refuses every connection.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{taken.getsockname()[1]}"
        auth = f"""
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {{issuer: "{issuer}", audience: [a]}}
"""
        text = TEMPLATE.replace("MORE", auth).replace("Path: /hello", "ApiId: !Ref Api, Path: /hello")
        template = write(tmp_path, text)
        with pytest.raises(TemplateError, match="Issuer must have a valid discovery endpoint"):
            _serve_here(template)
        with served(template, {}, Settings(allow_unreachable_issuers=True)) as at:
            refused = at.ask("Api", "GET", "/hello", {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.AA"})
            assert refused.status == 401


def _serve_here(template: Path) -> None:
    import asyncio

    from gatepost.apigateway.template import load

    nothing = Output(lambda _: None, lambda _: None, lambda _, error: None, Trace())
    reports = Reports(lambda site, ports: None, lambda error: None)
    running = Running(lambda: load(template), Settings(), nothing, reports, host="127.0.0.1", port=0)
    asyncio.run(running.run(load(template)))


def test_several_apis_have_ports_that_follow_each_other(tmp_path: Path) -> None:
    import asyncio

    from gatepost.apigateway.template import load

    template = write(tmp_path, TEMPLATE.replace("MORE", SECOND))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        start = probe.getsockname()[1]
    seen: dict[str, int] = {}

    async def run() -> None:
        def serving(_: Site, ports: Mapping[str, int]) -> None:
            seen.update(ports)
            running.end()

        running = Running(
            lambda: load(template),
            Settings(),
            Output(lambda _: None, lambda _: None, lambda _, error: None, Trace()),
            Reports(serving, lambda error: None),
            host="127.0.0.1",
            port=start,
        )
        await running.run(load(template))

    asyncio.run(run())
    assert sorted(seen.values()) == [start, start + 1]


def test_one_api_may_be_served_alone() -> None:
    apis = tuple(Api(name, name, "HTTP", name, Stage(), ()) for name in ("A", "B"))
    application = Application(apis, {})
    assert served_apis(application, None) == apis
    assert served_apis(application, "B") == apis[1:]
    with pytest.raises(ConfigurationError, match="the template has no API C; it has A, B"):
        served_apis(application, "C")
    with pytest.raises(ConfigurationError, match="has no API"):
        served_apis(Application((), {}), None)


def test_a_change_is_seen_once(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    watched = Watched([file, tmp_path / "missing", file])
    assert not watched.changed()
    file.write_text("22")
    assert (watched.changed(), watched.changed()) == (True, False)
    file.unlink()
    assert (watched.changed(), watched.changed()) == (True, False)
