"""The rows of a table: requests as a client sends them, to which every gate must give the same decision."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from gatepost.testing import LocalIssuer
from tests.gates.authz.world import Headers

CLEAR_PATHS = (
    "/user",
    "/user/",
    "/user?next=/admin/x",
    "/user%2ejson",
    "/us%65r",
    "/USER",
    "/health",
    "/files/a/b.txt",
    "/files/a%20b",
    "/files/%C3%BC",
    "/admin/users",
    "/adm%69n/users",
    "/account",
    "/",
    "/unknown",
)
CONFUSING_PATHS = (
    "//user",
    "/user//",
    "/health/../user",
    "/health/..%2fuser",
    "/health/%2e%2e/user",
    "/health/%2E%2E/admin/x",
    "/./user",
    "/files/../admin/x",
    "/files/..;/admin/x",
    "/files/a;x=1",
    "/files/a%3bx",
    "/files/a%2fb",
    "/files/a%2Fb",
    "/files/a%5cb",
    "/files/a\\b",
    "/files/%00",
    "/files/%0a",
    "/files/%c0%ae%c0%ae/admin",
    "/files/%ff",
    "/files/%",
    "/files/%zz",
    "/files/%252e%252e/admin",
    "/files/a%25b",
    "/files//a",
    "/files/.",
    "/files/..",
    "/health#/../admin/x",
    "/files/\xfc",
    "/files/a|b",
    '/files/a"b',
    "/files/{a}",
    "http://app.example/admin/x",
    "http://app.example/health",
    "*",
)
SPOOFED = (
    ("X-User", "mallory"),
    ("X-USER", "mallory"),
    ("X-Scopes", "admin"),
    ("X-Role", "root"),
    ("X_User", "mallory"),
    ("X_Role", "root"),
    ("X-Original-URI", "/health"),
    ("X-Original-Method", "GET"),
    ("X-Forwarded-Uri", "/health"),
    ("X-Forwarded-Method", "GET"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("X-Gatepost-Status", "200"),
)
TOKENS = ("none", "good", "admin", "expired", "wrong audience", "forged", "id token", "garbage", "basic", "two")


class Question(NamedTuple):
    """A row: a method, a target, and a kind of credentials; `spoofed` says whether identity headers come along."""

    method: str
    target: str
    token: str
    spoofed: bool

    def __str__(self) -> str:
        """Return what a report calls it."""
        return f"{self.method} {self.target} {self.token}{' spoofed' if self.spoofed else ''}"


def questions() -> Iterator[Question]:
    """Yield the rows: more than 150."""
    yield from (Question("GET", path, token, False) for path, token in product(CLEAR_PATHS, ("none", "good", "admin")))
    yield from (Question("GET", path, token, True) for path, token in product(CONFUSING_PATHS, ("none", "admin")))
    yield from (
        Question(method, path, "good", True)
        for method, path in product(("HEAD", "POST", "PUT", "DELETE", "OPTIONS"), ("/user", "/files/a", "/account"))
    )
    yield from (Question("GET", path, token, True) for path, token in product(("/user", "/admin/a"), TOKENS))
    # nginx refuses a second Authorization header by itself, also where nobody asks for one.
    yield from (Question("GET", "/health", token, True) for token in TOKENS if token != "two")


def credentials(issuer: LocalIssuer, token: str) -> Headers:
    """Return the headers with this kind of credentials."""
    good = issuer.mint(sub="alice", scope="read")
    head, payload, signature = good.split(".")
    values = {
        "none": (),
        "good": (f"Bearer {good}",),
        "admin": (f"Bearer {issuer.mint(sub='root', scope='read admin', role='chief')}",),
        "expired": (f"Bearer {issuer.mint(sub='alice', scope='read', exp=1)}",),
        "wrong audience": (f"Bearer {issuer.mint(aud='https://other.example', sub='alice', scope='read')}",),
        "forged": (f"Bearer {head}.{payload}.{signature[::-1]}",),
        "id token": (f"Bearer {issuer.mint_with({'sub': 'alice'}, kind='id')}",),
        "garbage": ("Bearer not-a-token",),
        "basic": ("Basic YWxpY2U6c2VjcmV0",),
        "two": (f"Bearer {good}", f"Bearer {good}"),
    }
    return [("Authorization", value) for value in values[token]]
