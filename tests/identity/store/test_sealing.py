"""Secrets at rest open with their key, for their purpose, and not otherwise."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError
from gatepost.identity.store.sealing import KEY_OCTETS, SealingKey

KEY = SealingKey([bytes(KEY_OCTETS)])


@given(secret=st.binary(max_size=300), purpose=st.text(max_size=40, alphabet=st.characters(codec="utf-8")))
def test_what_was_sealed_opens_again(secret: bytes, purpose: str) -> None:
    sealed = KEY.seal(secret, purpose)
    assert KEY.open(sealed, purpose) == secret
    assert sealed != KEY.seal(secret, purpose)


@given(st.integers(min_value=0, max_value=10_000))
def test_a_change_anywhere_is_found(place: int) -> None:
    sealed = KEY.seal(b"a secret", "purpose")
    place %= len(sealed)
    other = "A" if sealed[place] != "A" else "B"
    with pytest.raises(ConfigurationError):
        KEY.open(sealed[:place] + other + sealed[place + 1 :], "purpose")


def test_it_opens_for_its_purpose_alone() -> None:
    with pytest.raises(ConfigurationError, match="is damaged"):
        KEY.open(KEY.seal(b"a secret", "application-secret:1"), "application-secret:2")


def test_one_key_follows_another() -> None:
    old, new = b"o" * KEY_OCTETS, b"n" * KEY_OCTETS
    sealed = SealingKey([old]).seal(b"a secret", "p")
    both = SealingKey([new, old])
    assert both.open(sealed, "p") == b"a secret"
    with pytest.raises(ConfigurationError, match="sealed with another key"):
        SealingKey([new]).open(sealed, "p")
    assert SealingKey([new]).open(both.seal(b"a secret", "p"), "p") == b"a secret"


def test_a_key_file_is_made_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "gatepost.key"
    key, made = SealingKey.of_file(path)
    again, made_again = SealingKey.of_file(path)
    assert (made, made_again) == (True, False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert again.open(key.seal(b"x", "p"), "p") == b"x"
    assert os.listdir(tmp_path) == ["gatepost.key"]  # noqa: PTH208 - names are enough
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match=r"others may read this key; run: chmod 600"):
        SealingKey.of_file(path)


@pytest.mark.parametrize("text", ["", "short", "!" * 43, "A" * 44])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="32 octets"):
        SealingKey.parse(text)
