"""Which claims tokens carry."""

from typing import Any

import pytest

from gatepost.identity import attribute_shape, attributes, resources
from gatepost.identity.attributes import Attribute
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from tests.identity.configuration.conftest import NOW, Configured

CUSTOM = {"name": "clientAssertion_custom", "value": "${#root.context.requestData.clientAssertion.custom1}"}


def create(configured: Configured, owner_id: str, **members: Any) -> Attribute:
    sent = {"name": "claim", "value": "${user.id}", **members}
    return configured.write(lambda c: attributes.create(c, configured.environment_id, owner_id, sent, NOW))


def told(configured: Configured, owner_id: str, **members: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidData) as caught:
        create(configured, owner_id, **members)
    return [(each.code, each.target) for each in caught.value.violations]


def test_the_attribute_of_the_workflow(configured: Configured) -> None:
    made = create(configured, configured.resource().id, **CUSTOM)
    assert made.document == {**CUSTOM, "type": "CUSTOM"}
    assert (made.type, made.name, made.value) == ("CUSTOM", *CUSTOM.values())


def test_an_attribute_of_an_application_says_where_it_goes(configured: Configured) -> None:
    owner = configured.application().id
    made = create(configured, owner, required=True, userInfo=False, oidcScopes=["profile"])
    assert made.document == {
        "name": "claim",
        "value": "${user.id}",
        "required": True,
        "idToken": True,
        "userInfo": False,
        "oidcScopes": ["profile"],
        "mappingType": "CUSTOM",
    }
    assert (made.required, made.id_token, made.user_info, made.oidc_scopes) == (True, True, False, ("profile",))
    assert told(configured, owner, name="x", idToken=False, userInfo=False) == [("INVALID_VALUE", "idToken")]
    assert told(configured, owner, name="x", oidcScopes=["nothing"]) == [("REFERENCE_NOT_FOUND", "oidcScopes[0]")]


def test_reserved_names_are_refused(configured: Configured) -> None:
    application, resource = configured.application().id, configured.resource().id
    for name in sorted(attribute_shape.RESERVED_OF_APPLICATIONS):
        assert told(configured, application, name=name) == [("INVALID_VALUE", "name")]
    for name in (*sorted(attribute_shape.RESERVED_OF_RESOURCES), "p1.userId"):
        assert told(configured, resource, name=name) == [("INVALID_VALUE", "name")]
    assert create(configured, application, name="env").name == "env"
    assert create(configured, resource, name="nonce").name == "nonce"


def test_names_are_unique_to_their_owner(configured: Configured) -> None:
    owner, other = configured.resource().id, configured.resource("Other").id
    create(configured, owner)
    create(configured, other)
    with pytest.raises(Conflict):
        create(configured, owner)
    for wrong in (new_id(), configured.environment_id):
        with pytest.raises(NotFound):
            create(configured, wrong)


def test_all_of_an_owner_together_are_16_kilobytes_at_most(configured: Configured) -> None:
    owner = configured.resource().id
    room = attribute_shape.MOST_OCTETS - len("sub${user.id}") - len("claim")
    half = create(configured, owner, value="x" * (room // 2))
    assert told(configured, owner, name="other", value="x" * (room // 2 + 1)) == [("SIZE_LIMIT_EXCEEDED", "value")]
    assert told(configured, owner, name="other", value="é" * (room // 4 + 1)) == [("SIZE_LIMIT_EXCEEDED", "value")]
    grown = configured.write(
        lambda c: attributes.patch(c, configured.environment_id, owner, half.id, {"value": "x" * room}, NOW)
    )
    assert len(grown.value) == room


def test_values_are_looked_at_by_who_knows_their_language(configured: Configured) -> None:
    owner, environment = configured.resource().id, configured.environment_id

    def check(value: str) -> Violation | None:
        return Violation("INVALID_VALUE", "", "no", {"column": 3}) if "bad" in value else None

    sent = {"name": "a", "value": "${bad}"}
    with pytest.raises(InvalidData) as caught:
        configured.write(lambda c: attributes.create(c, environment, owner, sent, NOW, check=check))
    assert caught.value.violations == (Violation("INVALID_VALUE", "value", "no", {"column": 3}),)
    good = configured.write(
        lambda c: attributes.create(c, environment, owner, {"name": "a", "value": "good"}, NOW, check=check)
    )
    for change in (attributes.replace, attributes.patch):
        with pytest.raises(InvalidData):
            configured.write(
                lambda c, change=change: change(  # type: ignore[misc]
                    c, environment, owner, good.id, {"name": "a", "value": "bad"}, NOW, check=check
                )
            )


def test_what_was_always_there_changes_its_value_alone(configured: Configured) -> None:
    environment = configured.environment_id
    for owner in (configured.application().id, configured.resource().id):
        (sub,) = configured.read(lambda c, owner=owner: attributes.listed(c, environment, owner, Page())).items  # type: ignore[misc]
        changed = configured.write(
            lambda c, owner=owner, sub=sub: attributes.replace(  # type: ignore[misc]
                c, environment, owner, sub.id, {"name": "sub", "value": "${user.username}"}, NOW + 1
            )
        )
        assert (changed.value, changed.type) == ("${user.username}", "CORE")
        assert changed.document == {**sub.document, "value": "${user.username}"}
        with pytest.raises(InvalidData):
            configured.write(
                lambda c, owner=owner, sub=sub: attributes.patch(c, environment, owner, sub.id, {"name": "x"}, NOW)  # type: ignore[misc]
            )
        with pytest.raises(Conflict):
            configured.write(lambda c, owner=owner, sub=sub: attributes.remove(c, environment, owner, sub.id))  # type: ignore[misc]


def test_custom_attributes_change_and_go(configured: Configured) -> None:
    environment, owner = configured.environment_id, configured.resource().id
    made = create(configured, owner, multiValued=True)
    changed = configured.write(
        lambda c: attributes.replace(c, environment, owner, made.id, {"name": "new", "value": ""}, NOW + 1)
    )
    assert changed.document == {"name": "new", "value": "", "type": "CUSTOM"}
    with pytest.raises(InvalidData):
        configured.write(lambda c: attributes.patch(c, environment, owner, made.id, {"name": "exp"}, NOW + 1))
    configured.write(lambda c: attributes.remove(c, environment, owner, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: attributes.get(c, environment, owner, made.id))


def test_the_resource_openid_takes_attributes_and_the_platform_none(configured: Configured) -> None:
    environment = configured.environment_id
    openid = configured.read(lambda c: resources.by_name(c, environment, "openid"))
    platform = configured.read(lambda c: resources.by_name(c, environment, "PingOne API"))
    assert openid is not None
    assert platform is not None
    assert create(configured, openid.id, name="department").document["idToken"] is True
    with pytest.raises(Conflict):
        create(configured, platform.id)
