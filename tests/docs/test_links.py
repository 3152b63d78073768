"""Whatever a page points to is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, links, name, pages

# Written by `make bench`, which has to run once on a machine before its figures can be read.
MADE_LATER = {"benchmarks/RESULTS.md"}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target = (page.parent / link).resolve()
        assert target.exists() or target.relative_to(ROOT).as_posix() in MADE_LATER, link


def test_every_test_that_the_security_policy_names_exists() -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    assert named
    for path in named:
        assert (ROOT / path).exists(), path


def test_no_page_names_a_place_of_the_machine_it_was_written_on() -> None:
    for page in pages():
        assert not re.search(r"/(?:work|tmp|home)/", page.read_text(encoding="utf-8")), name(page)
