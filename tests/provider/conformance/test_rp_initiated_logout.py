"""The RP-Initiated Logout OP plan of the OpenID conformance suite."""

from urllib.parse import urlencode

import pytest

from gatepost.jose import SigningKey, sign_compact
from tests.provider.world import AFTER, Browser, Client, Reply, User, World, forms


@pytest.fixture
def hint(client: Client, browser: Browser, user: User) -> str:
    """The ID token of the browser's session."""
    token: str = client.redeem(browser.sign_on(client, user)["code"]).json["id_token"]
    return token


def sign_off(browser: Browser, **parameters: str) -> Reply:
    return browser.follow(browser.get(f"{browser.world.issuer}/signoff?{urlencode(parameters)}"))


def is_signed_on(browser: Browser, client: Client) -> bool:
    return "code" in browser.authorize(client, prompt="none").parameters


def is_refused(shown: Reply, browser: Browser, client: Client) -> None:
    assert shown.status == 400
    assert "location" not in shown.headers
    assert is_signed_on(browser, client)


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(provider: World) -> None:
    metadata = provider.get(f"{provider.issuer}/.well-known/openid-configuration").json
    assert metadata["end_session_endpoint"] == f"{provider.issuer}/signoff"


def test_oidcc_rp_initiated_logout(client: Client, browser: Browser, hint: str) -> None:
    answer = sign_off(browser, id_token_hint=hint, post_logout_redirect_uri=AFTER, state="s")
    assert answer.location == f"{AFTER}?state=s"
    assert not is_signed_on(browser, client)


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(client: Client, browser: Browser, hint: str) -> None:
    shown = sign_off(browser, id_token_hint=hint, post_logout_redirect_uri=f"{AFTER}/other", state="s")
    is_refused(shown, browser, client)


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    client: Client, browser: Browser, hint: str
) -> None:
    shown = sign_off(browser, id_token_hint=hint, post_logout_redirect_uri=f"{AFTER}?extra=1", state="s")
    is_refused(shown, browser, client)


def test_oidcc_rp_initiated_logout_modified_id_token_hint(client: Client, browser: Browser, hint: str) -> None:
    head, payload, signature = hint.split(".")
    modified = f"{head}.{payload}.{signature[:10]}{'A' if signature[10] != 'A' else 'B'}{signature[11:]}"
    is_refused(sign_off(browser, id_token_hint=modified, post_logout_redirect_uri=AFTER, state="s"), browser, client)


def test_oidcc_rp_initiated_logout_bad_id_token_hint(
    provider: World, client: Client, browser: Browser, hint: str
) -> None:
    claims = provider.verified(hint)
    forged = sign_compact(claims, SigningKey.generate("RS256", kid="another"))
    is_refused(sign_off(browser, id_token_hint=forged, post_logout_redirect_uri=AFTER, state="s"), browser, client)


def asks_first(shown: Reply, browser: Browser, client: Client) -> Reply:
    """Without an ID token the person is asked; the answer to a yes."""
    assert shown.status == 200
    assert is_signed_on(browser, client)
    [question] = forms(shown)
    answer = browser.follow(browser.submit(shown, question))
    assert not is_signed_on(browser, client)
    return answer


def test_oidcc_rp_initiated_logout_no_id_token_hint(client: Client, browser: Browser, hint: str) -> None:
    assert hint
    shown = sign_off(browser, client_id=client.id, post_logout_redirect_uri=AFTER, state="s")
    assert asks_first(shown, browser, client).location == f"{AFTER}?state=s"


def test_oidcc_rp_initiated_logout_no_params(client: Client, browser: Browser, hint: str) -> None:
    assert hint
    assert asks_first(sign_off(browser), browser, client).status == 200


def test_oidcc_rp_initiated_logout_only_state(client: Client, browser: Browser, hint: str) -> None:
    assert hint
    assert asks_first(sign_off(browser, state="s"), browser, client).status == 200


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(client: Client, browser: Browser, hint: str) -> None:
    shown = sign_off(browser, id_token_hint=hint, state="s")
    assert shown.status == 200
    assert not is_signed_on(browser, client)


def test_oidcc_rp_initiated_logout_no_state(client: Client, browser: Browser, hint: str) -> None:
    answer = sign_off(browser, id_token_hint=hint, post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER
    assert not is_signed_on(browser, client)
