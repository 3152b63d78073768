"""Sign-on flows, driven from Python: the endpoints and the hosted pages are thin renderers over this."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from gatepost.identity import flow_states, mail, sessions
from gatepost.identity.flow_states import FlowState
from gatepost.identity.ids import is_id, token_hash
from gatepost.identity.mail import Mail, Mailer
from gatepost.identity.refusals import IdentityError, NotFound, Violation
from gatepost.identity.verified_passwords import VerifiedPasswords
from gatepost.provider.platform.refusals import Refused
from gatepost.provider.services import Services
from gatepost.provider.signon import actions, cookies, effects, lifetimes, proving, sealed_challenges
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.actions import Action
from gatepost.provider.signon.cookies import Cookie
from gatepost.provider.signon.events import Event, Known
from gatepost.provider.signon.machine import NotNow, Outcome, begin, take
from gatepost.provider.signon.proving import Rejected
from gatepost.provider.signon.state import Flow

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

_logger = logging.getLogger("gatepost.provider")
_NO_FLOW = "there is no such flow: it has ended, or belongs to another browser"


class Step(NamedTuple):
    """Where a flow stands for the browser that it belongs to.

    Attributes:
        flow: Where it stands; see `state.Flow` for what of it may be shown.
        state: The flow as it is kept: its identifier and its times.
        actions: What can be done, as in the links of the flow's JSON.
        challenge: What a second factor is asked: `options` for `navigator.credentials` (ASSERTION_REQUIRED), `secret`
            and `keyUri` of an authenticator that is being enrolled (OTP_REQUIRED), or nothing.
        error: Why what was asked for was not done, or `None`.
        set_cookie: The value of a `Set-Cookie` header that has to go with the answer, or `None`.
        resume_url: Where a browser goes once the flow has ended.
    """

    flow: Flow
    state: FlowState
    actions: tuple[Action, ...]
    challenge: Mapping[str, Any]
    error: IdentityError | None
    set_cookie: str | None
    resume_url: str


class Flows:
    """Begins flows, shows where they stand, and does what is asked for in them."""

    def __init__(
        self, services: Services, *, mailer: Mailer | None = None, memory: VerifiedPasswords | None = None
    ) -> None:
        """Take what the provider works with.

        Args:
            services: The services.
            mailer: What sends mail; by default the console and the outbox.
            memory: Passwords that were right a short while ago; one of the process by default.
        """
        self.services = services
        self._mailer = mailer or mail.for_development(services.store)
        self._memory = memory or VerifiedPasswords()
        self._sending: set[asyncio.Task[None]] = set()

    async def get(self, environment_id: str, flow_id: str, cookie: str | None) -> Step:
        """Return where a flow stands.

        Args:
            environment_id: The environment.
            flow_id: The flow.
            cookie: The value of the browser's cookie `ST`.

        Raises:
            NotFound: When there is none such for this browser.
        """
        state, flow = await self._found(environment_id, flow_id, cookie)
        return self._step(flow, state)

    async def act(
        self,
        environment_id: str,
        flow_id: str,
        cookie: str | None,
        action: Action,
        fields: Mapping[str, Any],
        client: str,
    ) -> Step:
        """Do something in a flow, and return where it stands then.

        Args:
            environment_id: The environment.
            flow_id: The flow.
            cookie: The value of the browser's cookie `ST`.
            action: What to do.
            fields: The members of its body; see `actions.MEMBERS`.
            client: The address of who asks.

        Raises:
            NotFound: When there is no such flow for this browser. Every other refusal is the step's `error`.
        """
        state, flow = await self._found(environment_id, flow_id, cookie)
        try:
            sent = actions.read(action, dict(fields))
            if action not in actions.taken(flow):
                raise _not_now(flow)
            acting = await self.acting(state, flow, Cookie(cookie or ""), sent, client)
            decide = await proving.decided_by(action, acting)
            outcome = await self.services.store.write_async(lambda each: _kept(each, acting, decide))
        except IdentityError as error:
            return self._step(flow, state, error)
        return self._answered(outcome, flow, state)

    async def acting(
        self, state: FlowState, flow: Flow, cookie: Cookie, fields: Mapping[str, Any], address: str
    ) -> Acting:
        """Return what doing something in a flow needs to know.

        Raises:
            NotFound: When the environment is gone.
        """
        services = self.services
        configuration = await services.configurations.get_async(state.environment_id)
        if configuration is None:
            raise NotFound("there is no such environment")
        return Acting(services, configuration, state, flow, cookie, fields, address, services.now(), self._memory)

    def begun(
        self,
        connection: Connection,
        configuration: "Configuration",
        flow: Flow,
        known: Known | None,
        cookie: Cookie,
        address: str,
        now: int,
    ) -> Step:
        """Begin a flow, in a transaction that writes; a flow of a browser with a session may be complete at once."""
        environment_id, outcome = configuration.environment.id, begin(flow, known, now)
        state = flow_states.begin(
            connection,
            environment_id,
            token_hash(cookie.value),
            outcome.flow.document(),
            now=now,
            lifetime=lifetimes.FLOW,
        )
        if not outcome.effects:
            return self._step(outcome.flow, state)
        acting = Acting(self.services, configuration, state, outcome.flow, cookie, {}, address, now, self._memory)
        doing, saved = effects.done(connection, acting, outcome)
        return self._step(doing.flow, saved, cookie=doing.cookie)

    async def application_of(self, environment_id: str, flow_id: str) -> str | None:
        """Return the application that a flow is for, or `None`; it is no secret to who knows the flow's identifier."""
        now = self.services.now()
        state = await self.services.store.read_async(
            lambda connection: flow_states.get(connection, environment_id, flow_id, now)
        )
        return None if state is None else Flow.of_document(state.document).application_id

    async def settle(self) -> None:
        """Wait until all mail is sent that was on its way."""
        while self._sending:
            await asyncio.gather(*self._sending)

    async def _found(self, environment_id: str, flow_id: str, cookie: str | None) -> tuple[FlowState, Flow]:
        """Return a flow that belongs to the browser with this cookie.

        Raises:
            NotFound: When there is none.
        """
        if not is_id(flow_id) or not cookie:
            raise NotFound(_NO_FLOW)
        now = self.services.now()

        def find(connection: Connection) -> tuple[FlowState, Flow] | None:
            state = flow_states.get(connection, environment_id, flow_id, now)
            if state is None:
                return None
            flow = Flow.of_document(state.document)
            if effects.belongs(state, cookie):
                return state, flow
            session = sessions.of_token(connection, environment_id, cookie, now=now, idle=lifetimes.SESSION_IDLE)
            if session is None or not effects.belongs_after_sign_on(state, flow, session):
                return None
            return state, replace(flow, session_before=True)

        found = await self.services.store.read_async(find)
        if found is None:
            raise NotFound(_NO_FLOW)
        return found

    def _answered(self, outcome: "_Kept | Rejected", flow: Flow, state: FlowState) -> Step:
        if isinstance(outcome, Rejected):
            return self._step(flow, state, outcome.error)
        for each in outcome.doing.mail:
            self._send(each, outcome.doing.acting.now)
        return self._step(outcome.doing.flow, outcome.state, outcome.error, cookie=outcome.doing.cookie)

    def _step(
        self, flow: Flow, state: FlowState, error: IdentityError | None = None, cookie: Cookie | None = None
    ) -> Step:
        services = self.services
        written = None
        if cookie is not None and cookie.new:
            written = cookies.written(services.settings, state.environment_id, cookie, services.clock())
        shown = flow.challenge if flow.status in {"OTP_REQUIRED", "ASSERTION_REQUIRED"} else None
        resume = f"{services.issuer(state.environment_id)}/resume?flowId={state.id}"
        challenge = sealed_challenges.opened(services.sealing, shown)
        return Step(flow, state, actions.taken(flow), challenge, error, written, resume)

    def _send(self, message: Mail, now: int) -> None:
        """Send mail behind the answer: how long it takes would tell whether somebody got one."""
        task = asyncio.get_running_loop().create_task(self._sent(message, now))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _sent(self, message: Mail, now: int) -> None:
        try:
            await self._mailer.send(message, now)
        except Exception:
            _logger.exception("mail could not be sent")


class _Kept(NamedTuple):
    doing: effects.Doing
    state: FlowState
    error: IdentityError | None = None


def _kept(connection: Connection, acting: Acting, decide: proving.Decide) -> "_Kept | Rejected":
    """Do what an action comes to, and keep it."""
    decided = decide(connection)
    error = None
    if isinstance(decided, Rejected):
        if decided.event is None:
            return decided
        error, event = decided.error, decided.event
    else:
        event = decided
    doing, saved = effects.done(connection, acting, _taken(acting.flow, event, acting.now))
    return _Kept(doing, saved, error)


def _taken(flow: Flow, event: Event, now: int) -> Outcome:
    try:
        return take(flow, event, now)
    except NotNow:
        raise _not_now(flow) from None


def _not_now(flow: Flow) -> Refused:
    offered = list(actions.taken(flow))
    text = f"The flow's status is {flow.status}; this action is not one that it takes."
    return Refused(400, Violation("INVALID_VALUE", "Content-Type", text, {"allowedValues": offered}))
