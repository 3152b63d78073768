"""A flow as PingOne's flow service writes it."""

import json
from typing import Any

from gatepost.identity import times
from gatepost.provider.services import Services
from gatepost.provider.signon.flows import Step
from gatepost.provider.signon.policy import choices
from gatepost.provider.signon.state import Device, Flow


def flow_json(services: Services, step: Step) -> dict[str, Any]:
    """Return the JSON of where a flow stands (pingone.md, steps 10 to 12)."""
    flow, state = step.flow, step.state
    href = {"href": f"{services.auth_url(state.environment_id)}/flows/{state.id}"}
    links: dict[str, Any] = dict.fromkeys(step.actions, href)
    links["self"] = href
    links["signOnPage"] = {"href": hosted_page(services, state.environment_id, state.id)}
    body: dict[str, Any] = {
        "_links": links,
        "id": state.id,
        "environment": {"id": state.environment_id},
    }
    if flow.status == "COMPLETED" and flow.session_id is not None:
        body["session"] = {"id": flow.session_id}
    body |= {
        "resumeUrl": step.resume_url,
        "status": flow.status,
        "createdAt": times.write(state.created_at),
        "expiresAt": times.write(state.expires_at),
        **_asked(flow, step),
    }
    if flow.failure is not None:
        body["error"] = {"code": flow.failure.error, "message": flow.failure.description}
    body["_embedded"] = _embedded(flow, step)
    return body


def hosted_page(services: Services, environment_id: str, flow_id: str) -> str:
    """Return the URL of the hosted sign-on page of a flow."""
    return f"{services.auth_url(environment_id)}/signon/?flowId={flow_id}"


def _asked(flow: Flow, step: Step) -> dict[str, Any]:
    """Return what a second factor is asked; the options are a string, as PingOne writes them."""
    found: dict[str, Any] = {}
    if flow.device is not None and flow.device.id:
        found["selectedDevice"] = {"id": flow.device.id}
    if flow.status == "ASSERTION_REQUIRED" and flow.device is not None:
        name = "Creation" if flow.device.enrolling else "Request"
        found[f"publicKeyCredential{name}Options"] = json.dumps(step.challenge.get("options", {}))
    return found


def _embedded(flow: Flow, step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if flow.user is not None:
        name = {"given": flow.user.given, "family": flow.user.family}
        shown = {member: value for member, value in name.items() if value is not None}
        found["user"] = {"id": flow.user.id, "username": flow.user.username} | ({"name": shown} if shown else {})
    elif flow.claimed:
        found["user"] = {"username": flow.claimed}
    if flow.application_name:
        found["application"] = {"name": flow.application_name}
    if flow.status in {"DEVICE_SELECTION_REQUIRED", "OTP_REQUIRED", "ASSERTION_REQUIRED"}:
        found["devices"] = [_device(each) for each in choices(flow)]
    if flow.status == "OTP_REQUIRED" and flow.device is not None and flow.device.enrolling:
        asked = {"secret": step.challenge.get("secret"), "keyUri": step.challenge.get("keyUri")}
        found["device"] = {"type": flow.device.kind, "status": "ACTIVATION_REQUIRED", **asked}
    if flow.status == "AGREEMENT_CONSENT_REQUIRED" and flow.step is not None:
        found |= _consent(flow)
    if flow.status == "DAG_CONSENT_REQUIRED":
        found["deviceAuthGrant"] = {"userCode": f"{flow.user_code[:4]}-{flow.user_code[4:]}"}
        found["scopes"] = [{"name": each} for each in flow.scopes]
    return found


def _consent(flow: Flow) -> dict[str, Any]:
    step = flow.step
    if step is None or step.type == "CONSENT":
        return {"scopes": [{"name": each} for each in flow.scopes]}
    return {"agreement": {"id": step.name, "text": step.text, "declineEnabled": step.may_decline}}


def _device(device: Device) -> dict[str, Any]:
    found: dict[str, Any] = {"id": device.id} if device.id else {}
    found |= {"type": device.kind, "status": "ACTIVATION_REQUIRED" if device.enrolling else "ACTIVE"}
    return found | ({"nickname": device.name} if device.name else {})
