"""Paths are read in one way, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.policy.request_path import UnclearPath, folded, segments
from tests.policy.request_paths import HARMLESS, OTHER_SPELLINGS, SAME_SPELLINGS, TRICKS, Trick


def name(trick: object) -> str | None:
    return trick.what if isinstance(trick, Trick) else None


@pytest.mark.parametrize("trick", TRICKS, ids=name)
def test_a_path_that_servers_read_differently_is_refused(trick: Trick) -> None:
    with pytest.raises(UnclearPath):
        segments(trick.path)


@pytest.mark.parametrize(("path", "read"), HARMLESS, ids=[path[:40] for path, _ in HARMLESS])
def test_a_path_that_means_one_thing_is_read(path: str, read: tuple[str, ...] | None) -> None:
    assert segments(path) == (tuple(path.split("/")[1:]) if read is None else read)


@pytest.mark.parametrize("trick", SAME_SPELLINGS, ids=name)
def test_escapes_of_letters_and_one_slash_at_the_end_make_no_difference(trick: Trick) -> None:
    assert segments(trick.path.partition("?")[0]) == ("admin", "users")


@pytest.mark.parametrize("trick", OTHER_SPELLINGS, ids=name)
def test_what_some_servers_take_for_the_same_folds_to_the_same(trick: Trick) -> None:
    assert segments(trick.path) != ("admin", "users")
    assert tuple(map(folded, segments(trick.path))) == ("admin", "users")


@pytest.mark.parametrize(("one", "other"), [("café", "cafe\u0301"), ("straße", "STRASSE"), ("\u212a", "k")])
def test_accents_and_capitals_fold(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text(max_size=40))
def test_no_text_is_read_into_a_segment_that_could_lead_elsewhere(text: str) -> None:
    try:
        read = segments("/" + text)
    except UnclearPath:
        return
    assert not {"", ".", ".."} & set(read)
    assert not set("/\\;%?#\0") & set("".join(read))


@given(st.lists(st.text("abcXYZ0189-._~!$&'()*+,=:@ é€", min_size=1, max_size=6), max_size=5))
def test_escaping_every_octet_changes_nothing(parts: list[str]) -> None:
    if {".", ".."} & set(parts):
        return
    escaped = "".join("/" + "".join(f"%{octet:02x}" for octet in part.encode()) for part in parts)
    assert segments(escaped or "/") == tuple(parts)
