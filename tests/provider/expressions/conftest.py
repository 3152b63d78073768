"""What the samples of PingOne's documentation see."""

from typing import Any

import pytest


@pytest.fixture
def roots() -> dict[str, Any]:
    return {
        "user": {
            "id": "u1",
            "name": {"given": "John", "family": "Doe", "full-name": "John Doe"},
            "role": "SA",
            "email": "user01@test.com",
            "enabled": True,
            "activeDays": 12,
            "updatedAt": "2026-03-23T16:37:59.659Z",
            "memberOfGroupNames": ["Admin", "User"],
            "groupDNs": [
                "CN=Devs,CN=Users,DC=malibu,DC=gl,DC=lab",
                "CN=Admins,CN=Users,DC=malibu,DC=gl,DC=lab",
            ],
            "contacts": [
                {"info": "user01@test.com", "primary": False, "type": "email"},
                {"info": 9876512345, "primary": True, "type": "phone"},
                {"info": 9876511111, "primary": False, "type": "phone"},
            ],
        },
        "externalId": "ext-1",
        "providerAttributes": {
            "full-name": "John Doe",
            "http://www.schema.com/samples/userId": "jdoe00",
            "amountIn$": 5,
        },
        "context": {
            "requestData": {
                "clientAssertion": {"custom1": "value1", "roles": ["a", "b"], "nested": {"n": 1}},
                "clientAssertionHeader": {"alg": "HS256", "kid": "k1"},
            },
            "appConfig": {"tokenEndpointAuthMethod": "CLIENT_SECRET_JWT"},
        },
    }
