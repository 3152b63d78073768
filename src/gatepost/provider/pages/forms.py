"""What a form sends, as the members of the action's body."""

import json
from collections.abc import Mapping
from typing import Any

from gatepost.identity.refusals import InvalidData, Violation
from gatepost.provider.signon.actions import ACTIONS, MEMBERS, Action
from gatepost.provider.web.request import BadRequest, Fields

# What somebody entered, and gets to see again when it was wrong.
_SHOWN_AGAIN = ("username", "email", "given", "family")
_NEW_PASSWORDS: Mapping[Action, str] = {
    "password.recover": "newPassword",
    "password.reset": "newPassword",
    "user.register": "password",
}


def action_of(form: Fields) -> Action:
    """Return the action that a form is for.

    Raises:
        BadRequest: When it is none.
    """
    named = form.get("action")
    found = next((each for each in ACTIONS if each == named), None)
    if found is None:
        raise BadRequest("the form names no action")
    return found


def members_of(action: Action, form: Fields) -> dict[str, Any]:
    """Return the members of an action's body.

    Raises:
        InvalidData: When two new passwords are not the same, or a passkey's answer is none.
    """
    new = _NEW_PASSWORDS.get(action)
    if new is not None and form.get(new) != form.get("repeated"):
        raise InvalidData(Violation("INVALID_VALUE", "repeated", "The two passwords are not the same."))
    found: dict[str, Any] = {}
    for name in MEMBERS[action]:
        value = _member(action, name, form)
        if value is not None:
            found[name] = value
    return found


def shown_again(form: Fields) -> dict[str, str]:
    """Return what of a form is shown again."""
    found = ((name, form.get(name)) for name in _SHOWN_AGAIN)
    return {name: value.strip() for name, value in found if value is not None}


def _member(action: Action, name: str, form: Fields) -> object:
    value = form.get(name)
    if (action, name) == ("user.register", "name"):
        return _name(form)
    if value is None:
        return None
    if name in {"username", "email"}:
        return value.strip()  # as keyboards add blanks
    if name == "otp":
        return "".join(value.split())
    if name == "accept":
        return value == "yes"
    if name == "device":
        kind, _, which = value.partition(":")
        return {kind: which}
    if name == "assertion":
        return _assertion(value)
    return value


def _name(form: Fields) -> dict[str, str] | None:
    found = {name: (form.get(name) or "").strip() for name in ("given", "family")}
    return {name: value for name, value in found.items() if value} or None


def _assertion(value: str) -> object:
    try:
        found: object = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidData(Violation("INVALID_VALUE", "assertion", "This is not what a browser answers."))
    return found
