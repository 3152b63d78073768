"""What a page has to say once, after the redirect that follows a form: sealed, in a cookie of a minute."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from gatepost.errors import ConfigurationError
from gatepost.identity.refusals import IdentityError, InvalidData, Violation
from gatepost.identity.store.sealing import SealingKey
from gatepost.provider.platform.refusals import Refused
from gatepost.provider.services import Settings

COOKIE = "gatepost-said"
_AGE = 60
_MOST_SEALED = 3500  # browsers keep 4096 octets with the name and the attributes
_LONGEST_KEPT = 256


class Wrong(NamedTuple):
    """One thing that is wrong.

    Attributes:
        code: What kind of thing, as in `identity.refusals`.
        target: The member.
        wait: For how many seconds it stays so, or `None`.
        unmet: What of a password policy is not met.
    """

    code: str
    target: str
    wait: int | None = None
    unmet: tuple[str, ...] = ()


class Said(NamedTuple):
    """What a page has to say.

    Attributes:
        wrong: What is wrong.
        kept: What somebody entered, and gets to see again; never a password or a code.
    """

    wrong: tuple[Wrong, ...] = ()
    kept: Mapping[str, str] = {}


def of_error(error: IdentityError, kept: Mapping[str, str]) -> Said:
    """Return what there is to say about an error."""
    told: tuple[Violation, ...] = ()
    if isinstance(error, InvalidData):
        told = error.violations
    elif isinstance(error, Refused):
        told = error.details
    wrong = tuple(_wrong(each) for each in told) or (Wrong("OTHER", ""),)
    return Said(wrong, {name: value[:_LONGEST_KEPT] for name, value in kept.items()})


def written(settings: Settings, sealing: SealingKey, environment_id: str, flow_id: str, said: Said) -> str:
    """Return the value of `Set-Cookie` that keeps it until the page is shown."""
    sealed = _sealed(sealing, flow_id, said)
    if len(sealed) > _MOST_SEALED:
        sealed = _sealed(sealing, flow_id, Said(said.wrong[:8]))
    return _text(settings, environment_id, sealed, _AGE)


def removed(settings: Settings, environment_id: str) -> str:
    """Return the value of `Set-Cookie` that takes it away."""
    return _text(settings, environment_id, "", 0)


def read(sealing: SealingKey, flow_id: str, cookie: str | None) -> Said:
    """Return what there is to say on the page of a flow; nothing when the cookie is none of ours, or another flow's."""
    if not cookie:
        return Said()
    try:
        document = json.loads(sealing.open(cookie, _purpose(flow_id)))
    except ConfigurationError:
        return Said()
    wrong = tuple(Wrong(code, target, wait, tuple(unmet)) for code, target, wait, unmet in document["wrong"])
    return Said(wrong, document["kept"])


def _wrong(violation: Violation) -> Wrong:
    inner = violation.inner or {}
    wait, unmet = inner.get("secondsUntilUnlock"), inner.get("unsatisfiedRequirements", ())
    return Wrong(violation.code, violation.target, wait, tuple(unmet))


def _sealed(sealing: SealingKey, flow_id: str, said: Said) -> str:
    document = json.dumps({"wrong": said.wrong, "kept": dict(said.kept)}, separators=(",", ":"))
    return sealing.seal(document.encode(), _purpose(flow_id))


def _purpose(flow_id: str) -> str:
    return f"page-said:{flow_id}"


def _text(settings: Settings, environment_id: str, value: str, age: int) -> str:
    secure = "; Secure" if settings.secure else ""
    return f"{COOKIE}={value}; Path=/{environment_id}/signon; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
