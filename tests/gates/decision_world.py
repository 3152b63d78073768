"""The policy that the decision table is about, and the tokens that its rows name."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from gatepost.jose import SigningKey, base64url, sign_compact
from gatepost.testing import OMIT, LocalIssuer

AUDIENCE = "https://api.example.com"

_POLICY = """
[issuers.main]
issuer = "{main}"
audience = ["https://api.example.com"]
algorithms = ["RS256"]

[issuers.partner]
issuer = "{partner}"
audience = ["https://api.example.com"]
algorithms = ["RS256"]

[issuers.dark]
issuer = "https://dark.example"
audience = ["https://api.example.com"]
jwks_url = "http://127.0.0.1:9/jwks"
algorithms = ["RS256"]

[[routes]]
match = "GET /"

[[routes]]
match = "GET,HEAD /user"
scopes = ["profile"]
forward = {{ "X-User" = "sub", "X-Scopes" = "scope" }}

[[routes]]
match = "GET /users/{{id}}"
issuers = ["main"]
forward = {{ "X-User" = "sub" }}

[[routes]]
match = "DELETE /users/{{id}}"
scopes = ["users.delete"]

[[routes]]
match = "POST /transfer"
scopes = ["transfer"]
max_auth_age = "5m"

[[routes]]
match = "GET /vault"
acr = ["urn:example:mfa", "urn:example:hw"]

[[routes]]
match = "GET /files/{{path+}}"
any_scope = ["files.read", "files.all"]

[[routes]]
match = "GET /partner"
issuers = ["partner"]
forward = {{ "X-User" = "sub" }}

[[routes]]
match = "* /admin/{{path+}}"
claims = {{ "realm_access.roles" = "admin" }}
forward = {{ "X-User" = "sub", "X-Role" = "realm_access.roles" }}

[[routes]]
match = "GET /public/{{path+}}"
public = true

[[routes]]
match = "GET /public/private"
scopes = ["private"]

[[routes]]
match = "* /health"
public = true

[[routes]]
match = "GET /caf%C3%A9"

[[routes]]
match = "POST /example.Greeter/Greet"
scopes = ["profile"]
forward = {{ "X-User" = "sub", "X-Scopes" = "scope" }}

[[routes]]
match = "POST /example.Greeter/Health"
public = true
"""


class World(NamedTuple):
    """What the table's rows need.

    Attributes:
        policy: The text of the policy file.
        tokens: The tokens, by their kind.
    """

    policy: str
    tokens: dict[str, str]

    def filled(self, headers: tuple[tuple[str, str], ...], token: str) -> list[tuple[str, str]]:
        """Return a row's headers with the tokens in their places."""
        found = [(name, value.format_map(self.tokens)) for name, value in headers]
        return [*found, ("Authorization", f"Bearer {self.tokens[token]}")] if token else found


@contextmanager
def decision_world() -> Iterator[World]:
    """Run the issuers of the table, with the clock of this machine."""
    with LocalIssuer("generic", audience=AUDIENCE) as main, LocalIssuer("generic", audience=AUDIENCE) as partner:
        yield World(policy_text(main, partner), tokens(main, partner))


def policy_text(main: LocalIssuer, partner: LocalIssuer) -> str:
    """Return the policy file that trusts these issuers, and one whose keys nobody can have."""
    return _POLICY.format(main=main.identifier, partner=partner.identifier)


def tokens(main: LocalIssuer, partner: LocalIssuer) -> dict[str, str]:
    """Return one token of each kind. They are good, or not, for half an hour at least."""
    now = int(time.time())
    profile: dict[str, object] = {"sub": "user-1", "scope": "profile"}
    admin = {**profile, "realm_access": {"roles": ["admin", "user"]}}
    claims: dict[str, dict[str, object]] = {
        "good": profile,
        "twice_good": {**profile, "scope": "email profile"},
        "plain": {**profile, "scope": "other"},
        "expired": {**profile, "exp": now - 3600},
        "not_yet": {**profile, "nbf": now + 7200},
        "from_future": {**profile, "iat": now + 7200, "exp": now + 9000},
        "wrong_audience": {**profile, "aud": "https://other.example"},
        "wrong_issuer": {**profile, "iss": "https://evil.example"},
        "no_expiry": {**profile, "exp": OMIT},
        "dark": {**profile, "iss": "https://dark.example"},
        "bound_to_key": {**profile, "cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}},
        "bound_to_certificate": {**profile, "cnf": {"x5t#S256": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}},
        "too_large": {**profile, "padding": "x" * 20_000},
        "transfer": {**profile, "scope": "transfer", "auth_time": now + 1500},
        "transfer_long_ago": {**profile, "scope": "transfer", "auth_time": now - 3600},
        "transfer_no_time": {**profile, "scope": "transfer", "auth_time": OMIT},
        "mfa": {**profile, "acr": "urn:example:mfa"},
        "no_acr": {**profile, "acr": OMIT},
        "files_read": {**profile, "scope": "files.read"},
        "files_all": {**profile, "scope": "a files.all"},
        "delete": {**profile, "scope": "users.delete"},
        "private": {**profile, "scope": "private"},
        "admin": admin,
        "other_role": {**profile, "realm_access": {"roles": ["user", "administrator"]}},
        "role_as_text": {**profile, "realm_access": {"roles": "admin"}},
        "role_at_top": {**profile, "roles": ["admin"]},
        "role_deep": {**profile, "realm_access": {"roles": [["admin"], {"admin": True}]}},
        "line_in_subject": {**profile, "sub": "user-1\r\nX-Role: admin"},
        "no_subject": {**profile, "sub": OMIT},
        "accents_in_subject": {**profile, "sub": "Zoë"},
    }
    found = {kind: main.mint_with(said) for kind, said in claims.items()}
    good, stranger = found["good"], SigningKey.generate("RS256")
    header, payload, signature = good.split(".")
    twice = b'{"sub":"user-1","sub":"root",' + base64url.decode(payload.encode())[1:]
    found |= {
        "transfer": main.mint_with({**claims["transfer"], "auth_time": now}),
        "partner": partner.mint_with({"sub": "partner-1", "scope": "profile"}),
        "bad_signature": f"{header}.{payload}.{'A' * len(signature)}",
        "other_key": main.mint_with(profile, key=stranger, header={"kid": stranger.kid}),
        "no_algorithm": ".".join((base64url.encode(b'{"alg":"none","typ":"at+jwt"}').decode(), payload, "")),
        "symmetric": sign_compact(
            base64url.decode(payload.encode()),
            SigningKey.from_secret(main.signing_key.public.to_pem().encode(), "HS256", kid=main.signing_key.kid),
            header={"typ": "at+jwt"},
        ),
        "wrong_type": main.mint_with(profile, header={"typ": "dpop+jwt"}),
        "cut_short": f"{header}.{payload}",
        "rubbish": "rubbish",
        "duplicate_claims": sign_compact(twice, main.signing_key, header={"typ": "at+jwt"}),
    }
    return found
