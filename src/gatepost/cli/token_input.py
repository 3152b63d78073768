"""A token that a command starts from: in a file, or on standard input, never on the command line."""

import json
import sys
from pathlib import Path

from gatepost.cli.failure import Failure
from gatepost.cli.trusted import read_file

_MOST_OCTETS = 1 << 20


def token_in(source: str, member: str) -> str:
    """Return the token in a file, or on standard input when that is `-`.

    Args:
        source: The file, which holds the token itself, or the JSON object that `--save` writes.
        member: Which of the object's members it is.

    Raises:
        Failure: When there is none.
    """
    octets = sys.stdin.buffer.read(_MOST_OCTETS) if source == "-" else read_file(Path(source))
    text = octets.decode("utf-8", "replace").strip()
    where = "standard input" if source == "-" else source
    if text.startswith("{"):
        try:
            text = json.loads(text).get(member, "")
        except ValueError:
            text = ""
        if not isinstance(text, str) or not text:
            raise Failure(f"{where} holds no {member}")
    if not text:
        raise Failure(f"{where} holds no token")
    return text
