"""Sign-on policies of a file: their actions are as the file says, in its order."""

from collections.abc import Mapping
from typing import Any

from gatepost.identity import sign_on_actions, sign_on_policies
from gatepost.identity.entity import MOST_PER_PAGE, Page
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.provider.seeding.seeding import POLICIES, POPULATIONS, Seeding, listed, own, within


def policy(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change a sign-on policy."""
    connection, environment_id, now = seeding.connection, seeding.environment_id, seeding.now
    sent = own("signOnPolicies", entry)
    found = seeding.find(POLICIES, entry["name"])
    if found is None:
        found = sign_on_policies.create(connection, environment_id, sent, now).id
        seeding.made += 1
    elif seeding.differs(sign_on_policies.get(connection, environment_id, found).document, sent):
        sign_on_policies.patch(connection, environment_id, found, sent, now)
    if "actions" not in entry:
        return
    wanted = [_action(seeding, each, at) for at, each in enumerate(listed(entry, "actions"))]
    page = Page(MOST_PER_PAGE)
    there = sorted(
        sign_on_actions.listed(connection, environment_id, found, page).items, key=lambda each: (each.priority, each.id)
    )
    if len(there) == len(wanted) and not any(map(seeding.differs, (each.document for each in there), wanted)):
        return
    for each in there:
        sign_on_actions.remove(connection, environment_id, found, each.id)
    for at, action in enumerate(wanted):
        with within(f"actions[{at}]"):
            sign_on_actions.create(connection, environment_id, found, action, now)


def _action(seeding: Seeding, value: object, at: int) -> dict[str, Any]:
    if isinstance(value, str):
        value = {"type": value}
    if not isinstance(value, dict):
        message = "The value is a type such as LOGIN, or an object with one."
        raise InvalidData(Violation("INVALID_VALUE", f"actions[{at}]", message))
    action = {"priority": at + 1, **value}
    registration = action.get("registration")
    if isinstance(registration, dict):
        action["registration"] = seeding.referring(registration, "population", POPULATIONS)
    return action
