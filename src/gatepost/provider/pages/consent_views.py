"""The pages that ask for a yes or a no, and for the code of a device."""

from collections.abc import Mapping

from gatepost.provider.pages.texts import text
from gatepost.provider.pages.view import At, View


def consent(at: At) -> View:
    """Return the page where somebody allows an application something, or accepts an agreement."""
    step = at.flow.step
    if step is None or step.type != "AGREEMENT":
        values = {
            "lead": text("consent.lead", application=at.application),
            "scopes_lead": text("consent.scopes"),
            "scopes": at.scopes,
        }
        return _view(at, "consent", values, text("consent.allow"), text("consent.deny"))
    values = {"lead": at.to_application, "prose": step.text}
    decline = text("agreement.decline") if step.may_decline else ""
    return _view(at, "agreement", values, text("agreement.accept"), decline)


def device_consent(at: At) -> View:
    """Return the page where somebody lets a device in."""
    code = at.flow.user_code
    values = {
        "lead": text("device_consent.lead"),
        "user_code": f"{code[:4]}-{code[4:]}",
        "scopes_lead": text("device_consent.scopes", application=at.application),
        "scopes": at.scopes,
        "does": "deviceAuthGrant.consent",
    }
    return _view(at, "device_consent", values, text("device_consent.allow"), text("consent.deny"))


def user_code(at: At) -> View:
    """Return the page that asks for the code that a device shows."""
    return View("user_code", text("user_code.title"), {**at.names, "lead": text("user_code.lead")}, ("userCode",))


def _view(at: At, key: str, values: Mapping[str, object], yes: str, no: str) -> View:
    whole = {
        "user_code": "",
        "scopes_lead": "",
        "scopes": (),
        "prose": "",
        "does": "user.consent",
        "signed_on": at.signed_on,
        "yes": yes,
        "no": no,
        **values,
    }
    return View("consent", text(f"{key}.title"), whole)
