"""Resources with their scopes, and those that every environment has."""

from typing import Any

import pytest

from gatepost.identity import attributes, client_secrets, resources, scopes
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.resources import SHAPE
from tests.identity.configuration.conftest import NOW, SEALING, Configured

ALL = Page(1000)


def test_a_custom_resource_has_its_defaults_a_secret_and_the_attribute_sub(configured: Configured) -> None:
    made = configured.resource("Orders", description="mine", accessTokenValiditySeconds=7200)
    assert made.document == {
        "name": "Orders",
        "description": "mine",
        "type": "CUSTOM",
        "audience": "Orders",
        "accessTokenValiditySeconds": 7200,
        "introspectEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    }
    assert made.audience == "Orders"
    assert configured.read(lambda c: client_secrets.current(c, SEALING, made.id)).value
    (sub,) = configured.read(lambda c: attributes.listed(c, configured.environment_id, made.id, ALL)).items
    assert sub.document == {"name": "sub", "value": "${user.id}", "type": "CORE"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "name"),
    ({"type": "OPENID_CONNECT"}, "type"),
    ({"audience": "https://api.pingone.com"}, "audience"),
    ({"audience": "https://PingIdentity.example"}, "audience"),
    ({"name": "my pingone api"}, "audience"),
    ({"audience": "https://a.example#b"}, "audience"),
    ({"accessTokenValiditySeconds": 299}, "accessTokenValiditySeconds"),
    ({"accessTokenValiditySeconds": 2_592_001}, "accessTokenValiditySeconds"),
    ({"introspectEndpointAuthMethod": "PRIVATE_KEY_JWT"}, "introspectEndpointAuthMethod"),
    ({"applicationPermissionsSettings": {"claimEnabled": 1}}, "applicationPermissionsSettings.claimEnabled"),
]


@pytest.mark.parametrize(("members", "target"), BAD, ids=[f"{each[1]}-{at}" for at, each in enumerate(BAD)])
def test_what_does_not_fit_is_refused(members: dict[str, Any], target: str) -> None:
    with pytest.raises(InvalidData) as caught:
        SHAPE.created({"name": "Orders", **members})
    assert [each.target for each in caught.value.violations] == [target]


def test_a_custom_resource_changes_and_goes(configured: Configured) -> None:
    environment = configured.environment_id
    made, _ = configured.resource(), configured.resource("Other")
    configured.scope(made, "read")
    patched = configured.write(lambda c: resources.patch(c, environment, made.id, {"name": "New"}, NOW + 1))
    assert (patched.name, patched.audience) == ("New", "Orders")
    replaced = configured.write(lambda c: resources.replace(c, environment, made.id, {"name": "New"}, NOW + 2))
    assert (replaced.audience, replaced.access_token_validity_seconds) == ("New", 3600)
    with pytest.raises(Conflict):
        configured.write(lambda c: resources.patch(c, environment, made.id, {"name": "Other"}, NOW + 3))
    with pytest.raises(Conflict):
        configured.resource("Other")
    configured.write(lambda c: resources.remove(c, environment, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: resources.get(c, environment, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: client_secrets.current(c, SEALING, made.id))


def test_the_predefined_resources_are_there_and_stay(configured: Configured) -> None:
    environment = configured.environment_id
    found = configured.read(lambda c: resources.listed(c, environment, ALL)).items
    assert {(each.name, each.type, each.audience) for each in found} == {
        ("openid", "OPENID_CONNECT", "https://api.pingone.com"),
        ("PingOne API", "PINGONE_API", "https://api.pingone.com"),
    }
    for each in found:
        with pytest.raises(Conflict):
            configured.write(lambda c, each=each: resources.remove(c, environment, each.id))  # type: ignore[misc]
        with pytest.raises(Conflict):
            configured.write(lambda c, each=each: resources.patch(c, environment, each.id, {"name": "x"}, NOW))  # type: ignore[misc]


def test_the_scopes_of_openid_give_the_claims_of_the_specification(configured: Configured) -> None:
    environment = configured.environment_id
    openid = configured.read(lambda c: resources.by_name(c, environment, "openid"))
    assert openid is not None
    found = configured.read(lambda c: scopes.listed(c, environment, openid.id, ALL)).items
    claims = {
        each.id: each for each in configured.read(lambda c: attributes.listed(c, environment, openid.id, ALL)).items
    }
    given = {each.name: {claims[claim].name for claim in each.mapped_claims} for each in found}
    assert given.keys() == {"openid", "profile", "email", "address", "phone", "offline_access"}
    assert given["openid"] == given["offline_access"] == set()
    assert given["email"] == {"email", "email_verified"}
    assert given["phone"] == {"phone_number"}
    assert {"name", "given_name", "family_name", "preferred_username", "updated_at"} <= given["profile"]
    assert all(each.startswith("address.") for each in given["address"])
    assert {each.type for each in claims.values()} == {"PREDEFINED"}


def test_scopes_are_named_as_clients_ask_for_them(configured: Configured) -> None:
    environment, resource = configured.environment_id, configured.resource()
    made = configured.scope(resource, "orders:read")
    with pytest.raises(Conflict):
        configured.scope(resource, "orders:read")
    configured.scope(configured.resource("Other"), "orders:read")
    for name in ("", "two words", 'quo"te', "back\\slash", "ümlaut", "openid", "n" * 257, None):
        with pytest.raises(InvalidData) as caught:
            configured.scope(resource, name)  # type: ignore[arg-type]
        assert [each.target for each in caught.value.violations] == ["name"]
    patched = configured.write(
        lambda c: scopes.patch(c, environment, resource.id, made.id, {"description": "Read"}, NOW + 1)
    )
    assert patched.document == {"name": "orders:read", "description": "Read"}
    with pytest.raises(NotFound):
        configured.read(lambda c: scopes.get(c, environment, new_id(), made.id))
    configured.write(lambda c: scopes.remove(c, environment, resource.id, made.id))
    with pytest.raises(NotFound):
        configured.write(lambda c: scopes.remove(c, environment, resource.id, made.id))


def test_predefined_scopes_stay_and_others_join_them(configured: Configured) -> None:
    environment = configured.environment_id
    openid = configured.read(lambda c: resources.by_name(c, environment, "openid"))
    platform = configured.read(lambda c: resources.by_name(c, environment, "PingOne API"))
    assert openid is not None
    assert platform is not None
    email = next(
        each
        for each in configured.read(lambda c: scopes.listed(c, environment, openid.id, ALL)).items
        if each.name == "email"
    )
    with pytest.raises(Conflict):
        configured.write(lambda c: scopes.remove(c, environment, openid.id, email.id))
    with pytest.raises(InvalidData):
        configured.write(lambda c: scopes.patch(c, environment, openid.id, email.id, {"name": "mail"}, NOW))
    with pytest.raises(InvalidData):
        configured.write(lambda c: scopes.patch(c, environment, openid.id, email.id, {"mappedClaims": [new_id()]}, NOW))
    fewer = {"mappedClaims": list(email.mapped_claims[:1])}
    patched = configured.write(lambda c: scopes.patch(c, environment, openid.id, email.id, fewer, NOW))
    assert patched.mapped_claims == email.mapped_claims[:1]
    own = configured.scope(platform, "p1:read:user:email")
    assert own.document["schemaAttributes"] == ["*"]
    with pytest.raises(InvalidData):
        configured.scope(platform, "p1:delete:user")
