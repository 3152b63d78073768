"""Policies: explicit deny, allow, silence; every element, every operator, everything malformed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.evaluation import evaluate
from gatepost.apigateway.iam.iam_request import ANONYMOUS, IamRequest
from tests.apigateway.iam import oracle

ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/users/42"
ME = "arn:aws:iam::123456789012:user/me"
NOON = 1_700_000_000.0  # 2023-11-14T22:13:20Z


def request(**changes: Any) -> IamRequest:
    return IamRequest("execute-api:Invoke", ARN, "192.0.2.7", NOON, user_agent="curl/8")._replace(**changes)


def statement(effect: str = "Allow", **members: Any) -> dict[str, Any]:
    made = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"} | members
    for name in ("Action", "Resource"):
        if f"Not{name}" in members:
            del made[name]
    return made


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def effect(document: Any, **changes: Any) -> str | None:
    return evaluate([document], request(**changes)).effect


# ── Who wins ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([statement("Allow")], ("Allow", 0, 0, "")),
        ([statement("Allow", Sid="A"), statement("Deny", Sid="D")], ("Deny", 0, 1, "D")),
        ([statement("Deny", Sid="D"), statement("Allow", Sid="A")], ("Deny", 0, 0, "D")),
        ([statement("Allow", Resource="arn:x"), statement("Allow", Sid="B")], ("Allow", 0, 1, "B")),
        ([statement("Allow", Resource="arn:x")], (None, -1, -1, "")),
        ([statement("Deny", Resource="arn:x")], (None, -1, -1, "")),
    ],
)
def test_an_explicit_deny_wins_then_an_allow_and_silence_denies(statements: Any, expected: tuple[Any, ...]) -> None:
    verdict = evaluate([policy(*statements)], request())
    assert verdict == expected
    assert verdict.allowed is (expected[0] == "Allow")


def test_an_address_of_ipv4_in_ipv6_is_that_address() -> None:
    denied = policy(statement(), statement("Deny", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    assert evaluate([denied], request(source_ip="::ffff:192.0.2.7")).effect == "Deny"
    assert evaluate([denied], request(source_ip="::ffff:198.51.100.7")).effect == "Allow"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Allow", "Allow", "Allow"),
        ("Allow", None, "Allow"),
        ("Allow", "Deny", "Deny"),
        (None, "Allow", "Allow"),
        (None, None, None),
        (None, "Deny", "Deny"),
        ("Deny", "Allow", "Deny"),
        ("Deny", None, "Deny"),
        ("Deny", "Deny", "Deny"),
    ],
)
def test_two_policies_of_one_account_decide_by_table_a(first: Any, second: Any, expected: Any) -> None:
    documents = [
        policy(statement(each) if each else statement("Allow", Resource="arn:elsewhere")) for each in (first, second)
    ]
    assert evaluate(documents, request()).effect == expected


def test_no_policy_at_all_denies() -> None:
    assert evaluate([], request()).effect is None


def test_the_verdict_says_which_statement_decided() -> None:
    verdict = evaluate([policy(statement("Allow"), statement("Deny", Sid="NotThisOne"))], request())
    assert str(verdict) == "statement 2 ('NotThisOne'): explicit deny"


# ── Elements ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"Action": "execute-api:Invoke"}, "Allow"),
        ({"Action": "EXECUTE-API:invoke"}, "Allow"),
        ({"Action": "execute-api:*"}, "Allow"),
        ({"Action": "execute-api:Inv*"}, "Allow"),
        ({"Action": "*"}, "Allow"),
        ({"Action": ["s3:GetObject", "execute-api:Invoke"]}, "Allow"),
        ({"Action": "s3:*"}, None),
        ({"NotAction": "s3:*"}, "Allow"),
        ({"NotAction": ["s3:*", "execute-api:Invoke"]}, None),
        ({"NotAction": "*"}, None),
        ({"Resource": ARN}, "Allow"),
        ({"Resource": "arn:aws:execute-api:*:*:*/prod/GET/*"}, "Allow"),
        ({"Resource": ["arn:x", ARN]}, "Allow"),
        ({"Resource": ARN.upper().replace("ARN:", "arn:")}, None),
        ({"Resource": ARN[:-1]}, None),
        ({"Resource": ARN[:-1] + "?"}, "Allow"),
        ({"NotResource": "arn:aws:execute-api:*:*:*/prod/POST/*"}, "Allow"),
        ({"NotResource": ["arn:x", ARN]}, None),
    ],
    ids=str,
)
def test_actions_and_resources(members: dict[str, Any], expected: str | None) -> None:
    assert effect(policy(statement(**members))) == expected


def test_a_single_statement_needs_no_list() -> None:
    assert effect({"Version": "2012-10-17", "Statement": statement()}) == "Allow"


@pytest.mark.parametrize(
    ("principal", "who", "expected"),
    [
        ("*", ANONYMOUS, "Allow"),
        ({"AWS": "*"}, ANONYMOUS, "Allow"),
        ({"AWS": "123456789012"}, ANONYMOUS, None),
        ({"AWS": ME}, ANONYMOUS, None),
        ({"AWS": ["arn:aws:iam::1:user/x", ME]}, ME, "Allow"),
        ({"AWS": "arn:aws:iam::123456789012:root"}, ME, "Allow"),
        ({"AWS": "123456789012"}, ME, "Allow"),
        ({"AWS": "210987654321"}, ME, None),
        ({"Service": "lambda.amazonaws.com"}, ANONYMOUS, None),
    ],
    ids=str,
)
def test_a_resource_policy_is_about_its_principals(principal: Any, who: str, expected: str | None) -> None:
    assert effect(policy(statement(Principal=principal)), principal=who) == expected
    inverted = statement(NotPrincipal=principal)
    assert effect(policy(inverted), principal=who) == (None if expected else "Allow")


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("operator", "key", "values", "holds"),
    [
        ("IpAddress", "aws:SourceIp", "192.0.2.0/24", True),
        ("IpAddress", "AWS:sourceip", ["10.0.0.0/8", "192.0.2.7"], True),
        ("IpAddress", "aws:SourceIp", "198.51.100.0/24", False),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", False),
        ("NotIpAddress", "aws:SourceIp", "198.51.100.0/24", True),
        ("NotIpAddress", "aws:SourceIp", ["198.51.100.0/24", "192.0.2.0/24"], False),
        ("DateLessThan", "aws:CurrentTime", "2023-11-15T00:00:00Z", True),
        ("DateLessThan", "aws:CurrentTime", "2023-11-14T00:00:00Z", False),
        ("DateLessThan", "aws:CurrentTime", "2023-11-14T22:13:20Z", False),
        ("DateLessThanEquals", "aws:CurrentTime", "2023-11-14T22:13:20Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2023-11-14", True),
        ("DateGreaterThanEquals", "aws:EpochTime", "1700000000", True),
        ("DateEquals", "aws:CurrentTime", "2023-11-14T23:13:20+01:00", True),
        ("DateNotEquals", "aws:CurrentTime", "2023-11-14T22:13:20Z", False),
        ("NumericEquals", "aws:EpochTime", 1700000000, True),
        ("NumericNotEquals", "aws:EpochTime", 1700000000, False),
        ("NumericLessThan", "aws:EpochTime", ["1", "1700000001"], True),
        ("NumericLessThanEquals", "aws:EpochTime", "1700000000", True),
        ("NumericGreaterThan", "aws:EpochTime", "1700000000", False),
        ("NumericGreaterThanEquals", "aws:EpochTime", "1.7e9", True),
        ("NumericEquals", "aws:UserAgent", "1", False),
        ("StringEquals", "aws:UserAgent", "curl/8", True),
        ("StringEquals", "aws:UserAgent", "CURL/8", False),
        ("StringEquals", "aws:UserAgent", "curl*", False),
        ("StringNotEquals", "aws:UserAgent", ["wget", "curl/8"], False),
        ("StringNotEquals", "aws:Referer", "x", True),
        ("StringEqualsIgnoreCase", "aws:UserAgent", "CURL/8", True),
        ("StringNotEqualsIgnoreCase", "aws:UserAgent", "CURL/8", False),
        ("StringLike", "aws:UserAgent", "cu?l*", True),
        ("StringNotLike", "aws:UserAgent", "cu?l*", False),
        ("StringLike", "aws:Referer", "*", False),
        ("Bool", "aws:SecureTransport", "true", True),
        ("Bool", "aws:SecureTransport", True, True),
        ("Bool", "aws:SecureTransport", "false", False),
        ("Bool", "aws:MultiFactorAuthPresent", "false", False),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", "false", True),
        ("StringEqualsIfExists", "aws:Referer", "x", True),
        ("StringEqualsIfExists", "aws:UserAgent", "x", False),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:user/m?", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:*:user/me", "malformed"),
        ("ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:group/*", False),
        ("ArnNotEquals", "aws:PrincipalArn", ME, False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:group/*", True),
        ("BinaryEquals", "aws:UserAgent", "Y3VybC84", False),
        ("Null", "aws:Referer", "true", True),
        ("Null", "aws:Referer", "false", False),
        ("Null", "aws:UserAgent", "false", True),
        ("ForAnyValue:StringEquals", "aws:UserAgent", ["x", "curl/8"], True),
        ("ForAnyValue:StringEquals", "aws:Referer", ["x"], False),
        ("ForAnyValue:StringNotEquals", "aws:Referer", ["x"], False),
        ("ForAllValues:StringEquals", "aws:UserAgent", ["x", "curl/8"], True),
        ("ForAllValues:StringEquals", "aws:UserAgent", ["x"], False),
        ("ForAllValues:StringEquals", "aws:Referer", ["x"], True),
        ("ForAllValues:StringLikeIfExists", "aws:Referer", ["x"], True),
        ("StringEquals", "execute-api:viaDomainArn", "arn:x", False),
        ("StringEquals", "aws:UserAgent", "${aws:UserAgent}", True),
        ("StringEqualsIgnoreCase", "aws:UserAgent", "${aws:UserAgent}", True),
        ("StringEquals", "aws:UserAgent", "${aws:Referer, 'curl/8'}", True),
        ("StringEquals", "aws:UserAgent", "${aws:Referer}", False),
        ("StringNotEquals", "aws:UserAgent", "${aws:Referer}", False),
        ("StringLike", "aws:UserAgent", "curl${*}", False),
    ],
    ids=str,
)
def test_conditions(operator: str, key: str, values: Any, holds: bool | str) -> None:
    document = policy(statement(Condition={operator: {key: values}}))
    who = ME
    if holds == "malformed":
        with pytest.raises(BadPolicy):
            effect(document, principal=who)
    else:
        assert effect(document, principal=who) == ("Allow" if holds else None)


def test_all_operators_and_all_keys_have_to_hold() -> None:
    both = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "StringEquals": {"aws:UserAgent": "curl/8"}}
    assert effect(policy(statement(Condition=both))) == "Allow"
    assert effect(policy(statement(Condition=both)), source_ip="198.51.100.1") is None
    assert effect(policy(statement(Condition=both)), user_agent=None) is None


def test_variables_are_texts_in_the_older_version_and_never_patterns() -> None:
    resource = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/users/${aws:UserAgent}"
    document = policy(statement(Resource=resource))
    assert effect(document, user_agent="42") == "Allow"
    assert effect(document, user_agent="*") is None
    assert effect(document | {"Version": "2008-10-17"}, user_agent="42") is None


# ── Malformed ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "not an object"),
        ({"Version": "2012-10-17"}, "no Statement"),
        ({"Version": "2012-10-18", "Statement": [statement()]}, "Version"),
        ({"Version": "2012-10-17", "Statement": []}, "empty"),
        ({"Version": "2012-10-17", "Statement": [statement()], "Statements": []}, "Statements"),
        (policy("x"), "not an object"),
        (policy({"Action": "*", "Resource": "*"}), "no Effect"),
        (policy(statement("allow")), "Effect"),
        (policy(statement(), statement(Actions="*")), "statement 2"),
        (policy({"Effect": "Allow", "Resource": "*"}), "neither Action"),
        (policy({"Effect": "Allow", "Action": "*"}), "neither Resource"),
        (policy(statement() | {"NotAction": "*"}), "both Action"),
        (policy(statement(Action=[])), "Action"),
        (policy(statement(Action=[1])), "Action"),
        (policy(statement(Action="Invoke")), "service"),
        (policy(statement(Resource="execute-api:/x")), "ARN"),
        (policy(statement(Resource="")), "Resource"),
        (policy(statement(Sid=1)), "Sid"),
        (policy(statement(Principal="me")), "Principal"),
        (policy(statement(Principal={"AWS": []})), "Principal"),
        (policy(statement(Principal="*", NotPrincipal="*")), "both Principal"),
        (policy(statement(Condition=[])), "Condition"),
        (policy(statement(Condition={"StringIs": {"aws:UserAgent": "x"}})), "StringIs"),
        (policy(statement(Condition={"ForSome:StringEquals": {"aws:UserAgent": "x"}})), "ForSome"),
        (policy(statement(Condition={"StringEquals": "x"})), "StringEquals"),
        (policy(statement(Condition={"StringEquals": {"aws:UserAgent": []}})), "StringEquals"),
        (policy(statement(Condition={"StringEquals": {"aws:UserAgent": {}}})), "StringEquals"),
        (policy(statement(Condition={"IpAddress": {"aws:SourceIp": "here"}})), "IP address"),
        (policy(statement(Condition={"DateLessThan": {"aws:CurrentTime": "soon"}})), "date"),
        (policy(statement(Condition={"NumericEquals": {"aws:EpochTime": "NaN"}})), "number"),
        (policy(statement(Condition={"Bool": {"aws:SecureTransport": "yes"}})), "Boolean"),
        (policy(statement(Condition={"BinaryEquals": {"aws:UserAgent": "%"}})), "base64"),
        (policy(statement(Condition={"Null": {"aws:UserAgent": "maybe"}})), "Null"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_policy_says_nothing_at_all(document: Any, why: str) -> None:
    with pytest.raises(BadPolicy, match=why):
        evaluate([policy(statement()), document], request())


# ── Against the obvious ──────────────────────────────────────────────────────────────────────────────────────────────
_RESOURCES = st.text(alphabet="ab/*?", max_size=5).map(lambda text: f"arn:{text}")
_ACTIONS = st.sampled_from(["*", "x:*", "x:Do", "X:d?", "y:Do", "x:Do*"])
_AGENTS = st.text(alphabet="ab*?", max_size=3)


def _one_or_several(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Deny"]))}
    made[draw(st.sampled_from(["Action", "NotAction"]))] = draw(_one_or_several(_ACTIONS))
    made[draw(st.sampled_from(["Resource", "NotResource"]))] = draw(_one_or_several(_RESOURCES))
    operators = draw(st.sets(st.sampled_from(["StringLike", "StringNotLike", "StringLikeIfExists"]), max_size=2))
    if operators:
        made["Condition"] = {each: {"aws:UserAgent": draw(_one_or_several(_AGENTS))} for each in sorted(operators)}
    return made


@given(
    statements=st.lists(_statements(), min_size=1, max_size=4),
    action=st.sampled_from(["x:Do", "y:Do", "X:DO"]),
    resource=st.text(alphabet="ab/", max_size=5).map(lambda text: f"arn:{text}"),
    agent=st.none() | st.text(alphabet="ab", max_size=3),
)
def test_whole_documents_decide_as_the_obvious_way_says(
    statements: list[dict[str, Any]], action: str, resource: str, agent: str | None
) -> None:
    asked = request(action=action, resource=resource, user_agent=agent)
    expected = oracle.decide(statements, action, resource, agent)
    assert evaluate([policy(*statements)], asked).effect == expected
    assert evaluate([policy(each) for each in statements], asked).effect == expected
