"""The most specific route wins, whatever the order."""

import random
from itertools import permutations

import pytest

from gatepost.errors import ConfigurationError
from gatepost.policy.request_path import segments
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.router import Router

ROUTES = (
    "GET /",
    "GET /users",
    "POST /users",
    "* /users",
    "GET /users/me",
    "GET /users/{id}",
    "* /users/{id}",
    "GET /users/{id}/files/{rest+}",
    "GET /users/me/{rest+}",
    "GET /users/me/files/{rest+}",
    "GET /{page}",
    "* /{rest+}",
    "GET /caf%C3%A9",
)

FOUND = (
    ("GET", "/", "GET /"),
    ("POST", "/", None),
    ("GET", "/users", "GET /users"),
    ("GET", "/users/", "GET /users"),
    ("POST", "/users", "POST /users"),
    ("DELETE", "/users", "* /users"),
    ("GET", "/users/me", "GET /users/me"),
    ("POST", "/users/me", "* /users/{id}"),
    ("GET", "/users/7", "GET /users/{id}"),
    ("PUT", "/users/7", "* /users/{id}"),
    ("GET", "/users/7/files/a/b", "GET /users/{id}/files/{rest+}"),
    ("GET", "/users/me/files/a", "GET /users/me/files/{rest+}"),
    ("GET", "/users/me/other", "GET /users/me/{rest+}"),
    ("GET", "/users/7/files", "* /{rest+}"),
    ("GET", "/about", "GET /{page}"),
    ("POST", "/about", "* /{rest+}"),
    ("GET", "/a/b/c", "* /{rest+}"),
    ("get", "/users", None),
    ("Get", "/about", None),
    ("", "/about", None),
    ("GET", "/Users", None),
    ("GET", "/USERS/me", None),
    ("GET", "/users/ME", None),
    ("GET", "/users/Me/files/a", None),
    ("GET", "/users/7/Files/a", None),
    ("GET", "/caf%C3%A9", "GET /caf%C3%A9"),
    ("GET", "/cafe%CC%81", None),
)


@pytest.mark.parametrize("seed", range(5))
def test_the_most_specific_route_wins_in_any_order(seed: int) -> None:
    texts = random.Random(seed).sample(ROUTES, len(ROUTES))
    router = Router((RoutePattern(text), text) for text in texts)
    for method, path, expected in FOUND:
        assert router.find(method, segments(path)) == expected, (method, path)


def test_without_routes_nothing_is_found() -> None:
    assert Router[str]([]).find("GET", ("a",)) is None


@pytest.mark.parametrize(
    "texts",
    [
        ("GET /a", "GET /a"),
        ("GET /a", "GET /a/"),
        ("GET /a", "GET /A"),
        ("GET /a", "GET /%61"),
        ("GET /{x}", "GET /{y}"),
        ("GET /{x+}", "GET /{y+}"),
        ("* /a", "* /a"),
        ("GET,POST /a", "POST,PUT /a"),
        ("GET /{tenant}/admin", "GET /acme/{page}"),
        ("* /{tenant}/admin", "GET /acme/{page}"),
        ("GET /{tenant}/admin", "GET /acme/{rest+}"),
        ("GET /a/{x}/{rest+}", "GET /{y}/b/{rest+}"),
        ("GET /a/{x}/c", "GET /{y}/b/{z}"),
        ("* /{tenant}/admin", "* /acme/{page}", "GET /acme/admin"),
        ("GET,POST /{tenant}/admin", "* /acme/{page}", "GET /acme/admin"),
    ],
    ids=", ".join,
)
def test_two_routes_for_the_same_request_are_refused(texts: tuple[str, ...]) -> None:
    for order in permutations(texts):
        with pytest.raises(ConfigurationError, match="match the same requests"):
            Router((RoutePattern(text), text) for text in order)


@pytest.mark.parametrize(
    "texts",
    [
        ("GET /a", "POST /a"),
        ("GET /a", "* /a"),
        ("GET /A", "POST /a"),
        ("GET /a", "GET /{x}", "GET /{x+}"),
        ("GET /a/{x}", "GET /{y}/{z}", "GET /{r+}"),
        ("GET /a/{x}", "GET /b/{x}"),
        ("GET /a", "GET /a/b"),
        ("GET /{x}/b", "GET /a/{y}/c"),
        ("GET /{tenant}/admin", "POST /acme/{page}"),
        ("GET /{tenant}/admin", "GET /acme/{page}", "GET /acme/admin"),
        ("GET /{tenant}/admin", "GET /acme/{page}", "* /acme/admin"),
        ("* /{tenant}/admin", "* /acme/{page}", "* /acme/admin"),
        ("GET,POST /{tenant}/admin", "* /acme/{page}", "GET /acme/admin", "POST /acme/admin"),
        ("GET /{t}/admin", "GET /acme/{rest+}", "GET /acme/admin"),
    ],
    ids=", ".join,
)
def test_routes_of_which_one_is_always_the_more_specific_go_together(texts: tuple[str, ...]) -> None:
    for order in permutations(texts):
        Router((RoutePattern(text), text) for text in order)
