"""What somebody probably meant."""

import pytest

from gatepost.policy.settings.nearest_name import quoted, suggestion


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("scope", ["scopes", "match"], '; did you mean "scopes"?'),
        ("SCOPES", ["scopes", "match"], '; did you mean "scopes"?'),
        ("GET /usr", ["GET /user", "GET /mine"], '; did you mean "GET /user"?'),
        ("xyz", ["scopes", "match"], "; known are match, scopes"),
        ("xyz", [], "; there is none"),
    ],
)
def test_the_nearest_name_is_suggested(name: str, known: list[str], words: str) -> None:
    assert suggestion(name, known) == words


def test_a_name_stays_on_its_line() -> None:
    assert quoted("é") == '"é"'
    assert quoted('a"\n\x1b') == '"a\\"\\n\\u001b"'
