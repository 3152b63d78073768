"""An answer written in one step is the answer written part by part, octet by octet."""

import pytest

from gatepost.gates.authz.answer import EnvoyWriter, ForwardWriter, NginxWriter, Writer, checked, octets
from gatepost.policy.decision import Allow

WRITERS = (NginxWriter(), ForwardWriter(), EnvoyWriter())


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: type(writer).__name__)
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-User": "alice"}, {"X-User": "", "X-Scopes": "a,b"}, {"X-100%": "100 %s", "X-\u0061": "\xe9"}],
    ids=repr,
)
def test_an_answer_that_lets_in_is_the_same_in_both_ways(writer: Writer, headers: dict[str, str]) -> None:
    decision = Allow(None, headers, "* /")
    assert writer.allow_octets(decision) == octets(checked(writer.allow(decision)), with_body=True, stays=True)


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: type(writer).__name__)
@pytest.mark.parametrize("value", ["a\r\nX-Role: root", "a\n", "\r", "\r\n\r\n"], ids=repr)
def test_a_value_with_a_line_break_is_written_in_neither(writer: Writer, value: str) -> None:
    decision = Allow(None, {"X-User": value, "X-Role": ""}, "* /")
    with pytest.raises(ValueError, match="line break"):
        writer.allow_octets(decision)
    with pytest.raises(ValueError, match="line break"):
        checked(writer.allow(decision))
