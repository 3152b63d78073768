"""Keys in the deployment: no network at a cold start, newer ones afterwards, and how old they are."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost import ConfigurationError, Discovery, Issuer, JwksUrl, KeysUnavailable, TokenRejected, Verifier
from gatepost.gates.aws_lambda import BakedKeys, authorizer
from gatepost.gates.aws_lambda.baked_keys import DAY
from gatepost.testing import Fault, LocalIssuer
from tests.gates.aws_lambda.events import rest_token

AUDIENCE = "https://api.example.com"


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer(audience=AUDIENCE) as running:
        yield running


def bake(issuer: LocalIssuer, path: Path, *, age: float = 0.0, discovered: bool = True) -> Path:
    entry = {
        "discovered": discovered,
        "jwks_uri": issuer.jwks_uri,
        "jwks": issuer.signing_key.key_set().to_jwks(),
    }
    path.write_text(json.dumps({"baked_at": issuer.clock() - age, "issuers": {issuer.identifier: entry}}))
    return path


def verifier(issuer: LocalIssuer, keys: BakedKeys) -> Verifier:
    return Verifier(Issuer(issuer.identifier, audience=AUDIENCE, keys=keys), clock=issuer.clock)


def test_a_cold_start_asks_nobody(issuer: LocalIssuer, tmp_path: Path) -> None:
    issuer.fail(Fault.REFUSED)
    at_work = verifier(issuer, BakedKeys(bake(issuer, tmp_path / "keys.json", age=3 * DAY)))
    at_work.verify(issuer.mint())
    (health,) = at_work.health().values()
    assert health.age == pytest.approx(3 * DAY, abs=60)
    assert (health.keys, health.counters) == (1, {})


@pytest.mark.parametrize("discovered", [True, False])
def test_from_the_second_request_on_newer_keys_are_fetched_in_the_background(
    issuer: LocalIssuer, tmp_path: Path, discovered: bool
) -> None:
    at_work = verifier(issuer, BakedKeys(bake(issuer, tmp_path / "keys.json", age=DAY, discovered=discovered)))
    at_work.verify(issuer.mint())
    issuer.clock.advance(2)
    at_work.verify(issuer.mint())
    at_work.prefetch()  # waits for the fetch that is on its way
    (health,) = at_work.health().values()
    assert health.age == pytest.approx(0, abs=60)
    assert health.counters["failures"] == 0


def test_an_unknown_key_is_waited_for(issuer: LocalIssuer, tmp_path: Path) -> None:
    at_work = verifier(issuer, BakedKeys(bake(issuer, tmp_path / "keys.json")))
    issuer.rotate_keys()
    assert at_work.verify(issuer.mint()).issuer == issuer.identifier


def test_a_key_that_the_issuer_has_removed_is_refused_once_newer_ones_are_there(
    issuer: LocalIssuer, tmp_path: Path
) -> None:
    at_work = verifier(issuer, BakedKeys(bake(issuer, tmp_path / "keys.json"), JwksUrl(issuer.jwks_uri)))
    old = issuer.mint()
    at_work.verify(old)
    issuer.rotate_keys()
    issuer.clock.advance(2)
    at_work.prefetch()
    with pytest.raises(TokenRejected):
        at_work.verify(old)


def test_keys_that_are_too_old_are_used_no_more(issuer: LocalIssuer, tmp_path: Path) -> None:
    path = bake(issuer, tmp_path / "keys.json", age=31 * DAY)
    verifier(issuer, BakedKeys(path)).verify(issuer.mint())
    issuer.fail(Fault.REFUSED)
    with pytest.raises(KeysUnavailable):
        verifier(issuer, BakedKeys(path)).verify(issuer.mint())
    verifier(issuer, BakedKeys(path, max_age=40 * DAY)).verify(issuer.mint())


def test_during_an_outage_their_age_stays_what_it_is(issuer: LocalIssuer, tmp_path: Path) -> None:
    at_work = verifier(issuer, BakedKeys(bake(issuer, tmp_path / "keys.json", age=DAY), Discovery()))
    issuer.fail(Fault.REFUSED)
    at_work.prefetch()  # the file's keys serve on
    at_work.verify(issuer.mint())
    (health,) = at_work.health().values()
    assert health.age == pytest.approx(DAY, abs=60)
    assert health.last_error is not None


def test_a_policy_file_takes_them(issuer: LocalIssuer, tmp_path: Path) -> None:
    policy = tmp_path / "gatepost.toml"
    policy.write_text(
        f'[issuers.main]\nissuer = "{issuer.identifier}"\naudience = ["{AUDIENCE}"]\n[[routes]]\nmatch = "GET /users"\n'
    )
    issuer.fail(Fault.REFUSED)
    handler = authorizer(policy=policy, keys=bake(issuer, tmp_path / "keys.json"), clock=issuer.clock)
    assert handler(rest_token("GET", "/users", issuer.mint(sub="alice")), None)["principalId"] == "alice"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON object"),
        ("{}", "'issuers' is no object"),
        ('{"baked_at": 1, "issuers": {}}', "holds no keys of"),
        ('{"baked_at": true, "issuers": {}}', "when it was written"),
    ],
    ids=["empty", "no issuers", "another issuer", "no time"],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(
    issuer: LocalIssuer, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message) as caught:
        verifier(issuer, BakedKeys(path))
    assert "gatepost lambda bake-keys" in str(caught.value)


def test_a_file_that_is_not_there_is_named(issuer: LocalIssuer, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        verifier(issuer, BakedKeys(tmp_path / "keys.json"))


def test_a_private_key_in_the_file_is_refused(issuer: LocalIssuer, tmp_path: Path) -> None:
    path = bake(issuer, tmp_path / "keys.json")
    document = json.loads(path.read_text())
    document["issuers"][issuer.identifier]["jwks"] = {"keys": [dict(issuer.signing_key.to_private_jwk())]}
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match="private key"):
        verifier(issuer, BakedKeys(path))
