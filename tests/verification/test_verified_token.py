"""What a good token says, read-only."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepost.jose import strict_json
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken
from tests.verification.minting import AUDIENCE, CLIENT, ISSUER, NOW, access_claims


def token(**claims: object) -> VerifiedToken:
    return VerifiedToken(ISSUER, JsonObject(alg="RS256", kid="key 1"), JsonObject(claims))


def test_a_token_says_what_its_claims_say() -> None:
    verified = token(**access_claims(auth_time=NOW - 70, acr="phr", amr=["pwd", "mfa"]))
    assert verified.issuer == ISSUER
    assert verified.subject == "alice"
    assert verified.audience == (AUDIENCE,)
    assert verified.client_id == CLIENT
    assert verified.scopes == {"read", "write"}
    assert verified.expires_at == NOW + 600
    assert verified.issued_at == verified.claims["iat"]
    assert verified.jti == verified.claims["jti"]
    assert verified.auth_time == NOW - 70
    assert verified.acr == "phr"
    assert verified.amr == ("pwd", "mfa")
    assert verified.header == {"alg": "RS256", "kid": "key 1"}
    assert verified.claims == access_claims(auth_time=NOW - 70, acr="phr", amr=["pwd", "mfa"])
    assert verified.claims is verified.claims


def test_what_a_token_does_not_say_is_none_or_empty() -> None:
    verified = token(exp=NOW)
    assert (verified.subject, verified.client_id, verified.auth_time, verified.acr) == (None, None, None, None)
    assert (verified.audience, verified.scopes, verified.amr) == ((), frozenset(), ())


@pytest.mark.parametrize(
    ("claims", "client_id"),
    [
        ({"client_id": "a", "azp": "b"}, "a"),
        ({"cid": "a"}, "a"),
        ({"azp": "a"}, "a"),
        ({"appid": "a"}, "a"),
        ({"cid": "a", "azp": "b"}, "a"),
        ({"cid": 1, "azp": "b"}, "b"),
        ({"appid": ["a"]}, None),
    ],
    ids=repr,
)
def test_the_client_is_called_differently_by_vendors(claims: dict[str, object], client_id: str | None) -> None:
    assert token(**claims).client_id == client_id


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "read write"}, {"read", "write"}),
        ({"scope": ["read", "write"]}, {"read", "write"}),
        ({"scp": "read"}, {"read"}),
        ({"scp": ["read"], "scope": "write"}, {"read", "write"}),
        ({"scope": "  read   read "}, {"read"}),
        ({"scope": ""}, set()),
        ({"scp": []}, set()),
        ({"scope": ["read write"]}, {"read write"}),
    ],
    ids=repr,
)
def test_scopes_stand_in_scope_or_scp_as_text_or_as_an_array(claims: dict[str, object], scopes: set[str]) -> None:
    assert token(**claims).scopes == scopes


@pytest.mark.parametrize(("aud", "audience"), [("a", ("a",)), (["a", "b"], ("a", "b")), ([], ())], ids=repr)
def test_the_audience_is_a_tuple(aud: object, audience: tuple[str, ...]) -> None:
    assert token(aud=aud).audience == audience


def test_only_the_issuer_and_the_subject_show() -> None:
    verified = token(sub="alice", email="canary")
    assert repr(verified) == str(verified) == "VerifiedToken(issuer='https://issuer.example', subject='alice')"


def test_nothing_of_it_can_be_changed() -> None:
    claims = strict_json.load_object('{"sub":"alice","roles":["user"],"org":{"name":"acme","tags":["a"]},"exp":1}')
    verified: Any = VerifiedToken(ISSUER, JsonObject(alg="RS256"), claims)
    changes: list[Callable[[], object]] = [
        lambda: verified.claims.update(sub="mallory"),
        lambda: verified.claims["roles"].append("admin"),
        lambda: verified.claims["org"].update(name="evil"),
        lambda: verified.claims["org"]["tags"].clear(),
        lambda: verified.header.update(alg="none"),
    ]
    for change in changes:
        with pytest.raises(TypeError):
            change()
    for name in ("claims", "header", "issuer", "subject", "scopes", "admin"):
        with pytest.raises(AttributeError):
            setattr(verified, name, "x")
    assert verified.claims == {"sub": "alice", "roles": ["user"], "org": {"name": "acme", "tags": ["a"]}, "exp": 1}


def test_a_copy_of_the_claims_can_be_changed() -> None:
    verified = token(sub="alice")
    copied = dict(verified.claims)
    copied["sub"] = "mallory"
    assert verified.subject == verified.claims["sub"] == "alice"


def test_a_token_that_is_remembered_keeps_a_few_notes_and_any_other_none() -> None:
    subject, other = object(), object()
    passing, lasting = token(), token()
    lasting.take_notes()
    for each in (passing, lasting):
        assert each.noted(subject) is None
        each.note(subject, "concluded")
    assert (passing.takes_notes, lasting.takes_notes) == (False, True)
    assert passing.noted(subject) is None
    assert lasting.noted(subject) == "concluded"
    assert lasting.noted(other) is None
    for number in range(20):
        lasting.note(number_of := object(), number)
        assert lasting.noted(number_of) == number
    assert lasting.noted(subject) is None
    assert lasting._notes is not None
    assert len(lasting._notes) <= 8


def test_a_note_is_about_one_thing_and_not_about_its_equal() -> None:
    lasting = token()
    lasting.take_notes()
    one, equal = ["route"], ["route"]
    lasting.note(one, "concluded")
    assert lasting.noted(equal) is None
