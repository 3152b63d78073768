"""The access log: its formats, and that no request can forge a line."""

import csv
import json
import xml.etree.ElementTree as ET
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.answers.access_log import access_line
from gatepost.apigateway.exchange import Exchange, Failure, Response
from tests.apigateway.answers.exchanges import HTTP_ID, api, exchange, request

JSON = (
    '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "agent":"$context.identity.userAgent",\n'
    '  "status":"$context.status", "error": $context.error.messageString, "length":$context.responseLength }\n'
)
CLF = (
    "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]"
    '"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength'
    ' $context.requestId "$context.identity.userAgent"'
)
XML = '<request id="$context.requestId"> <ua>$context.identity.userAgent</ua> <s>$context.status</s> </request>'
CSV = "$context.identity.sourceIp,$context.identity.userAgent,$context.status,$context.requestId"
RESPONSE = Response(401, (), b"x" * 26)

# Everything that could pass for the end of a line, a field or a text.
AGENTS = st.text(st.sampled_from('a"\\,<>&$ \r\n\t\x1b\x0b\x85\u2028\u2029\ud800é{}[]-\x00'), max_size=40) | st.text()


def _exchange(agent: str = "curl/8") -> Exchange:
    return exchange(api(), request(headers={"user-agent": agent}), failure=Failure("UNAUTHORIZED"))


@pytest.mark.parametrize(
    ("format", "line"),
    [
        (
            JSON,
            (
                f'{{ "requestId":"{HTTP_ID}", "ip": "203.0.113.9", "agent":"curl/8", '
                '"status":"401", "error": "Unauthorized", "length":26 }'
            ),
        ),
        (
            CLF,
            f'203.0.113.9 - - [12/Mar/2020:19:03:58 +0000]"GET /pets/{{id}} HTTP/1.1" 401 26 {HTTP_ID} "curl/8"',
        ),
        (XML, f'<request id="{HTTP_ID}"> <ua>curl/8</ua> <s>401</s> </request>'),
        (CSV, f"203.0.113.9,curl/8,401,{HTTP_ID}"),
        ("$context.unknown ${context.status} $$context.status. $context", "- 401 $401. $context"),
        ("", ""),
    ],
    ids=["JSON", "CLF", "XML", "CSV", "others", "empty"],
)
def test_a_line_has_the_format_of_the_stage(format: str, line: str) -> None:
    assert access_line(format, _exchange(), RESPONSE) == line


@given(AGENTS)
def test_a_json_line_holds_the_text_that_was_sent(agent: str) -> None:
    line = access_line(JSON, _exchange(agent), RESPONSE)

    assert len(line.splitlines()) == 1
    assert json.loads(line)["agent"] == (agent or "-")


@given(AGENTS)
def test_a_csv_line_keeps_its_fields(agent: str) -> None:
    line = access_line(CSV, _exchange(agent), RESPONSE)
    fields = next(csv.reader(StringIO(line)))

    assert len(line.splitlines()) == 1
    assert [fields[0], *fields[2:]] == ["203.0.113.9", "401", HTTP_ID]


@given(AGENTS)
def test_an_xml_line_keeps_its_elements(agent: str) -> None:
    line = access_line(XML, _exchange(agent), RESPONSE)

    assert len(line.splitlines()) == 1
    assert [element.tag for element in ET.fromstring(line)] == ["ua", "s"]  # noqa: S314  written two lines above


@given(AGENTS)
def test_a_common_log_line_ends_its_text_once(agent: str) -> None:
    line = access_line(CLF, _exchange(agent), RESPONSE)
    beginning = access_line(CLF, _exchange(""), RESPONSE).removesuffix('-"')
    text = line.removeprefix(beginning).removesuffix('"')

    assert line.startswith(beginning)
    assert len(line.splitlines()) == 1
    assert '"' not in text.replace("\\\\", "").replace('\\"', "")


@given(format=st.text(max_size=60) | st.sampled_from([JSON, CLF, XML, CSV]), agent=AGENTS)
def test_every_format_gives_one_line(format: str, agent: str) -> None:
    assert len(access_line(format, _exchange(agent), RESPONSE).splitlines()) <= 1
