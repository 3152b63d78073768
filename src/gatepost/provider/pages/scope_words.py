"""What scopes allow, in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gatepost.provider.pages.texts import has, text
from gatepost.provider.pages.view import ScopeWords

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration


def in_words(configuration: "Configuration", application_id: str, names: Iterable[str]) -> tuple[ScopeWords, ...]:
    """Return what scopes allow: the words for the predefined ones, the descriptions of others, or else their names."""
    granted = configuration.granted_scopes(application_id)
    found = []
    for name in names:
        if has(f"scope.{name}"):
            found.append(ScopeWords(text(f"scope.{name}")))
            continue
        scope = granted.get(name)
        description = str(scope.document.get("description") or "") if scope is not None else ""
        found.append(ScopeWords(description, name) if description else ScopeWords(name))
    return tuple(found)
