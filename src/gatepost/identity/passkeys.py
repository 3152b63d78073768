"""Passkeys (WebAuthn): registered in a browser, and used there in place of a password or beside it.

The library is imported by what uses it: it takes a tenth of a server's start, and most requests have no use for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from gatepost.identity import devices, used_once
from gatepost.identity.devices import ACTIVE, FIDO2, NICKNAME, Device
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store.tables import devices as table
from gatepost.identity.users import User
from gatepost.jose import base64url

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

LIFETIME = 300_000  # milliseconds that a ceremony may take
_TRANSPORTS = frozenset(("usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid"))  # WebAuthn §5.8.4
_MOST_CREDENTIAL_ID = 1023  # octets, WebAuthn §4


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for a passkey.

    Attributes:
        id: The host of the sign-on page, such as `id.example.com`.
        name: What people know it as.
        origin: The origin of the sign-on page, such as `https://id.example.com`.
    """

    id: str
    name: str
    origin: str


class Ceremony(NamedTuple):
    """What a browser is asked for.

    Attributes:
        options: The options for `navigator.credentials`, as JSON.
        challenge: What the answer has to be about: keep it with the flow, never with the browser.
    """

    options: dict[str, Any]
    challenge: str


class Proof(NamedTuple):
    """What a passkey proved.

    Attributes:
        user_id: Who used it.
        device_id: The passkey.
        user_verified: Whether it checked who holds it, by a PIN or a fingerprint: then it is two factors in one.
    """

    user_id: str
    device_id: str
    user_verified: bool


def registration(connection: Connection, user: User, party: RelyingParty) -> Ceremony:
    """Return what a browser is asked for to register a passkey; those that the user has are left out."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=_handle(user.id),
        user_name=user.username,
        user_display_name=user.document.get("name", {}).get("formatted") or user.username,
        timeout=LIFETIME,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(connection, user.id),
    )
    return Ceremony(json.loads(options_to_json(options)), _text(options.challenge))


def register(
    connection: Connection,
    user: User,
    credential: object,
    challenge: str,
    party: RelyingParty,
    now: int,
    sent: object = None,
) -> Device:
    """Give a user the passkey that a browser registered.

    Args:
        connection: A transaction that writes.
        user: The user.
        credential: What the browser answered, as JSON (`PublicKeyCredential.toJSON()`).
        challenge: The ceremony's challenge; it is used up.
        party: Who asked.
        now: The time, in milliseconds since 1970.
        sent: `{"nickname": "..."}`, or nothing.

    Raises:
        InvalidData: When the answer is not right, or the user has as many devices as one may have.
        Conflict: When the passkey is known already.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    document = NICKNAME.created(sent or {})
    answer = _object(credential)
    _use_challenge(connection, challenge, now)
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=_octets(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise _wrong() from None
    if not 0 < len(verified.credential_id) <= _MOST_CREDENTIAL_ID:
        raise _wrong()
    kept = {
        "publicKey": _text(verified.credential_public_key),
        "transports": _transports(answer),
        "aaguid": verified.aaguid,
        "backedUp": verified.credential_backed_up,
    }
    return devices.add(
        connection,
        user.environment_id,
        user.id,
        {**document, "credential": kept},
        now,
        kind=FIDO2,
        status=ACTIVE,
        credential_id=_text(verified.credential_id),
        counter=verified.sign_count,
    )


def authentication(connection: Connection, party: RelyingParty, user_id: str | None = None) -> Ceremony:
    """Return what a browser is asked for to use a passkey: one of a user's, or any that it has for this party."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=party.id,
        timeout=LIFETIME,
        allow_credentials=None if user_id is None else _descriptors(connection, user_id),
        user_verification=UserVerificationRequirement.REQUIRED
        if user_id is None
        else UserVerificationRequirement.PREFERRED,
    )
    return Ceremony(json.loads(options_to_json(options)), _text(options.challenge))


def check(
    connection: Connection,
    environment_id: str,
    credential: object,
    challenge: str,
    party: RelyingParty,
    now: int,
    *,
    user_id: str | None = None,
) -> Proof | None:
    """Return what a browser's answer proves, or `None`: then keep the transaction still, for the challenge is used up.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        credential: What the browser answered, as JSON.
        challenge: The ceremony's challenge.
        party: Who asked.
        now: The time, in milliseconds since 1970.
        user_id: Whose passkey it has to be; without, the passkey says who it is, and has to check who holds it.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    if not isinstance(credential, dict) or not _unused(connection, challenge, now):
        return None
    row = _row(connection, environment_id, credential.get("id"))
    if row is None or (user_id is not None and row.user_id != user_id) or not _of_handle(credential, row.user_id):
        return None
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=_octets(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=_octets(row.document["credential"]["publicKey"]),
            credential_current_sign_count=row.counter,
            require_user_verification=user_id is None,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    # Of two with the same count one is a copy (WebAuthn §6.1.1): the later is not taken.
    counted = (
        update(table)
        .where(table.c.id == row.id, table.c.counter == row.counter)
        .values(counter=verified.new_sign_count, updated_at=now)
    )
    if connection.execute(counted).rowcount == 0:
        return None
    return Proof(row.user_id, row.id, verified.user_verified)


def _row(connection: Connection, environment_id: str, credential_id: object) -> Row[Any] | None:
    if not isinstance(credential_id, str) or "\0" in credential_id or not credential_id.isascii():
        return None
    found = select(table).where(
        table.c.environment_id == environment_id,
        table.c.credential_id == credential_id,
        table.c.type == FIDO2,
        table.c.status == ACTIVE,
    )
    return connection.execute(found).first()


def _descriptors(connection: Connection, user_id: str) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    found = select(table).where(table.c.user_id == user_id, table.c.type == FIDO2, table.c.status == ACTIVE)
    return [
        PublicKeyCredentialDescriptor(
            id=_octets(row.credential_id),
            transports=[AuthenticatorTransport(each) for each in row.document["credential"]["transports"]] or None,
        )
        for row in connection.execute(found)
    ]


def _transports(answer: Mapping[str, Any]) -> list[str]:
    response = answer.get("response")
    sent = response.get("transports") if isinstance(response, dict) else None
    return (
        [each for each in sent if isinstance(each, str) and each in _TRANSPORTS][:8] if isinstance(sent, list) else []
    )


def _of_handle(answer: Mapping[str, Any], user_id: str) -> bool:
    """Tell whether the passkey names its user as it was told to, if it does (WebAuthn §7.2)."""
    response = answer.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    return not handle or handle == _text(_handle(user_id))


def _text(octets: bytes) -> str:
    return base64url.encode(octets).decode()


def _octets(text: str) -> bytes:
    return base64url.decode(text.encode())


def _handle(user_id: str) -> bytes:
    return user_id.encode()


def _object(credential: object) -> dict[str, Any]:
    if not isinstance(credential, dict):
        raise _wrong()
    return credential


def _use_challenge(connection: Connection, challenge: str, now: int) -> None:
    if not _unused(connection, challenge, now):
        raise _wrong()


def _unused(connection: Connection, challenge: str, now: int) -> bool:
    return used_once.use(connection, f"passkey:{challenge}", now + LIFETIME)


def _wrong() -> InvalidData:
    return InvalidData(Violation("INVALID_VALUE", "credential", "The passkey's answer is not right."))
