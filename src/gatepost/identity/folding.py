"""How names are compared: capitals, widths and the ways to compose a letter make no difference."""

from unicodedata import normalize

FOLDED_MOST = 512  # characters: what the columns of folded texts hold


def fold(text: str) -> str:
    """Return what all ways to write a name have in common (Unicode's NFKC and case folding, §3.13)."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", normalize("NFD", text).casefold()).casefold())
