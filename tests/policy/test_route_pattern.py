"""`match`: methods and a path."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.policy.route_pattern import RoutePattern, is_method


def test_a_pattern_is_methods_and_a_path() -> None:
    pattern = RoutePattern("GET,HEAD /users/{id}/files/{rest+}")
    assert pattern.methods == frozenset({"GET", "HEAD"})
    assert [(segment.kind, segment.text) for segment in pattern.path] == [
        ("literal", "users"),
        ("name", "id"),
        ("literal", "files"),
        ("rest", "rest"),
    ]
    assert pattern.text == "GET,HEAD /users/{id}/files/{rest+}"


def test_a_star_is_every_method() -> None:
    assert RoutePattern("* /").methods is None
    assert RoutePattern("* /").path == ()


@pytest.mark.parametrize("text", ["GET /a", " GET   /a ", "GET /a/", "GET /%61"])
def test_spellings_of_the_same_pattern(text: str) -> None:
    assert RoutePattern(text).shape() == RoutePattern("GET /a").shape()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "such as"),
        ("GET", "such as"),
        ("/a", "such as"),
        ("GET a", "such as"),
        ("GET http://a/b", "such as"),
        ("get /a", "capitals"),
        ("GET,, /a", "capitals"),
        ("GET, HEAD /a", "such as"),
        ("GET,* /a", "capitals"),
        ("GET /a//b", "no request has"),
        ("GET //", "no request has"),
        ("GET /a/../b", "no request has"),
        ("GET /a;b", "no request has"),
        ("GET /a%2Fb", "no request has"),
        ("GET /a b", "no request has"),
        ("GET /a?b", "no request has"),
        ("GET /é", "no request has"),
        ("GET /{a", "neither literal"),
        ("GET /a{b}", "neither literal"),
        ("GET /{}", "neither literal"),
        ("GET /{1a}", "neither literal"),
        ("GET /{a+}/b", "only at its end"),
        ("GET /{a}/{a}", "twice"),
        ("GET /{a}/{a+}", "twice"),
    ],
)
def test_a_pattern_that_makes_no_sense_says_why(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        RoutePattern(text)


@pytest.mark.parametrize(("method", "good"), [("GET", True), ("M-SEARCH", True), ("get", False), ("", False)])
def test_a_method_is_in_capitals(method: str, good: bool) -> None:
    assert is_method(method) is good


def test_spelling_is_letter_by_letter() -> None:
    pattern = RoutePattern("GET /a/{x}/{rest+}")
    assert pattern.spells(("a", "B", "c", "d"))
    assert not pattern.spells(("A", "B", "c", "d"))
