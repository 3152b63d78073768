"""Values of headers that hold what a request brought."""

# What would end the header, or the whole head of the message; and what HTTP allows in no value (RFC 9110 §5.5).
_CONTROLS = {code: " " for code in (*range(0x20), 0x7F) if code != 0x09}


def header_value(text: str) -> str:
    """Return a text as the value of a header: with a space for every control character, as latin-1 can write it."""
    return text.translate(_CONTROLS).strip().encode("latin-1", "replace").decode("latin-1")
