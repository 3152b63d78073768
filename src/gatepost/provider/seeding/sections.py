"""What a file may hold, and how each part of it refers to others: by name."""

from typing import Final

# In the order in which they are made, so that what is referred to is there.
SECTIONS: Final = ("environment", "populations", "groups", "resources", "signOnPolicies", "applications", "users")

# Members of an entry that are not its own but those of things below it.
BELOW: Final = {
    "resources": frozenset({"scopes", "attributes", "secret"}),
    "applications": frozenset({"attributes", "grants", "signOnPolicies", "roles", "secret"}),
    "signOnPolicies": frozenset({"actions"}),
    "users": frozenset({"groups", "password", "roles"}),
    "populations": frozenset(),
    "groups": frozenset(),
}
NAMED_BY: Final = {"users": "username"}
