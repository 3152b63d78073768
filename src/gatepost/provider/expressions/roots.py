"""What expressions see when a token is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from gatepost.provider.expressions.navigation import LazyObject

Groups: TypeAlias = Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]]

_JWT_METHODS = frozenset(("PRIVATE_KEY_JWT", "CLIENT_SECRET_JWT"))


def roots_for_token(
    user_document: Mapping[str, Any] | None,
    groups: Groups = (),
    client_assertion: Mapping[str, Any] | None = None,
    client_assertion_header: Mapping[str, Any] | None = None,
    token_endpoint_auth_method: str | None = None,
) -> Mapping[str, Any]:
    """Return the roots of the expressions of a token; each is made when an expression asks for it.

    Args:
        user_document: The user as the API shows it (with `id`), or `None` when no user takes part.
        groups: The id and the name of each group of the user, or what finds them: it is called once, and only when
            `user.memberOfGroupIDs` or `user.memberOfGroupNames` is asked for.
        client_assertion: The claims of the client's JWT, when it has authenticated with one.
        client_assertion_header: The header of that JWT.
        token_endpoint_auth_method: How the application authenticates; shown only when it is with a JWT (PingOne,
            "Authentication JWT token fulfillment"), else null.
    """
    found: list[Sequence[tuple[str, str]]] = []

    def group(which: int) -> list[str]:
        if not found:
            found.append(groups() if callable(groups) else groups)
        return [each[which] for each in found[0]]

    def user() -> LazyObject | None:
        if user_document is None:
            return None
        members: dict[str, Callable[[], Any]] = {
            "memberOfGroupIDs": lambda: group(0),
            "memberOfGroupNames": lambda: group(1),
        }
        return LazyObject(members, user_document)

    def context() -> dict[str, Any]:
        method = token_endpoint_auth_method if token_endpoint_auth_method in _JWT_METHODS else None
        data: dict[str, Any] | None = None
        if method is not None and client_assertion is not None:
            data = {"clientAssertion": client_assertion, "clientAssertionHeader": client_assertion_header or {}}
        return {"requestData": data, "appConfig": {"tokenEndpointAuthMethod": method}}

    return LazyObject({"user": user, "context": context})
