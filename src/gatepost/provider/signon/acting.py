"""Somebody does something in a flow: everything that doing it needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from gatepost.identity import sessions
from gatepost.identity.applications import Application
from gatepost.identity.flow_states import FlowState
from gatepost.identity.passkeys import RelyingParty
from gatepost.identity.refusals import NotFound
from gatepost.identity.sessions import Session
from gatepost.identity.users import User
from gatepost.identity.verified_passwords import VerifiedPasswords
from gatepost.provider.services import Services
from gatepost.provider.signon import known_users, lifetimes
from gatepost.provider.signon.cookies import Cookie
from gatepost.provider.signon.events import Proof
from gatepost.provider.signon.state import Flow

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody does something in a flow.

    Attributes:
        services: What the provider works with.
        configuration: The environment's configuration, as of now.
        state: The flow as it was saved last.
        flow: Where it stands.
        cookie: The browser's cookie, to which the flow belongs.
        fields: What was sent.
        address: The address of who asks.
        now: The time, in milliseconds since 1970.
        memory: Passwords that were right a short while ago.
    """

    services: Services
    configuration: "Configuration"
    state: FlowState
    flow: Flow
    cookie: Cookie
    fields: Mapping[str, Any]
    address: str
    now: int
    memory: VerifiedPasswords

    @property
    def environment_id(self) -> str:
        """The environment."""
        return self.state.environment_id

    @property
    def application(self) -> Application:
        """What is signed on to.

        Raises:
            NotFound: When it is not there any more.
        """
        found = self.configuration.applications.get(self.flow.application_id)
        if found is None or not found.enabled:
            raise NotFound("there is no such application")
        return found

    @property
    def party(self) -> RelyingParty:
        """Who asks for a passkey."""
        url = self.services.settings.public_url
        return RelyingParty(urlsplit(url).hostname or "", self.configuration.environment.name, url)

    def session(self, connection: Connection) -> Session | None:
        """Return the browser's session, or `None`."""
        if not self.flow.session_before:
            return None  # who signs on gets a new cookie, so the one that the flow belongs to has none still
        return sessions.of_token(
            connection, self.environment_id, self.cookie.value, now=self.now, idle=lifetimes.SESSION_IDLE
        )

    def proof(self, connection: Connection, user: User) -> Proof:
        """Return what is known of a user who has proven who they are."""
        session = None if self.flow.forced else self.session(connection)
        return known_users.proof_of(
            connection,
            user,
            self.application,
            self.flow.plan,
            address=self.address,
            now=self.now,
            session=session,
        )
