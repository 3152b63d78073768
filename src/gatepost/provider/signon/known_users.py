"""What the machine has to know of a user: who they are, what they may, what they can prove."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from gatepost.identity import consents, devices, memberships, recovery_codes, role_assignments, times, users
from gatepost.identity.applications import AccessControl, Application
from gatepost.identity.refusals import NotFound
from gatepost.identity.sessions import Session
from gatepost.identity.users import User
from gatepost.provider.signon.events import Known, Proof
from gatepost.provider.signon.policy import AGREED, Facts
from gatepost.provider.signon.state import Device, DeviceKind, PolicyStep, Who

PROOFS = "proofs"
_KINDS: Mapping[str, DeviceKind] = {"TOTP": "TOTP", "FIDO2": "FIDO2"}


def proof_of(
    connection: Connection,
    user: User,
    application: Application,
    plan: Iterable[PolicyStep],
    *,
    address: str,
    now: int,
    session: Session | None = None,
) -> Proof:
    """Return what is known of a user who has proven who they are.

    Args:
        connection: A connection.
        user: The user.
        application: What the user signs on to.
        plan: The steps of its policy; what none of them asks for is not looked up.
        address: The address of who asks.
        now: The time, in milliseconds since 1970.
        session: The browser's session, or `None`; another user's counts for nothing.
    """
    types = {each.type for each in plan}
    agreed = consents.allowed(connection, user.id, application.id) if "AGREEMENT" in types else frozenset()
    proofs = {name: now for name in agreed if name.startswith(AGREED)}
    if session is not None and session.user_id == user.id:
        proofs.update(session.document.get(PROOFS, {}))
    members = {
        **user.document,
        "id": user.id,
        "createdAt": times.write(user.created_at),
        "updatedAt": times.write(user.updated_at),
    }
    return Proof(
        who=_who(user),
        facts=Facts(members, address, user.username),
        permitted=_permitted(connection, user, application.access_control),
        devices=_devices(connection, user) if "MULTI_FACTOR_AUTHENTICATION" in types else (),
        proofs=proofs,
    )


def of_session(
    connection: Connection,
    session: Session | None,
    application: Application,
    plan: Iterable[PolicyStep],
    *,
    address: str,
    now: int,
) -> Known | None:
    """Return what the browser's session says, or `None` when there is none, or its user may not sign on any more."""
    if session is None:
        return None
    try:
        user = users.get(connection, session.environment_id, session.user_id)
    except NotFound:
        return None
    if not user.can_authenticate:
        return None
    proof = proof_of(connection, user, application, plan, address=address, now=now, session=session)
    return Known(session.id, proof)


def _who(user: User) -> Who:
    name = user.document.get("name", {})
    return Who(user.id, user.username, name.get("given"), name.get("family"))


def _permitted(connection: Connection, user: User, control: AccessControl) -> bool:
    if control.admins_only and not role_assignments.of_actor(connection, user.id):
        return False
    if control.group_type is None:
        return True
    mine = set(memberships.group_ids(connection, user.id))
    return bool(control.group_ids & mine) if control.group_type == "ANY_GROUP" else control.group_ids <= mine


def _devices(connection: Connection, user: User) -> tuple[Device, ...]:
    own = devices.listed(connection, user.environment_id, user.id).items
    found = [_device(each) for each in own if each.active and each.type in _KINDS]
    if found and recovery_codes.left(connection, user.id):
        found.append(Device("recovery-codes", "RECOVERY_CODES"))
    return tuple(found)


def _device(device: devices.Device) -> Device:
    return Device(device.id, _KINDS[device.type], str(device.document.get("nickname", "")))
