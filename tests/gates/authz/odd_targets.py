"""Targets that only a proxy gets to see, and that it may rewrite or refuse before it asks anybody."""

from tests.gates.decision_table import Row

_TARGETS = ("http://app.example/admin/x", "http://app.example/health", "*", "/health#/../admin/x", "/public/\xfc")

ODD_TARGETS = tuple(
    Row(f"{target} with {token or 'no token'}", "GET", target, token, (), 0, "", {})
    for target in _TARGETS
    for token in ("", "admin")
)
