"""`[dpop]` and `[redis]`."""

from collections.abc import Callable

import pytest

from gatepost.policy.policy_file import PolicySettings
from gatepost.verification.redis_replay import RedisReplayStore
from gatepost.verification.redis_revocation import RedisRevocationList
from tests.policy.conftest import ROUTE, Complaints

Settings = Callable[..., PolicySettings]


def test_the_rules_for_proofs_can_be_set(settings: Settings) -> None:
    text = "[dpop]\nalgorithms = ['ES256']\nmax_age = '2m'\nmax_future = 1\nnonce_secret_env = 'SECRET'\n"
    sender = settings(text + ROUTE, {"SECRET": "s" * 32}).sender
    assert sender.rules.algorithms == {"ES256"}
    assert (sender.rules.max_age, sender.rules.max_future) == (120.0, 1.0)
    assert sender.nonces is not None
    assert sender.open(None).fresh_nonce(0) is not None
    assert settings(ROUTE).sender.nonces is None


def test_what_servers_share_is_in_redis(settings: Settings) -> None:
    text = "[redis]\nurl = '${REDIS:-redis://127.0.0.1:1/0}'\ntimeout = '500ms'\nrevocations = true\n"
    store = settings(text + ROUTE).store
    assert store is not None
    assert isinstance(store.replays, RedisReplayStore)
    assert isinstance(store.revocations, RedisRevocationList)
    assert settings(text + ROUTE).policy().routes
    store = settings("[redis]\nurl = 'redis://127.0.0.1:1/0'\n" + ROUTE).store
    assert store is not None
    assert store.revocations is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[dpop]\nalgorithms = ['HS256']", 2, 'unknown algorithm "HS256"'),
        ("[dpop]\nmax_age = '2w'", 2, "is a span of time"),
        ("[dpop]\nmax_age = '2d'", 2, "max_age"),
        ("[dpop]\nnonce_secret_env = 'SHORT'", 2, "at least 32 octets"),
        ("[dpop]\nnonce_secret = 'hush'", 2, "no secret belongs into the file"),
        ("[dpop]\nmaxage = 1", 2, 'did you mean "max_age"?'),
        ("dpop = true", 1, '"dpop" in the top level of the file is a table: [dpop]'),
        ("[redis]", 1, '[redis] lacks "url"'),
        ("[redis]\nurl = 'nonsense'", 2, ""),
        ("[redis]\nurl = 1", 2, "is a string"),
        ("[redis]\nurl = 'redis://a'\nrevocation = true", 3, 'did you mean "revocations"?'),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and "\n" not in value else "",
)
def test_what_is_wrong_is_told_with_its_line(complaints: Complaints, text: str, line: int, words: str) -> None:
    said = complaints(f"{text}\n{ROUTE}", {"SHORT": "short"})
    assert any(each.startswith(f"gatepost.toml:{line}: ") and words in each for each in said), said
    assert "hush" not in "\n".join(said)
