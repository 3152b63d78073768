"""What the expressions of a token see."""

import subprocess
import sys

import pytest

from gatepost.jose.strict_json import sealed
from gatepost.provider.expressions import ABSENT, Template, roots_for_token

USER = {"id": "u1", "username": "john"}
CLAIMS = {"iss": "app", "custom1": "value1", "list": [1, {"a": 2}]}
HEADER = {"alg": "HS256"}


@pytest.mark.parametrize("method", ["CLIENT_SECRET_JWT", "PRIVATE_KEY_JWT"])
def test_the_assertion_of_a_client_that_authenticates_with_a_jwt_can_be_mapped(method: str) -> None:
    roots = roots_for_token(USER, (), CLAIMS, HEADER, method)
    assert Template("${#root.context.requestData.clientAssertion.custom1}").value(roots) == "value1"
    assert Template("${#root.context.requestData}").value(roots) == {
        "clientAssertion": CLAIMS,
        "clientAssertionHeader": HEADER,
    }
    assert Template("${#root.context.appConfig.tokenEndpointAuthMethod}").value(roots) == method


@pytest.mark.parametrize("method", ["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "NONE", None])
def test_with_any_other_method_there_is_none(method: str | None) -> None:
    roots = roots_for_token(USER, (), CLAIMS, HEADER, method)
    for path in (
        "context.requestData",
        "context.requestData.clientAssertion.custom1",
        "context.appConfig.tokenEndpointAuthMethod",
    ):
        assert Template("${#root." + path + "}").value(roots) is ABSENT


def test_without_a_user_nothing_of_a_user_is_there() -> None:
    roots = roots_for_token(None)
    assert Template("${user.id}").value(roots) is ABSENT
    assert Template("${#root}").value(roots) == {
        "user": None,
        "context": {"requestData": None, "appConfig": {"tokenEndpointAuthMethod": None}},
    }


def test_groups_are_asked_for_once_and_only_when_an_expression_wants_them() -> None:
    asked: list[str] = []

    def groups() -> list[tuple[str, str]]:
        asked.append("once")
        return [("g1", "Admin"), ("g2", "User")]

    roots = roots_for_token(USER, groups)
    assert Template("${user.id}").value(roots) == "u1"
    assert asked == []
    assert Template("${user.memberOfGroupNames}").value(roots) == ["Admin", "User"]
    assert Template("${user.memberOfGroupIDs.![#this]}").value(roots) == ["g1", "g2"]
    assert Template("${user}").value(roots) == {
        **USER,
        "memberOfGroupIDs": ["g1", "g2"],
        "memberOfGroupNames": ["Admin", "User"],
    }
    assert Template("${#root['user'].username}").value(roots) == "john"
    assert Template("${#this.user.?[key == 'id']}").value(roots) == {"id": "u1"}
    assert asked == ["once"]


def test_verified_claims_become_plain_values() -> None:
    roots = roots_for_token(None, (), sealed(CLAIMS), sealed(HEADER), "PRIVATE_KEY_JWT")
    found = Template("${#root.context.requestData.clientAssertion}").value(roots)
    assert found == CLAIMS
    assert type(found) is dict
    assert type(found["list"]) is list
    assert Template("${#root.context.requestData.clientAssertion.list.![#this.a]}").value(roots) == [None, 2]
    assert Template("${#root.context.requestData.clientAssertion.list == {1, {a: 2}}}").value(roots) is True


def test_simple_mappings_load_no_parser() -> None:
    """The package of the grammar takes a tenth of a second: a server starts without it."""
    program = (
        "import sys; from gatepost.provider.expressions import template; "
        "assert template('${user.name.given}').value({'user': {'name': {'given': 'J'}}}) == 'J'; "
        "assert 'lark' not in sys.modules; template('${1 + 1}'); assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
