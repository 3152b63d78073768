"""The style: colours that everybody can tell apart, and nothing from elsewhere."""

import re

import pytest

from gatepost.provider.pages.rendering import asset

SCHEMES = ("light", "dark")
# Foreground, background, and the least contrast: text 4.5 (WCAG 2.2 §1.4.3), parts of controls 3 (§1.4.11).
PAIRS = (
    ("ink", "card", 7.0),
    ("ink", "canvas", 7.0),
    ("ink", "field", 7.0),
    ("ink", "wash", 7.0),
    ("ink", "wrong-wash", 7.0),
    ("quiet", "card", 4.5),
    ("quiet", "wash", 4.5),
    ("accent", "card", 4.5),
    ("accent", "wash", 4.5),
    ("accent-strong", "card", 4.5),
    ("accent-strong", "wash", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("wrong", "card", 4.5),
    ("wrong", "wrong-wash", 4.5),
    ("edge", "field", 3.0),
    ("edge", "card", 3.0),
    ("accent", "field", 3.0),
    ("accent", "canvas", 3.0),
)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_can_be_told_apart(scheme: str, front: str, back: str, least: float) -> None:
    colours = _colours()[scheme]
    light, dark = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)
    contrast = (light + 0.05) / (dark + 0.05)
    assert contrast >= least, f"{front} on {back}: {contrast:.2f}"


def test_no_colour_stands_outside_of_the_variables() -> None:
    style = asset("page.css").text
    outside = re.sub(r":root \{.*?\n\s*\}", "", style, flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", outside)) <= {"#ffffff", "#000000"}  # a QR code is black on white


def test_nothing_is_fetched_from_elsewhere() -> None:
    for name in ("page.css", "passkey.js"):
        assert not re.search(r"url\(|@import|https?:", asset(name).text)


def test_the_script_builds_no_html() -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", asset("passkey.js").text
    )


def _colours() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", asset("page.css").text, flags=re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", each)) for each in (light, dark)]
    assert found[0].keys() == found[1].keys()
    return dict(zip(SCHEMES, found, strict=True))


def _luminance(colour: str) -> float:
    """The relative luminance (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
