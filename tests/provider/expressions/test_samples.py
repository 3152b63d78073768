"""The samples of PingOne's documentation, page by page."""

from typing import Any

import pytest

from gatepost.provider.expressions import Expression

NAME = {"first": "John", "last": "Doe"}
PHONES = [
    {"info": 9876512345, "primary": True, "type": "phone"},
    {"info": 9876511111, "primary": False, "type": "phone"},
]

SAMPLES = [
    # Samples
    ("'FirstName'", "FirstName"),
    ('"User"', "User"),
    ("1", 1),
    ("true", True),
    ("{'USER'}", ["USER"]),
    ("{'firstName': 'John'}", {"firstName": "John"}),
    ("'FirstName' + ', ' + 'LastName'", "FirstName, LastName"),
    ("user.name.given + ', ' + user.name.family", "John, Doe"),
    ("#string.substring(user.name.given, 0, 1) + #string.substring(user.name.family, 0, 4)", "JDoe"),
    ("#regex.findAllMatches('user01@test.com', '(?<=@)[^.]+')", ["test"]),
    ("#datetime.format('2021-01-01T10:15:00Z', 'EEEE, dd MMMM; h:mm a')", "Friday, 01 January; 10:15 AM"),
    (
        (
            "user.name.given + ' ' + user.name.family + ', ' + "
            "{'PM': 'Product Manager', 'SA': 'Software Architect'}[user.role] ?: 'Unknown'"
        ),
        "John Doe, Software Architect",
    ),
    ("user.memberOfGroupNames.![#string.upperCase(#this)]", ["ADMIN", "USER"]),
    (
        "user.memberOfGroupNames.!['CN=' + #this + ',DC=example,DC=com']",
        ["CN=Admin,DC=example,DC=com", "CN=User,DC=example,DC=com"],
    ),
    ("user.groupDNs.![#regex.replaceAll(#this, '(CN=)(.*?),.*', '$2')]", ["Devs", "Admins"]),
    ("providerAttributes['full-name']", "John Doe"),
    ("providerAttributes['http://www.schema.com/samples/userId']", "jdoe00"),
    # Expressions and concatenation
    ("user['name']['given']", "John"),
    ("user.name['full-name']", "John Doe"),
    ("providerAttributes['amountIn$']", 5),
    ("'''string'''", "'string'"),
    ("8.57", 8.57),
    ("34533535454345L", 34533535454345),
    # Arrays and lists
    ("new long[4]", [0, 0, 0, 0]),
    ("new float[2]", [0.0, 0.0]),
    ("new int[] {1,2,3,4}", [1, 2, 3, 4]),
    ("new int[2][2]", [[0, 0], [0, 0]]),
    ("new int[] {1,2,3,4} [0]", 1),
    ("user.contacts[0].type", "email"),
    ("{}", []),
    ("{1,2,3,4}", [1, 2, 3, 4]),
    ("{'List', 'of', 'Strings'}[1]", "of"),
    ("{user.name.given, user.name.family}", ["John", "Doe"]),
    # Maps and objects
    (
        (
            "{'userId': 100001, 'name': {'first': user.name.given, 'last': user.name.family}, "
            "'departmentIds': new int[] {101, 102}}"
        ),
        {"userId": 100001, "name": NAME, "departmentIds": [101, 102]},
    ),
    ("{userId: 100001, name: {first: user.name.given}}", {"userId": 100001, "name": {"first": "John"}}),
    ("{#root.externalId: 100001}", {"ext-1": 100001}),
    ("{#this.externalId: 100001}", {"ext-1": 100001}),
    ("{:}", {}),
    ("{'name': {'first': user.name.given}}['name']['first']", "John"),
    ("{'name': {'first': user.name.given}}.name.first", "John"),
    # Operators
    ("5 lt 12", True),
    ("5 < 12", True),
    ("user.activeDays < 30", True),
    ("6 le 6", True),
    ("6 <= 6", True),
    ("12 gt 5", True),
    ("12 >= 5", True),
    ("5 eq 5", True),
    ("5 EQ 5", True),
    ("5 == 5", True),
    ("6 ne 5", True),
    ("6 != 5", True),
    ("not (4 > 3)", False),
    ("!(user.activeDays < 30)", False),
    ("'name' matches '[a-z]+'", True),
    ("5 > 3 and 4 <= 4", True),
    ("5 > 3 or 4 < 3", True),
    ("5 < 13 and not (4 < 3)", True),
    ("user.id != null ? user.id : 'N/A'", "u1"),
    ("user.id ?: 'N/A'", "u1"),
    ("user.nothing ?: 'N/A'", "N/A"),
    # Collection operations
    ("{1,2,3,4,5,6,7,8,9,10}.?[#this % 2 == 0]", [2, 4, 6, 8, 10]),
    ("{1,2,3,4,5,6,7,8,9,10}.^[#this % 2 == 0]", 2),
    ("{1,2,3,4,5,6,7,8,9,10}.$[#this % 2 == 0]", 10),
    ("user.contacts.?[type == 'phone']", PHONES),
    ("user.contacts.^[primary]", PHONES[0]),
    ("user.contacts.![info]", ["user01@test.com", 9876512345, 9876511111]),
    # Variables
    ("#root.user.name.given", "John"),
    ("#this.user.name.given", "John"),
    (
        "user.memberOfGroupNames.![#root.user.email + ' - ' + #this]",
        ["user01@test.com - Admin", "user01@test.com - User"],
    ),
    ("#root.context.requestData.clientAssertion.custom1", "value1"),
    ("#root.context.requestData.clientAssertionHeader.kid", "k1"),
    ("#root.context.requestData.clientAssertionHeader", {"alg": "HS256", "kid": "k1"}),
    ("#root.context.appConfig.tokenEndpointAuthMethod", "CLIENT_SECRET_JWT"),
    # Disabled features: a step from null leads to null
    ("(user.address.city == null) ? 'none' : 'some'", "none"),
]


@pytest.mark.parametrize(("source", "value"), SAMPLES, ids=[source[:60] for source, _ in SAMPLES])
def test_a_documented_sample_gives_what_is_documented(roots: dict[str, Any], source: str, value: object) -> None:
    found = Expression(source).value(roots)
    assert found == value
    assert type(found) is type(value)


def test_the_whole_of_what_the_client_has_sent_can_be_mapped(roots: dict[str, Any]) -> None:
    found = Expression("#root.context.requestData").value(roots)
    assert found == roots["context"]["requestData"]
    assert found is not roots["context"]["requestData"], "whoever changes a claim would change the request"
