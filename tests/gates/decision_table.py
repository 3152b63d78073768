"""The decision table: requests, and what every gate has to decide about them.

The policy and the tokens that the rows speak of are in `decision_world.py`. A row is the same wherever it is run: in
the process, through a real server, through a real proxy.
"""

from typing import NamedTuple

from tests.gates.confusing_paths import CONFUSING_PATHS

Headers = tuple[tuple[str, str], ...]


class Row(NamedTuple):
    """One request, and the decision on it.

    Attributes:
        id: A name for the report.
        method: The method.
        target: The request target as it is sent, with its escapes and its query.
        token: The kind of token in `Authorization: Bearer`, or an empty string for none.
        headers: More headers; `{kind}` in a value stands for the token of that kind.
        status: 200 when it is let in, or the status of the refusal.
        reason: The reason of the refusal, or an empty string.
        forwarded: Of the headers that the policy can set, those that the application gets, in lower case.
    """

    id: str
    method: str
    target: str
    token: str
    headers: Headers
    status: int
    reason: str
    forwarded: dict[str, str]


# The headers that the policy can set.
FORWARDABLE = ("x-user", "x-scopes", "x-role")

_OK = 200
USER = {"x-user": "user-1"}
_PROFILE = {**USER, "x-scopes": "profile"}


def _row(
    name: str,
    request: str,
    token: str = "",
    expected: str | int = _OK,
    forwarded: dict[str, str] | None = None,
    headers: Headers = (),
) -> Row:
    """Return a row; `expected` is 200, or the status and the reason with a blank between."""
    method, _, target = request.partition(" ")
    status, _, reason = str(expected).partition(" ")
    return Row(name, method, target, token, headers, int(status), reason, forwarded or {})


def _table() -> tuple[Row, ...]:
    return (*_tokens(), *_schemes(), *_demands(), *_routes(), *_paths(), *_copies())


# Which tokens are good at all: one route that anyone with a good token and `profile` may ask, over HTTP and as gRPC.
_KINDS: dict[str, str | int] = {
    "": "401 missing_token",
    "good": _OK,
    "twice_good": _OK,
    "plain": "403 insufficient_scope",
    "expired": "401 expired",
    "not_yet": "401 not_yet_valid",
    "from_future": "401 issued_in_future",
    "wrong_audience": "401 wrong_audience",
    "wrong_issuer": "401 wrong_issuer",
    "bad_signature": "401 bad_signature",
    "other_key": "401 unknown_key",
    "no_algorithm": "401 unsupported_algorithm",
    "symmetric": "401 unsupported_algorithm",
    "wrong_type": "401 wrong_type",
    "no_expiry": "401 missing_claim",
    "cut_short": "401 malformed",
    "rubbish": "401 malformed",
    "duplicate_claims": "401 malformed",
    "too_large": "401 too_large",
    "dark": "503 keys_unavailable",
    "bound_to_key": "401 wrong_binding",
    "bound_to_certificate": "401 wrong_binding",
}


def _tokens() -> list[Row]:
    forwarded = {"good": _PROFILE, "twice_good": {**USER, "x-scopes": "email profile"}}
    return [
        _row(f"{kind or 'no'} token: {request}", request, kind, expected, forwarded.get(kind))
        for request in ("GET /user", "POST /example.Greeter/Greet")
        for kind, expected in _KINDS.items()
    ]


def _schemes() -> list[Row]:
    """How a token may be sent: in one Authorization header (RFC 6750 §2.1), and nowhere else."""
    sent: dict[str, tuple[Headers, str | int]] = {
        "scheme in lower case": ((("Authorization", "bearer {good}"),), _OK),
        "scheme in capitals": ((("Authorization", "BEARER {good}"),), _OK),
        "header's name in lower case": ((("authorization", "Bearer {good}"),), _OK),
        "two blanks": ((("Authorization", "Bearer  {good}"),), _OK),
        "no scheme": ((("Authorization", "{good}"),), "401 missing_token"),
        "scheme alone": ((("Authorization", "Bearer"),), "401 missing_token"),
        "another scheme": ((("Authorization", "Basic dXNlcjpwYXNz"),), "401 missing_token"),
        "Token scheme": ((("Authorization", "Token {good}"),), "401 missing_token"),
        "two tokens in one header": ((("Authorization", "Bearer {good} {good}"),), "400 bad_request"),
        "a comma after the token": ((("Authorization", "Bearer {good},x"),), "400 bad_request"),
        "quoted token": ((("Authorization", 'Bearer "{good}"'),), "401 malformed"),
        "two headers": ((("Authorization", "Bearer {good}"), ("Authorization", "Bearer {good}")), "400 bad_request"),
        "a bad header before": ((("Authorization", "Basic x"), ("Authorization", "Bearer {good}")), "400 bad_request"),
        "a bad header after": ((("Authorization", "Bearer {good}"), ("Authorization", "Basic x")), "400 bad_request"),
        "DPoP scheme, unbound token": (
            (("Authorization", "DPoP {good}"), ("DPoP", "{good}")),
            "401 wrong_binding",
        ),
        "DPoP scheme, no proof": ((("Authorization", "DPoP {bound_to_key}"),), "401 malformed"),
        "token in another header": ((("X-Access-Token", "{good}"),), "401 missing_token"),
        "token in a cookie": ((("Cookie", "access_token={good}"),), "401 missing_token"),
        "token in Proxy-Authorization": ((("Proxy-Authorization", "Bearer {good}"),), "401 missing_token"),
        "token in X-Forwarded-Authorization": (
            (("X-Forwarded-Authorization", "Bearer {good}"),),
            "401 missing_token",
        ),
        "token as a subprotocol": ((("Sec-WebSocket-Protocol", "bearer, {good}"),), "401 missing_token"),
    }
    return [
        _row(f"{name}: {request}", request, "", expected, _PROFILE if expected == _OK else None, headers)
        for request in ("GET /user", "POST /example.Greeter/Greet")
        for name, (headers, expected) in sent.items()
    ] + [
        _row("token in the query", "GET /user?access_token=x", "", "401 missing_token"),
        _row("query beside a token", "GET /user?next=/admin/users&a=%2F..%2F", "good", _OK, _PROFILE),
        _row("query with a question mark", "GET /user?a?b", "good", _OK, _PROFILE),
    ]


def _demands() -> list[Row]:
    """What routes demand beyond a good token."""
    demanded: list[tuple[str, str, str | int, dict[str, str] | None]] = [
        ("POST /transfer", "", "401 missing_token", None),
        ("POST /transfer", "good", "403 insufficient_scope", None),
        ("POST /transfer", "transfer", _OK, None),
        ("POST /transfer", "transfer_long_ago", "401 insufficient_authentication", None),
        ("POST /transfer", "transfer_no_time", "401 insufficient_authentication", None),
        ("GET /vault", "good", "401 insufficient_authentication", None),
        ("GET /vault", "mfa", _OK, None),
        ("GET /vault", "no_acr", "401 insufficient_authentication", None),
        ("GET /files/a", "good", "403 insufficient_scope", None),
        ("GET /files/a", "files_read", _OK, None),
        ("GET /files/a/b/c.txt", "files_all", _OK, None),
        ("DELETE /users/7", "good", "403 insufficient_scope", None),
        ("DELETE /users/7", "delete", _OK, None),
        ("GET /users/7", "delete", _OK, USER),
        ("GET /users/7", "plain", _OK, USER),
        ("GET /users/7", "partner", "401 wrong_issuer", None),
        ("GET /partner", "partner", _OK, {"x-user": "partner-1"}),
        ("GET /partner", "good", "401 wrong_issuer", None),
        ("GET /user", "partner", _OK, {"x-user": "partner-1", "x-scopes": "profile"}),
        ("GET /admin/users", "good", "403 insufficient_scope", None),
        ("GET /admin/users", "admin", _OK, {**USER, "x-role": "admin,user"}),
        ("POST /admin/users", "admin", _OK, {**USER, "x-role": "admin,user"}),
        ("PROPFIND /admin/users", "admin", _OK, {**USER, "x-role": "admin,user"}),
        ("GET /admin/users", "other_role", "403 insufficient_scope", None),
        ("GET /admin/users", "role_as_text", _OK, {**USER, "x-role": "admin"}),
        ("GET /admin/users", "role_at_top", "403 insufficient_scope", None),
        ("GET /admin/users", "role_deep", "403 insufficient_scope", None),
        ("GET /public/private", "good", "403 insufficient_scope", None),
        ("GET /public/private", "private", _OK, None),
        ("GET /user", "line_in_subject", _OK, {"x-scopes": "profile"}),
        ("GET /user", "no_subject", _OK, {"x-scopes": "profile"}),
        ("GET /user", "accents_in_subject", _OK, {"x-scopes": "profile"}),
    ]
    return [
        _row(f"{request}: {kind or 'no token'}", request, kind, expected, forwarded)
        for request, kind, expected, forwarded in demanded
    ]


def _routes() -> list[Row]:
    """Which route a request means, and that no other one is open."""
    return [
        _row("HEAD is named", "HEAD /user", "good", _OK, _PROFILE),
        _row("HEAD without a token", "HEAD /user", "", "401 missing_token"),
        *(
            _row(f"{method} is not named, {token or 'no'} token", f"{method} /user", token, "403 no_route")
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
            for token in ("", "good")
        ),
        _row("a method in lower case", "get /user", "good", "403 no_route"),
        _row("a method override", "POST /user", "good", "403 no_route", None, (("X-HTTP-Method-Override", "GET"),)),
        _row("public without a token", "GET /health"),
        _row("public with a good token", "GET /health", "good"),
        _row("public with a bad token", "GET /health", "expired"),
        _row("public with two headers", "GET /health", "", _OK, None, (("Authorization", "Bearer a"),) * 2),
        _row("public by any method", "DELETE /health"),
        _row("public below", "GET /public/a/b/c"),
        _row("public, another method", "POST /public/a", "", "403 no_route"),
        _row("the folder itself", "GET /public", "", "403 no_route"),
        _row("the root", "GET /", "good"),
        _row("the root without a token", "GET /", "", "401 missing_token"),
        _row("no such route", "GET /nowhere", "good", "403 no_route"),
        _row("below a route", "GET /user/x", "good", "403 no_route"),
        _row("below a public route", "GET /health/x", "", "403 no_route"),
        _row("a route's beginning", "GET /use", "good", "403 no_route"),
        _row("a preflight", "OPTIONS /user", "", "403 no_route", None, _PREFLIGHT),
        _row("a preflight with a token", "OPTIONS /user", "good", "403 no_route", None, _PREFLIGHT),
        _row("a preflight where OPTIONS is routed", "OPTIONS /admin/users", "", "401 missing_token", None, _PREFLIGHT),
        _row("a gRPC method that is public", "POST /example.Greeter/Health"),
        _row("a gRPC method without a route", "POST /example.Greeter/Other", "good", "403 no_route"),
        _row("a gRPC service without a route", "POST /example.Admin/Greet", "good", "403 no_route"),
        _row("a gRPC method in lower case", "POST /example.Greeter/greet", "good", "403 no_route"),
    ]


_PREFLIGHT = (("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"))


def _paths() -> list[Row]:
    rows = [_row(f"{path} without a token", f"GET {path}", "", expected) for path, expected in CONFUSING_PATHS.items()]
    rows += [
        _row(f"{path} with {kind}", f"GET {path}", kind, expected, forwarded)
        for path, kind, expected, forwarded in (
            ("/public/..%2fadmin/users", "admin", "400 unclear_path", None),
            ("/public/../admin/users", "admin", "400 unclear_path", None),
            ("//user", "good", "400 unclear_path", None),
            ("/%75ser", "good", _OK, _PROFILE),
            ("/user/", "good", _OK, _PROFILE),
            ("/user%2f", "good", "400 unclear_path", None),
            ("/USER", "good", "403 no_route", None),
            ("/public/%70rivate", "private", _OK, None),
            ("/public/private/", "private", _OK, None),
            ("/public/PRIVATE", "private", "403 no_route", None),
            ("/caf%C3%A9", "plain", _OK, None),
            ("/users/%61", "plain", _OK, USER),
            ("/users/a%2fb", "plain", "400 unclear_path", None),
            ("/users/..", "plain", "400 unclear_path", None),
            ("/files/x/../y", "files_all", "400 unclear_path", None),
            ("/admin/%2e%2e/user", "admin", "400 unclear_path", None),
        )
    ]
    long = "/public/" + "a" * 8184
    return [
        *rows,
        _row("a path of 8192 characters", f"GET {long}"),
        _row("a path of 8193 characters", f"GET {long}a", "", "400 unclear_path"),
    ]


def _copies() -> list[Row]:
    """Copies of the headers that the policy sets, which a client sends: they never reach the application."""
    names = ("X-User", "x-user", "X-USER", "X_User", "x_user", "X-Scopes", "X_Scopes", "X-Role", "x_role")
    rows = [
        _row(f"{name} from the client: {request}", request, kind, _OK, forwarded, ((name, "root"),))
        for request, kind, forwarded in (
            ("GET /health", "", {}),
            ("GET /user", "good", _PROFILE),
            ("POST /example.Greeter/Greet", "good", _PROFILE),
        )
        for name in names
    ]
    twice = (("X-User", "root"), ("X-User", "admin"), ("X_User", "root"))
    # What a proxy asks its question with; a client has no say in it.
    questions = {
        "X-Original-URI": "/health",
        "X-Original-Method": "POST",
        "X-Forwarded-Uri": "/health",
        "X-Forwarded-Method": "POST",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Gatepost-Status": "200",
    }
    for kind, expected, forwarded in (("", "401 missing_token", None), ("good", _OK, _PROFILE)):
        rows += [
            _row(f"{name} from the client, {kind or 'no'} token", "GET /user", kind, expected, forwarded, (header,))
            for name, header in zip(questions, questions.items(), strict=True)
        ]
    return [
        *rows,
        _row("three copies", "GET /user", "good", _OK, _PROFILE, twice),
        _row("three copies on a public route", "GET /health", "", _OK, {}, twice),
        _row("a copy for a claim that is missing", "GET /user", "no_subject", _OK, {"x-scopes": "profile"}, twice),
        _row("a copy for a claim of another route", "GET /users/7", "plain", _OK, USER, (("X-Role", "admin"),)),
        _row("a copy with a bad token", "GET /user", "expired", "401 expired", None, twice),
        _row("a copy without a token", "GET /user", "", "401 missing_token", None, twice),
        _row("an empty copy", "GET /user", "good", _OK, _PROFILE, (("X-User", ""),)),
    ]


ROWS = _table()
