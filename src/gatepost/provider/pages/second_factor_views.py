"""The pages of second factors: choosing one, setting one up, using one."""

import json
from collections.abc import Mapping

from gatepost.provider.pages.qr import qr_code
from gatepost.provider.pages.texts import text
from gatepost.provider.pages.view import At, View
from gatepost.provider.signon.policy import choices
from gatepost.provider.signon.state import Device


def devices(at: At) -> View:
    """Return the page where somebody chooses how to show that it is them."""
    offered = choices(at.flow)
    key = "enrol_" if any(each.enrolling for each in offered) else ""
    values = {
        "lead": text(f"devices.{key}lead"),
        "signed_on": at.signed_on,
        "choices": [_choice(each) for each in offered],
    }
    return View("devices", text(f"devices.{key}title"), values)


def one_time_password(at: At) -> View:
    """Return the page that asks for a code: of a new authenticator, of one that is there, or a recovery code."""
    device = at.flow.device
    if device is not None and device.enrolling:
        return _enrol_authenticator(at)
    key = "recovery_code" if device is not None and device.kind == "RECOVERY_CODES" else "otp"
    values = {
        "signed_on": at.signed_on,
        "lead": text(f"{key}.lead", environment=at.environment),
        "label": text(f"{key}.code"),
        "inputmode": "text" if key == "recovery_code" else "numeric",
    }
    return View("otp", text(f"{key}.title"), values, ("otp",))


def passkey(at: At) -> View:
    """Return the page where a passkey is made or used."""
    device = at.flow.device
    enrolling = device is not None and device.enrolling
    key = "enrol_" if enrolling else ""
    values = {
        "lead": text(f"passkey.{key}lead"),
        "signed_on": at.signed_on,
        "enrolling": enrolling,
        "options": json.dumps(at.step.challenge.get("options", {})),
    }
    return View("passkey", text(f"passkey.{key}title"), values, ("name",) if enrolling else (), scripted=True)


def _enrol_authenticator(at: At) -> View:
    secret, uri = str(at.step.challenge.get("secret", "")), str(at.step.challenge.get("keyUri", ""))
    grouped = " ".join(secret[each : each + 4] for each in range(0, len(secret), 4))
    values = {"signed_on": at.signed_on, "secret": grouped, "key_uri": uri, "qr": qr_code(uri)}
    return View("enrol_totp", text("totp.title"), values, ("otp",))


def _choice(device: Device) -> Mapping[str, str]:
    kind = text(f"device.{device.kind}")
    return {
        "value": f"id:{device.id}" if device.id else f"type:{device.kind}",
        "kind": device.kind,
        "name": device.name or kind,
        "hint": kind if device.name else text(f"device.{device.kind}.hint"),
    }
