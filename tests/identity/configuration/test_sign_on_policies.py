"""Sign-on policies with their actions, and which application asks for which."""

from typing import Any

import pytest
from sqlalchemy import Connection

from gatepost.identity import populations, sign_on_actions, sign_on_policies, sign_on_policy_assignments
from gatepost.identity.entity import Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.sign_on_actions import SHAPES, SignOnAction
from gatepost.identity.sign_on_policies import SignOnPolicy
from tests.identity.configuration.conftest import NOW, Configured

LOGIN: dict[str, Any] = {"type": "LOGIN", "priority": 1}


def policies(configured: Configured) -> dict[str, SignOnPolicy]:
    listed = configured.read(lambda c: sign_on_policies.listed(c, configured.environment_id, Page()))
    return {each.name: each for each in listed.items}


def new_policy(configured: Configured, **members: Any) -> SignOnPolicy:
    sent = {"name": "Mine", **members}
    return configured.write(lambda c: sign_on_policies.create(c, configured.environment_id, sent, NOW))


def test_an_environment_has_two_policies_from_the_beginning(configured: Configured) -> None:
    environment, found = configured.environment_id, policies(configured)
    assert {name: each.is_default for name, each in found.items()} == {"Single_Factor": True, "Multi_Factor": False}

    def actions(connection: Connection) -> dict[str, list[str]]:
        return {
            name: [
                each.type
                for each in sorted(
                    sign_on_actions.listed(connection, environment, policy.id, Page()).items,
                    key=lambda each: each.priority,
                )
            ]
            for name, policy in found.items()
        }

    assert configured.read(actions) == {
        "Single_Factor": ["LOGIN"],
        "Multi_Factor": ["LOGIN", "MULTI_FACTOR_AUTHENTICATION"],
    }


def test_one_policy_is_the_default(configured: Configured) -> None:
    environment, single = configured.environment_id, policies(configured)["Single_Factor"]
    made = new_policy(configured, default=True, description="ours")
    assert made.document == {"name": "Mine", "default": True, "description": "ours"}
    assert [name for name, each in policies(configured).items() if each.is_default] == ["Mine"]
    configured.write(lambda c: sign_on_policies.patch(c, environment, single.id, {"default": True}, NOW + 1))
    assert [name for name, each in policies(configured).items() if each.is_default] == ["Single_Factor"]
    for change in (
        lambda c: sign_on_policies.patch(c, environment, single.id, {"default": False}, NOW),
        lambda c: sign_on_policies.replace(c, environment, single.id, {"name": "Single_Factor"}, NOW),
        lambda c: sign_on_policies.remove(c, environment, single.id),
        lambda c: sign_on_policies.patch(c, environment, made.id, {"name": "Multi_Factor"}, NOW),
    ):
        with pytest.raises(Conflict):
            configured.write(change)
    with pytest.raises(Conflict):
        new_policy(configured)
    with pytest.raises(InvalidData):
        new_policy(configured, name="two words")
    configured.write(lambda c: sign_on_policies.remove(c, environment, made.id))
    assert policies(configured).keys() == {"Single_Factor", "Multi_Factor"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"type": "LOGIN"}, "priority"),
    ({**LOGIN, "priority": 0}, "priority"),
    ({**LOGIN, "type": "IDENTITY_PROVIDER"}, "type"),
    ({"priority": 1}, "type"),
    ({**LOGIN, "recovery": {}}, "recovery.enabled"),
    ({**LOGIN, "registration": {"enabled": True}}, "registration.population"),
    ({**LOGIN, "condition": {"magic": 1}}, "condition.magic"),
    ({**LOGIN, "type": "MULTI_FACTOR_AUTHENTICATION", "noDevicesMode": "SKIP"}, "noDevicesMode"),
]


@pytest.mark.parametrize(("sent", "target"), BAD, ids=[f"{each[1]}-{at}" for at, each in enumerate(BAD)])
def test_an_action_that_does_not_fit_is_refused(sent: dict[str, Any], target: str) -> None:
    with pytest.raises(InvalidData) as caught:
        SHAPES.get(sent.get("type", ""), SHAPES["LOGIN"]).created(sent)
    assert target in [each.target for each in caught.value.violations]


def test_actions_are_added_changed_and_removed(configured: Configured) -> None:
    environment, policy = configured.environment_id, new_policy(configured)

    def create(sent: Any) -> SignOnAction:
        return configured.write(lambda c: sign_on_actions.create(c, environment, policy.id, sent, NOW))

    population = configured.read(lambda c: populations.default_of(c, environment))
    assert population is not None
    made = create({**LOGIN, "registration": {"enabled": True, "population": {"id": population.id}}})
    assert (made.recovery, made.registration_population, made.condition) == (True, population.id, None)
    with pytest.raises(InvalidData) as caught:
        create({**LOGIN, "registration": {"enabled": True, "population": {"id": new_id()}}})
    assert [each.target for each in caught.value.violations] == ["registration.population.id"]
    sent: dict[str, Any] = {"recovery": {"enabled": False}, "registration": None, "priority": 7}
    patched = configured.write(lambda c: sign_on_actions.patch(c, environment, policy.id, made.id, sent, NOW + 1))
    assert (patched.recovery, patched.registration_population, patched.priority) == (False, None, 7)
    replaced = configured.write(lambda c: sign_on_actions.replace(c, environment, policy.id, made.id, LOGIN, NOW + 2))
    assert (replaced.recovery, replaced.priority) == (True, 1)
    with pytest.raises(InvalidData):
        configured.write(
            lambda c: sign_on_actions.patch(c, environment, policy.id, made.id, {"type": "AGREEMENT"}, NOW)
        )
    for number in range(2, 21):
        create({"type": "IDENTIFIER_FIRST", "priority": number})
    with pytest.raises(Conflict):
        create(LOGIN)
    configured.write(lambda c: sign_on_actions.remove(c, environment, policy.id, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: sign_on_actions.get(c, environment, policy.id, made.id))
    configured.write(lambda c: sign_on_policies.remove(c, environment, policy.id))


def test_an_application_asks_for_policies(configured: Configured) -> None:
    environment, application, found = configured.environment_id, configured.application().id, policies(configured)
    multi, single = found["Multi_Factor"], found["Single_Factor"]
    module = sign_on_policy_assignments

    def body(policy_id: str, priority: int = 1) -> dict[str, Any]:
        return {"priority": priority, "signOnPolicy": {"id": policy_id}}

    made = configured.write(lambda c: module.create(c, environment, application, body(multi.id), NOW))
    assert made.document == body(multi.id)
    with pytest.raises(Conflict):
        configured.write(lambda c: module.create(c, environment, application, body(multi.id, 2), NOW))
    with pytest.raises(InvalidData):
        configured.write(lambda c: module.create(c, environment, application, body(new_id()), NOW))
    with pytest.raises(NotFound):
        configured.write(lambda c: module.create(c, environment, new_id(), body(single.id), NOW))
    with pytest.raises(Conflict):
        configured.write(lambda c: sign_on_policies.remove(c, environment, multi.id))
    changed = configured.write(
        lambda c: module.replace(c, environment, application, made.id, body(single.id, 3), NOW + 1)
    )
    assert (changed.policy_id, changed.priority, changed.updated_at) == (single.id, 3, NOW + 1)
    changed = configured.write(lambda c: module.patch(c, environment, application, made.id, {"priority": 4}, NOW + 2))
    assert (changed.policy_id, changed.priority) == (single.id, 4)
    assert configured.read(lambda c: module.listed(c, environment, application, Page())).items == (changed,)
    configured.write(lambda c: module.remove(c, environment, application, made.id))
    with pytest.raises(NotFound):
        configured.read(lambda c: module.get(c, environment, application, made.id))
