"""Reference §3: the stage first, then the most specific route with the method; no trick leads to another one."""

import random

import pytest

from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.routing.router import Router
from tests.apigateway.routing.apis import api

HTTP_ROUTES = (
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{proxy+}",
    "ANY /{proxy+}",
    "GET /orders",
    "ANY /orders",
    "POST /orders/{id}",
    "ANY /orders/{id}",
    "GET /orders/{id}/items/{item}",
    "DELETE /orders/new",
    "PUT /a/{proxy+}",
    "PUT /a/b/{proxy+}",
    "PUT /{x}/b/c",
    "$default",
)

HTTP_FOUND: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
    ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
    ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
    ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
    ("GET", "/pets", "ANY /{proxy+}", {"proxy": "pets"}),
    ("GET", "/", "$default", {}),
    ("GET", "/orders", "GET /orders", {}),
    ("POST", "/orders", "ANY /orders", {}),
    ("POST", "/orders/7", "POST /orders/{id}", {"id": "7"}),
    ("PATCH", "/orders/7", "ANY /orders/{id}", {"id": "7"}),
    ("DELETE", "/orders/new", "DELETE /orders/new", {}),
    ("GET", "/orders/new", "ANY /orders/{id}", {"id": "new"}),
    ("GET", "/orders/7/items/8", "GET /orders/{id}/items/{item}", {"id": "7", "item": "8"}),
    ("POST", "/orders/7/items/8", "ANY /{proxy+}", {"proxy": "orders/7/items/8"}),
    ("PUT", "/a/x/y", "PUT /a/{proxy+}", {"proxy": "x/y"}),
    ("PUT", "/a/b/x", "PUT /a/b/{proxy+}", {"proxy": "x"}),
    ("PUT", "/a/b/c", "PUT /{x}/b/c", {"x": "a"}),
    ("GET", "/ORDERS", "ANY /{proxy+}", {"proxy": "ORDERS"}),
)


@pytest.mark.parametrize("seed", range(4))
def test_an_http_api_takes_a_full_match_before_a_greedy_one_before_default_in_any_order(seed: int) -> None:
    keys = random.Random(seed).sample(HTTP_ROUTES, len(HTTP_ROUTES))
    router = Router(api("HTTP", *keys))
    for method, path, key, parameters in HTTP_FOUND:
        match = router.find(method, path)
        assert match is not None
        assert (match.route.key, dict(match.parameters), match.path) == (key, parameters, path), (method, path)


REST_ROUTES = (
    "GET /pets",
    "GET /pets/{id}",
    "GET /pets/{id}/toys",
    "POST /pets/special",
    "ANY /{proxy+}",
    "GET /a/{proxy+}",
    "GET /{x}/b",
    "GET /files/{proxy+}",
    "GET /",
)

REST_FOUND: tuple[tuple[str, str, str, dict[str, str], str], ...] = (
    ("GET", "/prod", "GET /", {}, "/"),
    ("GET", "/prod/", "GET /", {}, "/"),
    ("GET", "/prod/pets", "GET /pets", {}, "/pets"),
    ("GET", "/prod/pets/7", "GET /pets/{id}", {"id": "7"}, "/pets/7"),
    ("POST", "/prod/pets/special", "POST /pets/special", {}, "/pets/special"),
    ("POST", "/prod/pets", "ANY /{proxy+}", {"proxy": "pets"}, "/pets"),
    ("DELETE", "/prod/pets/7/toys", "ANY /{proxy+}", {"proxy": "pets/7/toys"}, "/pets/7/toys"),
    ("GET", "/prod/a/b", "GET /a/{proxy+}", {"proxy": "b"}, "/a/b"),
    ("GET", "/prod/z/b", "GET /{x}/b", {"x": "z"}, "/z/b"),
    ("GET", "/prod/files/a/b.txt", "GET /files/{proxy+}", {"proxy": "a/b.txt"}, "/files/a/b.txt"),
)


@pytest.mark.parametrize("seed", range(4))
def test_a_rest_api_goes_down_its_tree_of_resources(seed: int) -> None:
    keys = random.Random(seed).sample(REST_ROUTES, len(REST_ROUTES))
    router = Router(api("REST", *keys, stage="prod"))
    for method, path, key, parameters, below in REST_FOUND:
        match = router.find(method, path)
        assert match is not None
        assert (match.route.key, dict(match.parameters), match.path) == (key, parameters, below), (method, path)


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        ("HTTP", "POST", "/prod/pets"),
        ("HTTP", "GET", "/prod/pets/7/toys"),
        ("HTTP", "GET", "/prod/files"),
        ("HTTP", "GET", "/prod/files/"),
        ("REST", "POST", "/prod/pets"),
        ("REST", "GET", "/prod/files"),
        ("REST", "GET", "/prod"),
    ],
)
def test_without_a_route_for_method_and_path_nothing_is_found(kind: str, method: str, path: str) -> None:
    keys = ("GET /pets", "GET /pets/{id}", "ANY /files/{proxy+}")
    router = Router(api("REST" if kind == "REST" else "HTTP", *keys, stage="prod"))
    assert router.find(method, path) is None


@pytest.mark.parametrize(
    "path", ["/pets", "/", "/stage/pets", "/prodpets", "/Prod/pets", "//prod/pets", "prod/pets", ""]
)
@pytest.mark.parametrize("kind", ["HTTP", "REST"])
def test_a_named_stage_is_the_first_segment(kind: str, path: str) -> None:
    router = Router(api("REST" if kind == "REST" else "HTTP", "GET /pets", "ANY /{proxy+}", stage="prod"))
    assert router.find("GET", "/prod/pets") is not None
    assert router.find("GET", path) is None


def test_the_default_route_of_a_named_stage_takes_the_stage_itself() -> None:
    router = Router(api("HTTP", "$default", stage="prod"))
    for path, below in (("/prod", "/"), ("/prod/", "/"), ("/prod/a/b", "/a/b")):
        match = router.find("GET", path)
        assert match is not None
        assert match.path == below
    assert router.find("GET", "/other") is None


PROTECTED = ("GET /admin/{proxy+}", "GET /admin", "GET /public/{proxy+}", "GET /{proxy+}")

SPELLINGS = (
    "/admin/users/",
    "//admin/users",
    "/admin//users",
    "/%61dmin/users",
    "/%61%64%6D%69%6E/users",
    "/admin/%75sers",
)


@pytest.mark.parametrize("path", SPELLINGS)
@pytest.mark.parametrize("kind", ["HTTP", "REST"])
def test_no_spelling_of_a_path_leads_to_another_route(kind: str, path: str) -> None:
    match = Router(api("REST" if kind == "REST" else "HTTP", *PROTECTED)).find("GET", path)
    assert match is not None
    assert match.route.key == "GET /admin/{proxy+}"
    assert match.parameters["proxy"].strip("/") == "users"


@pytest.mark.parametrize(
    "path",
    [
        "/public/../admin/users",
        "/public/%2e%2e/admin/users",
        "/public/%2E./admin",
        "/public/..",
        "/./admin",
        "/public/..%2fadmin%2fusers",
        "/public/a%2f..%2f..%2fadmin",
    ],
)
@pytest.mark.parametrize("kind", ["HTTP", "REST"])
def test_a_path_with_a_dot_segment_has_no_route(kind: str, path: str) -> None:
    assert Router(api("REST" if kind == "REST" else "HTTP", *PROTECTED)).find("GET", path) is None


def test_an_http_api_reads_an_escaped_slash_as_a_slash_and_a_rest_api_does_not() -> None:
    keys = ("GET /admin/users", "GET /{proxy+}")
    http = Router(api("HTTP", *keys)).find("GET", "/admin%2Fusers")
    rest = Router(api("REST", *keys)).find("GET", "/admin%2Fusers")
    assert http is not None
    assert http.route.key == "GET /admin/users"
    assert rest is not None
    assert (rest.route.key, rest.parameters) == ("GET /{proxy+}", {"proxy": "admin/users"})


@pytest.mark.parametrize(
    ("kind", "path", "parameters"),
    [
        ("HTTP", "/x/a%20b", {"p": "a b"}),
        ("HTTP", "/x/%C3%A9", {"p": "é"}),
        ("HTTP", "/x/a%252Bb", {"p": "a+b"}),
        ("HTTP", "/x/a+b", {"p": "a+b"}),
        ("HTTP", "/x/a%3Fb", {"p": "a"}),
        ("REST", "/x/a%20b", {"p": "a b"}),
        ("REST", "/x/%C3%A9", {"p": "é"}),
        ("REST", "/x/a%252Bb", {"p": "a%2Bb"}),
        ("REST", "/x/a%2Fb", {"p": "a/b"}),
        ("REST", "/x/%FF", {"p": "\ufffd"}),
    ],
)
def test_parameters_are_decoded_as_the_kind_of_api_does(kind: str, path: str, parameters: dict[str, str]) -> None:
    match = Router(api("REST" if kind == "REST" else "HTTP", "GET /x/{p}")).find("GET", path)
    assert match is not None
    assert match.parameters == parameters


@pytest.mark.parametrize("path", ["/x/%", "/x/%zz", "/x/percent%25done"])
def test_an_http_api_has_no_route_for_what_it_cannot_decode(path: str) -> None:
    assert Router(api("HTTP", "GET /x/{p}", "$default")).find("GET", path) is None


def test_a_greedy_parameter_keeps_the_slashes_inside_it() -> None:
    match = Router(api("REST", "GET /p/{proxy+}", stage="s")).find("GET", "/s/p/https://example.com//a/")
    assert match is not None
    assert match.parameters == {"proxy": "https://example.com//a"}


@pytest.mark.parametrize(
    "keys",
    [
        ("GET /a", "GET /a"),
        ("GET /a", "GET /a/"),
        ("GET /{x}", "GET /{y}"),
        ("ANY /a/{x+}", "ANY /a/{y+}"),
    ],
)
def test_two_routes_for_the_same_requests_are_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(TemplateError, match=r"matches the same requests as .*: remove one"):
        Router(api("HTTP", *keys))


def test_the_same_variable_may_have_another_name_under_another_method() -> None:
    router = Router(api("HTTP", "GET /{x}", "POST /{y}"))
    got, posted = router.find("GET", "/1"), router.find("POST", "/1")
    assert got is not None
    assert posted is not None
    assert (got.parameters, posted.parameters) == ({"x": "1"}, {"y": "1"})
