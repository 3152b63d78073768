"""Which page a flow is at."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from gatepost.provider.pages import consent_views, ending_views, first_factor_views, second_factor_views
from gatepost.provider.pages.view import At, View
from gatepost.provider.signon.actions import Action
from gatepost.provider.signon.flows import Step
from gatepost.provider.signon.state import Status

_Making: TypeAlias = Callable[[At], View]


class _Link(NamedTuple):
    """A page that somebody goes to from where a flow stands.

    Attributes:
        action: What has to be possible there.
        view: The page.
    """

    action: Action
    view: _Making


_BY_STATUS: Mapping[Status, _Making] = MappingProxyType(
    {
        "USERNAME_PASSWORD_REQUIRED": first_factor_views.sign_on,
        "SIGN_ON_REQUIRED": first_factor_views.identifier,
        "PASSWORD_REQUIRED": first_factor_views.password,
        "MUST_CHANGE_PASSWORD": first_factor_views.change_password,
        "PASSWORD_EXPIRED": first_factor_views.change_password,
        "RECOVERY_CODE_REQUIRED": first_factor_views.recover,
        "VERIFICATION_CODE_REQUIRED": first_factor_views.verify,
        "DEVICE_SELECTION_REQUIRED": second_factor_views.devices,
        "OTP_REQUIRED": second_factor_views.one_time_password,
        "ASSERTION_REQUIRED": second_factor_views.passkey,
        "AGREEMENT_CONSENT_REQUIRED": consent_views.consent,
        "DAG_USER_CODE_REQUIRED": consent_views.user_code,
        "DAG_CONSENT_REQUIRED": consent_views.device_consent,
        "COMPLETED": ending_views.completed,
        "FAILED": ending_views.failed,
    }
)
_BY_LINK: Mapping[str, _Link] = MappingProxyType(
    {
        "forgot": _Link("password.forgot", first_factor_views.forgot),
        "register": _Link("user.register", first_factor_views.register),
        "devices": _Link("device.select", second_factor_views.devices),
    }
)


def linked(step: Step, wanted: str) -> str:
    """Return the page that a link leads to, or an empty text when it leads nowhere where the flow stands."""
    found = _BY_LINK.get(wanted)
    return wanted if found is not None and found.action in step.actions else ""


def view_of(at: At, link: str = "") -> View:
    """Return the page of where a flow stands, or the one that `linked` found."""
    return _BY_LINK[link].view(at) if link else _BY_STATUS[at.flow.status](at)
