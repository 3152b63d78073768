"""Devices (RFC 8628)."""

from typing import Any

import pytest

from gatepost.identity import device_codes, sessions
from gatepost.identity.applications import Application
from gatepost.provider.oauth.sign_on import SignOn
from tests.provider.oauth.conftest import PUBLIC_URL, Answer, Served

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def _device(served: Served, **members: Any) -> Application:
    return served.application(
        type="CUSTOM_APP",
        tokenEndpointAuthMethod="NONE",
        grantTypes=["DEVICE_CODE", "REFRESH_TOKEN"],
        redirectUris=[],
        **members,
    )


def _begin(served: Served, device: Application, **form: Any) -> dict[str, Any]:
    found: dict[str, Any] = served.as_client(device, "device_authorization", **{"scope": "openid", **form}).json
    return found


def _poll(served: Served, device: Application, code: str) -> Answer:
    return served.token(device, grant_type=DEVICE_CODE, device_code=code)


def _say(served: Served, user_code: str, *, allowed: bool = True) -> str:
    user_id = served.user()
    session_id = served.session(user_id)

    def answer(connection: Any) -> None:
        asked = device_codes.of_user_code(connection, served.environment_id, user_code, served.now)
        assert asked is not None
        sign_on = SignOn(user_id, session_id, int(served.time), "Single_Factor", ("pwd",))
        document = {**asked.document, **sign_on.document()}
        device_codes.answer(
            connection,
            served.environment_id,
            asked,
            allowed=allowed,
            user_id=user_id,
            document=document,
            now=served.now,
        )

    served.write(answer)
    return user_id


def test_a_device_gets_what_a_person_needs(served: Served) -> None:
    begun = _begin(served, _device(served))
    page = f"{PUBLIC_URL}/{served.environment_id}/device"
    assert len(begun["device_code"]) >= 43
    assert begun["user_code"][4] == "-"
    assert begun["verification_uri"] == page
    assert begun["verification_uri_complete"] == f"{page}?user_code={begun['user_code']}"
    assert (begun["expires_in"], begun["interval"]) == (600, 5)


def test_an_application_may_have_a_page_of_its_own(served: Served) -> None:
    device = _device(served, deviceCustomVerificationUri="https://tv.example.com/go?a=1", deviceTimeout=60)
    begun = _begin(served, device)
    assert begun["verification_uri"] == "https://tv.example.com/go?a=1"
    assert begun["verification_uri_complete"].startswith("https://tv.example.com/go?a=1&user_code=")
    assert begun["expires_in"] == 60


def test_a_device_gets_nothing_of_a_session_that_has_ended(served: Served) -> None:
    device = _device(served)
    begun = _begin(served, device)
    user_id = _say(served, begun["user_code"])
    served.write(lambda c: sessions.end_of_user(c, user_id))
    assert _poll(served, device, begun["device_code"]).error == "400 invalid_grant"


def test_a_device_waits_until_its_person_has_answered(served: Served) -> None:
    device = _device(served)
    begun = _begin(served, device)
    assert _poll(served, device, begun["device_code"]).error == "400 authorization_pending"
    served.time += 2
    assert _poll(served, device, begun["device_code"]).error == "400 slow_down"
    user_id = _say(served, begun["user_code"])
    served.time += 10
    answer = _poll(served, device, begun["device_code"])
    assert answer.claims["sub"] == user_id
    assert {"access_token", "id_token", "refresh_token"} <= answer.json.keys()
    assert _poll(served, device, begun["device_code"]).error == "400 invalid_grant"


def test_a_person_may_say_no(served: Served) -> None:
    device = _device(served)
    begun = _begin(served, device)
    _say(served, begun["user_code"], allowed=False)
    assert _poll(served, device, begun["device_code"]).error == "400 access_denied"


def test_a_device_code_expires(served: Served) -> None:
    device = _device(served)
    begun = _begin(served, device)
    served.time += 601
    assert _poll(served, device, begun["device_code"]).error == "400 expired_token"


def test_a_device_code_is_its_applications_alone(served: Served) -> None:
    device, other = _device(served), _device(served)
    begun = _begin(served, device)
    _say(served, begun["user_code"])
    assert _poll(served, other, begun["device_code"]).error == "400 invalid_grant"
    assert _poll(served, device, begun["device_code"]).status == 200


@pytest.mark.parametrize(
    ("form", "error"), [({"scope": "unknown"}, "400 invalid_scope"), ({"scope": "a\x7fb"}, "400 invalid_scope")]
)
def test_a_device_asks_for_scopes_that_there_are(served: Served, form: dict[str, Any], error: str) -> None:
    assert served.as_client(_device(served), "device_authorization", **form).error == error


def test_not_every_application_is_a_device(served: Served) -> None:
    application = served.application()
    assert served.as_client(application, "device_authorization", scope="openid").error == "400 unauthorized_client"
    assert _poll(served, application, "x").error == "400 unauthorized_client"


def test_the_code_is_required(served: Served) -> None:
    assert served.token(_device(served), grant_type=DEVICE_CODE).error == "400 invalid_request"
