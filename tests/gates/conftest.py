"""An issuer, a verifier and a small policy for the tests of single gates."""

from collections.abc import Callable, Iterator

import pytest

from gatepost import Verifier
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.testing import LocalIssuer


@pytest.fixture(scope="session")
def local_issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("generic", audience="https://api.example.com") as issuer:
        yield issuer


@pytest.fixture(scope="session")
def verifier(local_issuer: LocalIssuer) -> Verifier:
    return Verifier(local_issuer.issuer())


@pytest.fixture
def small_policy(local_issuer: LocalIssuer) -> Policy:
    """`GET /user` with the scope `read`, `/public/…` for all, and `GET /api/items` for a mounted application."""
    routes = {
        "GET /user": Requirement(scopes=["read"], forward={"X-User": "sub"}),
        "GET /public/{path+}": Requirement(public=True),
        "GET /api/items": Requirement(),
        "GET /api/open": Requirement(public=True),
        "GET /socket": Requirement(scopes=["read"], forward={"X-User": "sub"}),
    }
    return Policy(
        {"local": local_issuer.issuer()}, [(RoutePattern(match), demands) for match, demands in routes.items()]
    )


@pytest.fixture(scope="session")
def bearer(local_issuer: LocalIssuer) -> Callable[..., list[tuple[str, str]]]:
    """Returns the header with a token that has these claims."""
    return lambda **claims: [("Authorization", f"Bearer {local_issuer.mint(**{'sub': 'user-1', **claims})}")]
