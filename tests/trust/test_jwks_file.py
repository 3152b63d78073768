"""Keys in a file."""

import json
import threading
from pathlib import Path

import pytest

from gatepost import Issuer, JwksFile
from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey
from gatepost.testing import certificate
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import Cause, LiveKeys
from tests.trust.flights import keys, signing_key


def jwks(*kids: str) -> bytes:
    return json.dumps({"keys": [signing_key(kid).to_jwk() for kid in kids]}).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_bytes(jwks("a"))
    return path


def opened(path: Path) -> LiveKeys:
    return JwksFile(path).open("https://issuer.example", 1000)


def kids(live: LiveKeys, now: float) -> set[str | None]:
    snapshot = live.current(now)
    assert snapshot is not None
    return {key.kid for key in snapshot.key_set.keys}


# --- What it may hold ---


def test_a_jwk_set_is_there_from_the_start_and_no_thread_was_needed(path: Path) -> None:
    before = threading.active_count()
    live = opened(path)
    assert kids(live, 1000) == {"a"}
    assert threading.active_count() == before


def test_a_public_key_in_pem_form_will_do(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    key = SigningKey.generate("ES256")
    path.write_text(key.public.to_pem())
    snapshot = opened(path).current(1000)
    assert snapshot is not None
    found = snapshot.key_set.find(None, "ES256")
    assert found is not None
    assert found.identity == key.public.identity


def test_a_certificate_in_pem_form_will_do(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pem"
    path.write_bytes(certificate.for_tls()[0])
    assert kids(opened(path), 1000) == {None}


@pytest.mark.parametrize("as_path", [str, Path], ids=["text", "path"])
def test_any_kind_of_path_will_do(path: Path, as_path: type) -> None:
    assert kids(JwksFile(as_path(path)).open("x", 0), 0) == {"a"}


BROKEN = {
    "empty": b"",
    "text": b"canary",
    "array": b"[]",
    "no keys": b'{"keys": []}',
    "PEM": b"-----BEGIN PUBLIC KEY-----\ncanary\n-----END PUBLIC KEY-----\n",
    "private": SigningKey.generate("ES256").to_private_pem().encode(),
    "private JWK": json.dumps({"keys": [signing_key("a").to_private_jwk()]}).encode(),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_without_keys_is_a_configuration_error_that_names_it(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for build in (
        lambda: Issuer("https://issuer.example", audience="api", keys=JwksFile(path)),
        lambda: opened(path),
    ):
        with pytest.raises(ConfigurationError, match="the key file") as caught:
            build()
        assert str(path) in str(caught.value)
        assert "canary" not in str(caught.value)


def test_a_file_that_is_missing_or_no_file_is_a_configuration_error_that_names_it(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be read: ") as caught:
            JwksFile(path).check("https://issuer.example")
        assert str(path) in str(caught.value)


# --- When it changes ---


def change(path: Path, content: bytes) -> None:
    """Put a new file in place of the old one, as careful programs do."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


def test_a_changed_file_is_noticed_within_five_seconds(path: Path) -> None:
    live = opened(path)
    assert kids(live, 1000) == {"a"}
    change(path, jwks("a", "b"))
    assert kids(live, 1001) == {"a"}
    assert kids(live, 1005) == {"a", "b"}
    change(path, jwks("b"))
    assert kids(live, 1010) == {"b"}
    assert live.health(1010).generation == 3


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = opened(path)
    kids(live, 1000)
    monkeypatch.setattr(JwksFile, "_read", lambda _: pytest.fail("it was read again"))
    for now in (1005, 1010, 1015):
        assert kids(live, now) == {"a"}
    assert live.health(1015).generation == 1
    assert live.health(1015).last_error is None


def test_an_unknown_key_is_looked_for_in_the_file_at_most_every_five_seconds(path: Path) -> None:
    live = opened(path)
    kids(live, 1000)
    change(path, jwks("b"))
    assert live.refresh(1001, Cause.UNKNOWN_KEY).result(0).key_set == keys("b")
    change(path, jwks("c"))
    assert live.refresh(1002, Cause.UNKNOWN_KEY).result(0).key_set == keys("b")
    assert live.refresh(1006, Cause.UNKNOWN_KEY).result(0).key_set == keys("c")


@pytest.mark.parametrize("content", [*BROKEN.values(), None], ids=[*BROKEN.keys(), "missing"])
def test_a_broken_new_file_keeps_the_old_keys_and_shows_in_the_health(path: Path, content: bytes | None) -> None:
    live = opened(path)
    kids(live, 1000)
    if content is None:
        path.unlink()
    else:
        change(path, content)
    for now in (1005, 1100, 1_000_000, 100_000_000):
        assert kids(live, now) == {"a"}
        assert str(path) in str(live.health(now).last_error)
    change(path, jwks("b"))
    assert kids(live, 100_000_030) == {"b"}
    assert live.health(100_000_030).last_error is None


def test_a_file_that_goes_before_it_was_looked_at_a_second_time_is_missed(path: Path) -> None:
    live = opened(path)
    path.unlink()
    assert kids(live, 1000) == {"a"}
    assert "cannot be read" in str(live.health(1000).last_error)


def test_reading_it_is_a_failed_fetch_when_it_fails(path: Path) -> None:
    path.write_bytes(b"canary")
    with pytest.raises(FetchFailed, match="the key file") as caught:
        JwksFile(path).fetch(0, None)
    assert "canary" not in str(caught.value)
