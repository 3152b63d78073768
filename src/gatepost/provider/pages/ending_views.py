"""The pages at the end of a flow, from where the browser goes to the application.

A page stands between the last form and the application, as browsers hold a form's policy (`form-action`) against every
redirect that follows it: where an application redirects to from there is not known here.
"""

from typing import Any

from gatepost.provider.pages.texts import text
from gatepost.provider.pages.view import At, View


def completed(at: At) -> View:
    """Return the page of who has signed on."""
    if at.flow.kind == "device":
        return View("onward", text("device_done.title"), {"lead": text("device_done.lead"), "sign": "done"})
    values = {"lead": text("completed.lead", application=at.application), "sign": "done"}
    return View("onward", text("completed.title"), {**values, **_onward(at, at_once=True)})


def failed(at: At) -> View:
    """Return the page of a flow that failed: it says why, but to who said no themselves."""
    reason = _reason(at)
    if reason == "denied":
        return _denied(at)
    said = {"username": at.signed_on, "application": at.application}
    onward = {} if at.flow.kind == "device" else _onward(at, at_once=False)
    return View("onward", text("failed.title"), {"lead": text(f"failed.{reason}", **said), "sign": "stop", **onward})


def _denied(at: At) -> View:
    if at.flow.kind == "device":
        return View("onward", text("device_denied.title"), {"lead": text("device_denied.lead"), "sign": "stop"})
    values = {"lead": text("completed.lead", application=at.application), "sign": "stop"}
    return View("onward", text("denied.title"), {**values, **_onward(at, at_once=True)})


def _reason(at: At) -> str:
    flow, step = at.flow, at.flow.step
    if flow.user is None:
        return "other"
    if not flow.permitted:
        return "not_permitted"
    if flow.expected not in {None, flow.user.id}:
        return "other_user"
    if step is None:
        return "other"
    if step.type in {"CONSENT", "AGREEMENT", "DEVICE_CONSENT"}:
        return "denied"
    return "no_factor" if step.type == "MULTI_FACTOR_AUTHENTICATION" else "other"


def _onward(at: At, *, at_once: bool) -> dict[str, Any]:
    said = text("continue") if at_once else text("back_to", application=at.application)
    return {"onward": at.step.resume_url, "onward_text": said, "at_once": at_once}
