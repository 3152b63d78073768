"""The paths of routes."""

import re

from gatepost.apigateway.template.node import Node

_SEGMENT = re.compile(r"\{[A-Za-z0-9._:-]+\+?\}|[^{}]*")


def check_path(node: Node, path: str) -> None:
    """Report a path that no API can have."""
    if not path.startswith("/"):
        node.problem(f"The path {path} has to begin with a slash.")
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        if not _SEGMENT.fullmatch(segment):
            node.problem(f"{segment} is no segment of a path: a parameter is a whole segment, such as {{id}}.")
        if segment.endswith("+}") and position != len(segments) - 1:
            node.problem(f"{segment} has to be the last segment of its path.")
