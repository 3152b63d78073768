"""Reference §2.6: CORS of an HTTP API."""

import pytest

from gatepost.apigateway.answers.cors import preflight, with_cors
from gatepost.apigateway.exchange import Response
from gatepost.apigateway.model.api import Api, Route
from gatepost.apigateway.model.assumptions import Assumptions
from tests.apigateway.answers.exchanges import LAMBDA, api, cors, exchange, request

ASSUMED = Assumptions()
APP = "https://app.example"
OTHER = "https://other.example"
ASKING = {"Origin": APP, "Access-Control-Request-Method": "GET"}


def _preflight(the_api: Api, origin: str = APP) -> Response | None:
    asked = request("OPTIONS", headers={"origin": origin, "access-control-request-method": "GET"})
    return preflight(exchange(the_api, asked), ASSUMED)


def test_a_preflight_is_answered_without_a_body() -> None:
    the_api = cors(APP, methods=("GET", "POST"), headers=("authorization", "x-a"), max_age=300, credentials=True)

    assert _preflight(the_api) == Response(
        204,
        (
            ("access-control-allow-origin", APP),
            ("access-control-allow-methods", "GET,POST"),
            ("access-control-allow-headers", "authorization,x-a"),
            ("access-control-max-age", "300"),
            ("access-control-allow-credentials", "true"),
        ),
        b"",
    )


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (("*",), APP, "*"),
        ((APP, "*"), OTHER, "*"),
        ((APP, OTHER), OTHER, OTHER),
        ((APP,), OTHER, None),
        ((APP,), "null", None),
        ((APP,), APP.upper(), None),
        (("https://*",), OTHER, OTHER),
        (("https://*",), "http://app.example", None),
        (("https://*",), "https://", None),
        (("https://*.example",), APP, APP),
        (("https://*.example",), "https://app.example.evil", None),
        (("https://*",), "https://a\r\nx: y", None),
        ((), APP, None),
    ],
)
def test_an_origin_is_allowed_when_it_is_configured(origins: tuple[str, ...], origin: str, allowed: str | None) -> None:
    answer = _preflight(cors(*origins), origin)
    handed_on = with_cors(exchange(cors(*origins), request(headers={"origin": origin})), Response(200))

    expected = () if allowed is None else (("access-control-allow-origin", allowed),)
    assert answer == Response(204, expected)
    assert handed_on == Response(200, expected)


def test_the_status_for_an_origin_that_is_not_allowed_is_a_setting() -> None:
    asked = exchange(cors(APP), request("OPTIONS", headers={**ASKING, "Origin": OTHER}))

    assert preflight(asked, Assumptions(preflight_status=403)) == Response(403)


@pytest.mark.parametrize(
    ("the_api", "method", "headers"),
    [
        (cors("*"), "OPTIONS", {"Origin": APP}),
        (cors("*"), "OPTIONS", {"Access-Control-Request-Method": "GET"}),
        (cors("*"), "GET", ASKING),
        (api(), "OPTIONS", ASKING),
        (api("REST"), "OPTIONS", ASKING),
    ],
    ids=["no requested method", "no origin", "not OPTIONS", "no CORS configuration", "REST API"],
)
def test_everything_else_goes_on(the_api: Api, method: str, headers: dict[str, str]) -> None:
    assert preflight(exchange(the_api, request(method, headers=headers)), ASSUMED) is None


@pytest.mark.parametrize(
    ("path", "authorizer", "answered"),
    [
        ("$default", "Jwt", False),
        ("$default", None, True),
        ("/pets", "Jwt", True),
        ("/{proxy+}", None, True),
    ],
)
def test_a_default_route_with_an_authorizer_gets_the_preflight_itself(
    path: str, authorizer: str | None, answered: bool
) -> None:
    route = Route("" if path == "$default" else "OPTIONS", path, LAMBDA, authorizer=authorizer)
    asked = exchange(cors("*"), request("OPTIONS", headers=ASKING), route=route)

    assert (preflight(asked, ASSUMED) is not None) is answered


def test_a_preflight_needs_no_route() -> None:
    asked = exchange(cors("*"), request("OPTIONS", headers=ASKING))
    asked.route = None

    assert preflight(asked, ASSUMED) == Response(204, (("access-control-allow-origin", "*"),))


def test_the_integrations_own_cors_headers_are_overwritten() -> None:
    asked = exchange(cors(APP, expose=("x-total", "www-authenticate"), credentials=True), request(headers=ASKING))
    own = Response(
        200,
        (("Access-Control-Allow-Origin", "*"), ("content-type", "text/plain"), ("access-control-max-age", "9")),
        b"body",
    )

    assert with_cors(asked, own) == Response(
        200,
        (
            ("content-type", "text/plain"),
            ("access-control-allow-origin", APP),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "x-total,www-authenticate"),
        ),
        b"body",
    )


@pytest.mark.parametrize("headers", [{}, {"Origin": OTHER}], ids=["no origin", "another origin"])
def test_they_are_ignored_even_where_none_takes_their_place(headers: dict[str, str]) -> None:
    own = Response(200, (("Access-Control-Allow-Origin", "*"), ("x-a", "b")))

    assert with_cors(exchange(cors(APP), request(headers=headers)), own) == Response(200, (("x-a", "b"),))


@pytest.mark.parametrize("the_api", [api(), api("REST")], ids=["no CORS configuration", "REST API"])
def test_an_api_without_cors_hands_them_on(the_api: Api) -> None:
    own = Response(200, (("Access-Control-Allow-Origin", "*"),))

    assert with_cors(exchange(the_api, request(headers=ASKING)), own) is own
