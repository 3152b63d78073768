"""Which bodies are text."""

from collections.abc import Sequence

# Observed on AWS for HTTP APIs; everything else is base64, also forms and a body without a content type.
_TEXT = frozenset({"application/javascript", "application/json", "application/xml"})


def media_type(content_type: str | None) -> str:
    """Return the media type of a header's value, in lower case and without parameters."""
    return "" if content_type is None else content_type.partition(";")[0].strip().lower()


def is_text(content_type: str | None) -> bool:
    """Tell whether an HTTP API hands on a body of this content type as text."""
    found = media_type(content_type)
    return found in _TEXT or found.startswith("text/")


def is_binary(found: str, binary_media_types: Sequence[str]) -> bool:
    """Tell whether a media type is one of a REST API's binary ones: itself, `image/*` or `*/*`."""
    for wanted in binary_media_types:
        # A template spells the slash `~1` where it is a JSON pointer's part, as SAM does.
        lower = wanted.replace("~1", "/").lower()
        if lower in {"*/*", found} or (lower.endswith("/*") and found.startswith(lower[:-1])):
            return True
    return False


def accepts_binary(accept: str | None, binary_media_types: Sequence[str]) -> bool:
    """Tell whether a REST API answers with bytes: only the first media type of `accept` counts."""
    if not binary_media_types:
        return False
    return is_binary(media_type(None if accept is None else accept.partition(",")[0]), binary_media_types)
