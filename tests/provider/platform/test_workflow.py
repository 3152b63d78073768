"""The platform's part of "use an authentication JWT for token fulfillment": steps 1 to 9, request by request."""

from tests.provider.platform.conftest import ORIGIN, PASSWORD, Api

TIME = "2026-03-23T16:37:59.659Z"


def test_steps_1_to_9(both: Api) -> None:  # noqa: PLR0915 - nine steps, in order
    environment = both.environment_id
    at = f"{ORIGIN}/v1/environments/{environment}"

    # 1 Create an application
    application = both(
        "POST",
        "/applications",
        {
            "enabled": True,
            "name": "TokenFulfillment_1",
            "description": "An application",
            "type": "WEB_APP",
            "protocol": "OPENID_CONNECT",
            "grantTypes": ["AUTHORIZATION_CODE"],
            "redirectUris": ["https://www.example.com"],
            "responseTypes": ["CODE"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_JWT",
        },
    )
    assert application.status == 201
    app = f"{at}/applications/{application.id}"
    assert application.headers["location"] == app
    assert application.headers["content-type"] == "application/hal+json"
    links = application.body["_links"]
    assert links["self"] == {"href": app}
    assert links["environment"] == {"href": at}
    for name in ("attributes", "secret", "grants"):
        assert links[name] == {"href": f"{app}/{name}"}
    assert {name: value for name, value in application.body.items() if name != "_links"} == {
        "environment": {"id": environment},
        "id": application.id,
        "clientId": application.id,
        "name": "TokenFulfillment_1",
        "description": "An application",
        "enabled": True,
        "hiddenFromAppPortal": False,
        "type": "WEB_APP",
        "protocol": "OPENID_CONNECT",
        "createdAt": TIME,
        "updatedAt": TIME,
        "assignActorRoles": False,
        "responseTypes": ["CODE"],
        "grantTypes": ["AUTHORIZATION_CODE"],
        "idpSignoff": False,
        "additionalRefreshTokenReplayProtectionEnabled": True,
        "tokenEndpointAuthMethod": "CLIENT_SECRET_JWT",
        "pkceEnforcement": "OPTIONAL",
        "parRequirement": "OPTIONAL",
        "devicePollingInterval": 5,
        "redirectUris": ["https://www.example.com"],
        "parTimeout": 60,
        "deviceTimeout": 600,
        "refreshTokenDuration": 2592000,
        "requestScopesForMultipleResourcesEnabled": False,
    }

    # 2 Get its secret
    secret = both("GET", f"/applications/{application.id}/secret")
    assert secret.status == 200
    assert secret.body["_links"] == {
        "self": {"href": f"{app}/secret"},
        "environment": {"href": at},
        "application": {"href": app},
    }
    assert secret.body["environment"] == {"id": environment}
    assert len(secret.body["secret"]) >= 64

    # 3 Create a custom resource
    resource = both(
        "POST",
        "/resources",
        {
            "name": "CustomResource_1",
            "description": "This is my custom resource",
            "audience": "https://api.custom-resource-1.com",
            "accessTokenValiditySeconds": 7200,
        },
    )
    assert resource.status == 201
    of = f"{at}/resources/{resource.id}"
    assert resource.headers["location"] == of
    assert {name: each["href"] for name, each in resource.body["_links"].items()} == {
        "self": of,
        "environment": at,
        "scopes": f"{of}/scopes",
        "attributes": f"{of}/attributes",
        "secret": f"{of}/secret",
    }
    assert {name: value for name, value in resource.body.items() if name != "_links"} == {
        "id": resource.id,
        "environment": {"id": environment},
        "name": "CustomResource_1",
        "description": "This is my custom resource",
        "type": "CUSTOM",
        "audience": "https://api.custom-resource-1.com",
        "accessTokenValiditySeconds": 7200,
        "introspectEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "createdAt": TIME,
        "updatedAt": TIME,
    }

    # 4 Create a scope
    scope = both(
        "POST", f"/resources/{resource.id}/scopes", {"name": "CustomResourceScope_1", "description": "My scope"}
    )
    assert scope.status == 201
    assert scope.headers["location"] == f"{of}/scopes/{scope.id}"
    assert scope.body["_links"]["self"] == {"href": f"{of}/scopes/{scope.id}"}
    assert scope.body["_links"]["resource"] == {"href": of}
    assert {name: value for name, value in scope.body.items() if name != "_links"} == {
        "id": scope.id,
        "environment": {"id": environment},
        "resource": {"id": resource.id},
        "name": "CustomResourceScope_1",
        "description": "My scope",
        "createdAt": TIME,
        "updatedAt": TIME,
    }

    # 5 Create a resource attribute
    value = "${#root.context.requestData.clientAssertion.custom1}"
    attribute = both("POST", f"/resources/{resource.id}/attributes", {"name": "clientAssertion_custom", "value": value})
    assert attribute.status == 201
    assert {name: each["href"] for name, each in attribute.body["_links"].items()} == {
        "self": f"{of}/attributes/{attribute.id}",
        "resource": of,
        "environment": at,
    }
    assert {name: attribute.body[name] for name in ("name", "type", "value", "resource")} == {
        "name": "clientAssertion_custom",
        "type": "CUSTOM",
        "value": value,
        "resource": {"id": resource.id},
    }
    core = both("GET", f"/resources/{resource.id}/attributes").body["_embedded"]["attributes"]
    assert {(each["name"], each["value"], each["type"]) for each in core} == {
        ("sub", "${user.id}", "CORE"),
        ("clientAssertion_custom", value, "CUSTOM"),
    }

    # 6 Grant the scope to the application
    grant = both(
        "POST",
        f"/applications/{application.id}/grants",
        {"resource": {"id": resource.id}, "scopes": [{"id": scope.id}]},
    )
    assert grant.status == 201
    assert {name: each["href"] for name, each in grant.body["_links"].items()} == {
        "self": f"{app}/grants/{grant.id}",
        "environment": at,
        "application": app,
        "resource": of,
    }
    assert {name: value for name, value in grant.body.items() if name != "_links"} == {
        "id": grant.id,
        "environment": {"id": environment},
        "resource": {"id": resource.id},
        "application": {"id": application.id},
        "scopes": [{"id": scope.id}],
        "createdAt": TIME,
        "updatedAt": TIME,
    }

    # 7 Create a population
    population = both("POST", "/populations", {"name": "Population_1", "description": "A population"})
    assert population.status == 201
    assert {name: value for name, value in population.body.items() if name != "_links"} == {
        "id": population.id,
        "environment": {"id": environment},
        "name": "Population_1",
        "description": "A population",
        "userCount": 0,
        "createdAt": TIME,
        "updatedAt": TIME,
        "preferredLanguage": "en",
        "default": False,
    }

    # 8 Create a user
    user = both(
        "POST",
        "/users",
        {
            "email": "joe@example.com",
            "name": {"given": "Joe", "family": "Smith"},
            "population": {"id": population.id},
            "username": "joe_1",
        },
    )
    assert user.status == 201
    who = f"{at}/users/{user.id}"
    assert {name: each["href"] for name, each in user.body["_links"].items()} == {
        "self": who,
        "environment": at,
        "population": f"{at}/populations/{population.id}",
        "devices": f"{who}/devices",
        "roleAssignments": f"{who}/roleAssignments",
        "password": f"{who}/password",
        "password.reset": f"{who}/password",
        "password.set": f"{who}/password",
        "password.check": f"{who}/password",
        "password.recover": f"{who}/password",
        "linkedAccounts": f"{who}/linkedAccounts",
        "account.sendVerificationCode": who,
        "memberOfGroups": f"{who}/memberOfGroups",
    }
    assert {name: value for name, value in user.body.items() if name != "_links"} == {
        "id": user.id,
        "environment": {"id": environment},
        "account": {"canAuthenticate": True, "status": "OK"},
        "createdAt": TIME,
        "updatedAt": TIME,
        "email": "joe@example.com",
        "emailVerified": False,
        "enabled": True,
        "identityProvider": {"type": "PING_ONE"},
        "lifecycle": {"status": "ACCOUNT_OK"},
        "mfaEnabled": False,
        "name": {"given": "Joe", "family": "Smith"},
        "population": {"id": population.id},
        "username": "joe_1",
        "verifyStatus": "NOT_INITIATED",
    }

    # 9 Set the password
    password = both(
        "PUT",
        f"/users/{user.id}/password",
        {"value": PASSWORD, "forceChange": False},
        media_type="application/vnd.pingidentity.password.set+json",
    )
    assert password.status == 200, password.body
    policy = password.body["passwordPolicy"]["id"]
    assert {name: each["href"] for name, each in password.body["_links"].items()} == {
        "self": f"{who}/password",
        "environment": at,
        "user": who,
        "passwordPolicy": f"{at}/passwordPolicies/{policy}",
        "password.check": f"{who}/password",
        "password.reset": f"{who}/password",
        "password.set": f"{who}/password",
        "password.recover": f"{who}/password",
    }
    assert {name: value for name, value in password.body.items() if name != "_links"} == {
        "environment": {"id": environment},
        "user": {"id": user.id},
        "passwordPolicy": {"id": policy},
        "status": "OK",
        "lastChangedAt": TIME,
    }
    assert PASSWORD not in str(both("GET", f"/users/{user.id}?expand=password").body)
