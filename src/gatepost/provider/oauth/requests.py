"""Requests for authorization (OpenID Connect Core 1.0 §3.1.2.1): read, judged, and kept while the user signs on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gatepost.errors import GatepostError, TokenRejected
from gatepost.identity import pushed_requests
from gatepost.identity.applications import Application
from gatepost.provider.oauth import pkce, presented_tokens, request_object, scopes
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.response_modes import FRAGMENT, MODES, PI_FLOW, QUERY, ReturnTo

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

_RESPONSES = {"code": "CODE", "id_token": "ID_TOKEN", "token": "TOKEN"}
_COMBINATIONS = frozenset(
    frozenset(each.split())
    for each in ("code", "id_token", "token", "token id_token", "code id_token", "code token", "code token id_token")
)
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_MOST_TEXT = 4096
_MOST_AGE = 2**31


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request for authorization that was found good.

    Attributes:
        application_id: The application.
        response_types: What it wants: `code`, `id_token`, `token`.
        response_mode: How the answer goes back: `query`, `fragment`, `form_post`, `pi.flow`.
        redirect_uri: Where the answer goes to; `None` for `pi.flow` alone.
        scopes: What it may get, of what it asked for.
        state: What the answer repeats, or `None`.
        nonce: What the ID token repeats, or `None`.
        prompt: `none`, `login`, `consent`, `select_account`.
        max_age: How long ago the user may have signed on, in seconds, or `None`.
        login_hint: Who is to sign on, or `None`.
        hinted_subject: `sub` of the ID token that was given as a hint, or `None`.
        acr_values: The sign-on policies that are wanted, the dearest first.
        ui_locales: The languages that are wanted, the dearest first.
        code_challenge: The challenge of PKCE, or `None`.
        code_challenge_method: Its method, or `None`.
        dpop_jkt: The thumbprint of the key that the code is bound to, or `None` (RFC 9449 §10).
    """

    application_id: str
    response_types: tuple[str, ...]
    response_mode: str
    redirect_uri: str | None
    scopes: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    login_hint: str | None = None
    hinted_subject: str | None = None
    acr_values: tuple[str, ...] = ()
    ui_locales: tuple[str, ...] = ()
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    dpop_jkt: str | None = None

    @property
    def return_to(self) -> ReturnTo:
        """Where the answer goes to."""
        return ReturnTo(self.redirect_uri, self.response_mode, self.state)

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "AuthorizationRequest":
        """Return what `document` made."""
        members: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
        }
        return cls(**members)


class AuthorizationFailed(GatepostError):
    """A request for authorization is refused.

    Attributes:
        error: The error code.
        description: One sentence.
        return_to: Where the refusal may be sent to, or `None` when it has to be shown to the user.
    """

    def __init__(self, error: str, description: str, return_to: ReturnTo | None = None) -> None:
        """Take what the answer says."""
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.return_to = return_to


async def read(call: Call, parameters: Mapping[str, str]) -> AuthorizationRequest:
    """Return the request that the parameters of the authorization endpoint make.

    A request that was pushed is taken here, once. What the parameters say besides it does not count (RFC 9126 §4).

    Raises:
        AuthorizationFailed: When it is refused.
        KeysUnavailable: When the keys of a request object cannot be fetched.
    """
    application = _application(call.configuration, parameters)
    request_uri = parameters.get("request_uri")
    if request_uri is None:
        if application.par_requirement == "REQUIRED":
            return_to = _return_to(application, parameters)
            raise AuthorizationFailed("invalid_request", "The application has to push its requests", return_to)
        return judged(call, application, await merged(call, application, parameters))
    if not request_uri.startswith(pushed_requests.PREFIX):
        text = "Only a request that was pushed has a request_uri"
        raise AuthorizationFailed("request_uri_not_supported", text, _return_to(application, parameters))
    pushed = await call.services.store.write_async(
        lambda connection: pushed_requests.take(connection, call.environment_id, application.id, request_uri, call.now)
    )
    if pushed is None:
        raise AuthorizationFailed("invalid_request_uri", "The pushed request is unknown, was used, or has expired")
    return judged(call, application, pushed)


async def merged(call: Call, application: Application, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parameters of a request with those of its request object, if it has one.

    Raises:
        AuthorizationFailed: When that is not good.
        KeysUnavailable: When the keys that it is signed with cannot be fetched.
    """
    try:
        return await request_object.merged(call, application, parameters)
    except OAuthError as error:
        return_to = _return_to(application, parameters)
        raise AuthorizationFailed(error.error, error.description, return_to) from None


def judged(call: Call, application: Application, parameters: Mapping[str, str]) -> AuthorizationRequest:
    """Return the request that parameters make, those of a request object among them.

    Raises:
        AuthorizationFailed: When it is refused.
    """
    return_to = _return_to(application, parameters)
    try:
        return _judged(call, application, parameters, return_to)
    except OAuthError as error:
        raise AuthorizationFailed(error.error, error.description, return_to) from None


def _application(configuration: "Configuration", parameters: Mapping[str, str]) -> Application:
    application = configuration.applications.get(parameters.get("client_id", ""))
    if application is None or not application.enabled:
        raise AuthorizationFailed("invalid_request", "There is no such client_id")
    return application


def _return_to(application: Application, parameters: Mapping[str, str]) -> ReturnTo:
    """Return where answers go to.

    Raises:
        AuthorizationFailed: When nothing may be sent there.
    """
    mode, redirect_uri = parameters.get("response_mode"), parameters.get("redirect_uri")
    state = parameters.get("state")
    if mode not in MODES:
        mode = QUERY if parameters.get("response_type") in {None, "code"} else FRAGMENT
    if redirect_uri is None and mode == PI_FLOW:
        return ReturnTo(None, mode, state)
    if redirect_uri is None:
        raise AuthorizationFailed("invalid_request", "redirect_uri is required")
    if not application.redirects_to(redirect_uri):
        raise AuthorizationFailed("invalid_request", "redirect_uri is none of the application's")
    return ReturnTo(redirect_uri, mode, state)


def _judged(
    call: Call, application: Application, parameters: Mapping[str, str], return_to: ReturnTo
) -> AuthorizationRequest:
    _check_sizes(parameters)
    if "registration" in parameters:
        raise OAuthError("registration_not_supported", "registration is not supported")
    response_types = _response_types(application, parameters)
    mode = _mode(parameters, response_types)
    challenge, method = None, None
    if "code" in response_types:
        enforcement = application.pkce_enforcement
        challenge, method = pkce.check_challenge(
            parameters.get("code_challenge"), parameters.get("code_challenge_method"), enforcement
        )
    allowed = scopes.for_user(call.configuration, application, scopes.parsed(parameters.get("scope")))
    if "id_token" in response_types and scopes.OPENID not in allowed.scopes:
        raise OAuthError("invalid_scope", "An ID token needs the scope openid")
    if "id_token" in response_types and parameters.get("nonce") is None:
        raise OAuthError("invalid_request", "nonce is required where the answer has an ID token")
    return AuthorizationRequest(
        application.id,
        response_types,
        mode,
        return_to.redirect_uri,
        allowed.scopes,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        prompt=_prompt(parameters.get("prompt")),
        max_age=_max_age(parameters.get("max_age")),
        login_hint=parameters.get("login_hint"),
        hinted_subject=_hinted(call, application, parameters.get("id_token_hint")),
        acr_values=tuple((parameters.get("acr_values") or "").split()),
        ui_locales=tuple((parameters.get("ui_locales") or "").split()),
        code_challenge=challenge,
        code_challenge_method=method,
        dpop_jkt=parameters.get("dpop_jkt"),
    )


def _check_sizes(parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        if name not in {"id_token_hint", "login_hint_token", "request"} and len(value) > _MOST_TEXT:
            raise OAuthError("invalid_request", f"A parameter is longer than {_MOST_TEXT} characters")


def _response_types(application: Application, parameters: Mapping[str, str]) -> tuple[str, ...]:
    text = parameters.get("response_type")
    if text is None:
        raise OAuthError("invalid_request", "response_type is required")
    wanted = frozenset(text.split(" "))
    if wanted not in _COMBINATIONS or len(wanted) != len(text.split(" ")):
        raise OAuthError("unsupported_response_type", "There is no such response_type")
    for each in wanted:
        if _RESPONSES[each] not in application.response_types:
            raise OAuthError("unauthorized_client", "The application may not ask for this response_type")
    if "code" in wanted and "AUTHORIZATION_CODE" not in application.grant_types:
        raise OAuthError("unauthorized_client", "The application may not ask for codes")
    if wanted != {"code"} and "IMPLICIT" not in application.grant_types:
        raise OAuthError("unauthorized_client", "The application may not ask for tokens here")
    return tuple(each for each in _RESPONSES if each in wanted)


def _mode(parameters: Mapping[str, str], response_types: tuple[str, ...]) -> str:
    mode = parameters.get("response_mode")
    if mode is None:
        return QUERY if response_types == ("code",) else FRAGMENT
    if mode not in MODES:
        raise OAuthError("invalid_request", "There is no such response_mode")
    if mode == QUERY and response_types != ("code",):
        raise OAuthError("invalid_request", "Tokens are not sent in a query")
    return mode


def _prompt(text: str | None) -> tuple[str, ...]:
    wanted = tuple((text or "").split())
    if not _PROMPTS.issuperset(wanted):
        raise OAuthError("invalid_request", "prompt has to be none, login, consent or select_account")
    if "none" in wanted and len(wanted) > 1:
        raise OAuthError("invalid_request", "prompt is none, or something else")
    return wanted


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise OAuthError("invalid_request", "max_age is a number of seconds")
    return min(int(text), _MOST_AGE)


def _hinted(call: Call, application: Application, hint: str | None) -> str | None:
    if hint is None:
        return None
    try:
        claims = presented_tokens.id_token(call.configuration, call.issuer, hint, None)
    except TokenRejected:
        raise OAuthError("invalid_request", "id_token_hint is no ID token of this issuer") from None
    if claims["aud"] != application.id:
        raise OAuthError("invalid_request", "id_token_hint is for another application")
    return str(claims["sub"])
