"""The hosted sign-on pages: `/{environmentId}/signon/?flowId=…`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import urlencode

from gatepost.identity.refusals import IdentityError, NotFound
from gatepost.provider.pages import forms, password_hints, plain, said, same_site, scope_words, views
from gatepost.provider.pages.plain import Onward
from gatepost.provider.pages.problems import problems
from gatepost.provider.pages.rendering import page
from gatepost.provider.pages.said import Said
from gatepost.provider.pages.texts import text
from gatepost.provider.pages.view import At
from gatepost.provider.services import Services
from gatepost.provider.signon import cookies
from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import Response, redirect
from gatepost.provider.web.router import Handler

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

Route: TypeAlias = tuple[str, str, Handler]

_SEE_OTHER = 303  # RFC 9110 §15.4.4: a GET follows


def routes(services: Services, flows: Flows | None = None) -> Iterable[Route]:
    """Yield the method, the pattern and the handler of each page.

    Args:
        services: What the provider works with.
        flows: What drives the flows, which the flow service shares.
    """
    pages = _Pages(services, flows or Flows(services))
    yield "GET", "/{environmentId}/signon", pages.show
    yield "POST", "/{environmentId}/signon", pages.take


class _Visit(NamedTuple):
    """Somebody is at the page of a flow.

    Attributes:
        request: The request.
        configuration: The environment's configuration, as of now.
        flow_id: The flow.
        link: The page that they went to from where the flow stands.
        cookie: The browser's cookie.
    """

    request: Request
    configuration: "Configuration"
    flow_id: str
    link: str
    cookie: str

    @property
    def environment_id(self) -> str:
        return self.configuration.environment.id

    @property
    def brand(self) -> str:
        return self.configuration.environment.name

    @property
    def token(self) -> str:
        return same_site.token(self.environment_id, self.flow_id, self.cookie)

    def here(self, link: str = "") -> str:
        """The address of a page of the flow, from the address of this one."""
        return f"?{urlencode({'flowId': self.flow_id, **({'page': link} if link else {})})}"


class _Pages:
    def __init__(self, services: Services, flows: Flows) -> None:
        self._services = services
        self._flows = flows

    async def show(self, request: Request) -> Response:
        """Show the page of where a flow stands."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        try:
            step = await self._flows.get(visit.environment_id, visit.flow_id, visit.cookie)
        except NotFound:
            return _message("ended", 404, brand=visit.brand)
        cookie = request.cookies.get(said.COOKIE)
        response = await self._page(visit, step, said.read(self._services.sealing, visit.flow_id, cookie))
        if not cookie:
            return response
        return response.adding(("set-cookie", said.removed(self._services.settings, visit.environment_id)))

    async def take(self, request: Request) -> Response:
        """Do what a form asks for, and send the browser to the page of where the flow stands then."""
        visit = await self._visit(request)
        if isinstance(visit, Response):
            return visit
        try:
            form = request.form
            if not same_site.from_here(self._services.settings, request) or not same_site.is_token(
                form.get(same_site.TOKEN), visit.token
            ):
                return _message("forged", 403, brand=visit.brand, onward=visit.here())
            action = forms.action_of(form)
        except BadRequest as error:
            return _message("bad_form", 400, brand=visit.brand, onward=visit.here(), detail=str(error))
        try:
            members = forms.members_of(action, form)
            step = await self._flows.act(
                visit.environment_id, visit.flow_id, visit.cookie, action, members, request.client
            )
        except NotFound:
            return _message("ended", 404, brand=visit.brand)
        except IdentityError as error:
            return self._wrong(visit, error)
        if step.error is not None:
            return self._wrong(visit, step.error)
        response = redirect(self._place(visit), _SEE_OTHER)
        return response if step.set_cookie is None else response.adding(("set-cookie", step.set_cookie))

    async def _visit(self, request: Request) -> _Visit | Response:
        """Return who is at which page, or what they get instead."""
        configuration = await self._services.configurations.get_async(request.parameters["environmentId"])
        if configuration is None:
            return _message("no_environment", 404)
        brand = configuration.environment.name
        try:
            flow_id, link = request.query.get("flowId"), request.query.get("page") or ""
        except BadRequest as error:
            return _message("bad_link", 400, brand=brand, detail=str(error))
        if flow_id is None:
            return _message("bad_link", 400, brand=brand)
        cookie = request.cookies.get(cookies.NAME)
        if not cookie:
            return _message("no_cookie", 400, brand=brand)
        return _Visit(request, configuration, flow_id, link, cookie)

    async def _page(self, visit: _Visit, step: Step, told: Said) -> Response:
        flow, configuration = step.flow, visit.configuration
        link = views.linked(step, visit.link)
        words = scope_words.in_words(configuration, flow.application_id, flow.scopes)
        view = views.view_of(At(step, visit.brand, words), link)
        recovery_code = flow.device is not None and flow.device.kind == "RECOVERY_CODES"
        wrong = problems(told.wrong, view.fields, recovery_code=recovery_code)
        by_field: dict[str, list[str]] = {}
        for each in wrong:
            by_field.setdefault(each.field, []).append(each.text)
        values = {
            **view.values,
            "brand": visit.brand,
            "problems": wrong,
            "first_problem": next((name for name in view.fields if name in by_field), ""),
            "problem_of": lambda name: " ".join(by_field.get(name, ())),
            "kept": told.kept,
            "rules": await self._rules(visit, step, registering=link == "register") if view.passwords else (),
            "may": step.actions.__contains__,
            "here": visit.here,
            "token": visit.token,
        }
        return page(view.template, view.title, values, form_to="'self'", scripted=view.scripted)

    async def _rules(self, visit: _Visit, step: Step, *, registering: bool) -> tuple[str, ...]:
        return await self._services.store.read_async(
            lambda connection: password_hints.of_flow(
                connection, visit.environment_id, step.flow, registering=registering
            )
        )

    def _wrong(self, visit: _Visit, error: IdentityError) -> Response:
        """Send the browser to the page that it came from, which says what is wrong."""
        services = self._services
        told = said.of_error(error, forms.shown_again(visit.request.form))
        cookie = said.written(services.settings, services.sealing, visit.environment_id, visit.flow_id, told)
        return redirect(self._place(visit, visit.link), _SEE_OTHER).adding(("set-cookie", cookie))

    def _place(self, visit: _Visit, link: str = "") -> str:
        return f"{self._services.auth_url(visit.environment_id)}/signon/{visit.here(link)}"


def _message(key: str, status: int, *, brand: str = "", onward: str = "", detail: str = "") -> Response:
    """Return the page that says why there is no other."""
    leads = Onward(onward, text("open_anew")) if onward else None
    return plain.error(text(f"{key}.title"), text(f"{key}.text"), detail, status, brand=brand, onward=leads)
