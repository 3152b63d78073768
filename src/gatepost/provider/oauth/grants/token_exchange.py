"""The grant of another token (RFC 8693)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.provider.oauth import claims, dpop, fulfillment, issuing, people, presented_tokens, scopes
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_grant, invalid_request
from gatepost.provider.oauth.issuing import Issue
from gatepost.provider.oauth.once import reading
from gatepost.provider.oauth.scopes import Allowed
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.web.response import Response

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"

_MOST_ACTORS = 8


async def answer(call: Call, client: Client) -> Response:
    """Return an access token in the name of the subject of another token, which lives no longer than that one.

    Raises:
        OAuthError: When there is none.
    """
    form = call.request.form
    if client.public:
        raise OAuthError("unauthorized_client", "An application that cannot authenticate exchanges no tokens")
    if form.get("requested_token_type") not in {None, ACCESS_TOKEN, JWT}:
        raise invalid_request(f"requested_token_type has to be {ACCESS_TOKEN}")
    proof = dpop.proof_of(call)
    jkt = dpop.thumbprint(proof)
    subject = _presented(call, client, "subject_token", jkt)
    if subject is None:
        raise invalid_request("subject_token is required")
    actor = _presented(call, client, "actor_token", jkt)
    _check_raise(call, client, subject)
    sign_on = _sign_on(subject)
    allowed = _allowed(call, client, subject)

    def read(connection: Connection) -> Mapping[str, Any] | None:
        for name, presented in (("subject_token", subject), ("actor_token", actor)):
            if presented is not None and presented_tokens.ended(connection, call.environment_id, presented):
                raise invalid_grant(f"The {name} is not good any more")
        user = people.signed_on(connection, call.configuration, client.application, sign_on.user_id)
        return user if user is not None and _means(call, client, subject, user) else None

    user = await reading(call.services, client.once + dpop.once(proof), read)
    if user is None:
        raise invalid_grant("The user may not sign on any more")
    left = subject["exp"] - call.now // 1000
    issue = Issue(
        allowed,
        claims.plan(call.configuration, allowed, call.now, left),
        sign_on,
        user,
        jkt=jkt,
        more={"issued_token_type": ACCESS_TOKEN},
        exchanged=(subject, actor),
        act=_act(subject, actor),
    )
    return issuing.response(call, client, issue)


def _presented(call: Call, client: Client, name: str, jkt: str | None) -> dict[str, Any] | None:
    """Return the claims of a token that the request brings, or `None` when it brings none."""
    form = call.request.form
    token, token_type = form.get(name), form.get(f"{name}_type")
    if token is None:
        if token_type is not None:
            raise invalid_request(f"{name}_type stands there without {name}")
        return None
    if token_type not in {ACCESS_TOKEN, ID_TOKEN, JWT}:
        raise invalid_request(f"{name}_type has to be {ACCESS_TOKEN} or {ID_TOKEN}")
    now = call.services.clock()
    try:
        if token_type == ID_TOKEN:
            found = presented_tokens.id_token(call.configuration, call.issuer, token, now)
            if found["aud"] != client.application.id:
                raise invalid_grant(f"The {name} is for another application")
        else:
            found = presented_tokens.access_token(call.configuration, call.issuer, token, now)
    except TokenRejected:
        raise invalid_grant(f"The {name} is not good") from None
    if found.get("cnf") is not None and found["cnf"] != {"jkt": jkt}:
        raise invalid_grant(f"The {name} is bound to another key")
    return found


def _check_raise(call: Call, client: Client, subject: Mapping[str, Any]) -> None:
    """Refuse a worker a token whose user's roles do not count: with the new one they would."""
    if client.application.type != "WORKER":
        return
    found = call.configuration.applications.get(str(subject.get("client_id", subject["aud"])))
    if found is None or found.type != "WORKER":
        raise invalid_grant("The subject_token is of an application that does not act with its users' roles")


def _sign_on(subject: Mapping[str, Any]) -> SignOn:
    user_id = subject.get("p1.userId") if "client_id" in subject else subject["sub"]
    if user_id is None:
        raise invalid_grant("The subject_token speaks of no user")
    return SignOn(user_id, subject.get("sid"), subject.get("auth_time", subject["iat"]), subject.get("acr", ""))


def _means(call: Call, client: Client, subject: Mapping[str, Any], user: Mapping[str, Any]) -> bool:
    """Tell whether a token means the user whose identifier it holds: in an ID token a mapping may make it."""
    if "client_id" in subject:
        return True
    return fulfillment.subject(call.configuration, client.application, user) == str(subject["sub"])


def _allowed(call: Call, client: Client, subject: Mapping[str, Any]) -> Allowed:
    """Return what the new token allows: what the application was granted, at the resource that it names."""
    form = call.request.form
    wanted = scopes.parsed(form.get("scope"))
    targets = {each for each in (form.get("audience"), form.get("resource")) if each is not None}
    if not targets:
        return scopes.for_user(call.configuration, client.application, wanted)
    resources = [call.configuration.resource_of_audience(each) for each in targets]
    if any(each is None for each in resources):
        raise OAuthError("invalid_target", "There is no such resource")
    ids = {each.id for each in resources if each is not None}
    granted = call.configuration.granted_scopes(client.application.id)
    there = tuple(name for name, scope in granted.items() if scope.resource_id in ids)
    names = there if wanted is None else tuple(name for name in wanted if name in there)
    return scopes.for_user(call.configuration, client.application, names)


def _act(subject: Mapping[str, Any], actor: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return who acts: the actor, and within who acted before (RFC 8693 §4.1)."""
    before = subject.get("act")
    if actor is None:
        return before
    act = {"sub": actor.get("sub", actor.get("client_id")), "client_id": actor.get("client_id", actor.get("aud"))}
    depth, inner = 1, before
    while isinstance(inner, Mapping):
        depth, inner = depth + 1, inner.get("act")
    if depth > _MOST_ACTORS:
        raise invalid_request("Too many have acted for the subject")
    return act if before is None else {**act, "act": before}
