"""What is right in a policy file, and may still not be meant."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost.policy.policy_file import PolicySettings
    from gatepost.policy.requirement import Requirement
    from gatepost.policy.route_pattern import RoutePattern

# Stands for a part of the path that may be anything.
_ANYTHING = "~"


def notes(settings: "PolicySettings") -> list[str]:
    """Return a sentence for each protected GET whose HEAD is public: most frameworks answer both with one function."""
    from gatepost.policy.router import Router

    router: Router[tuple[RoutePattern, Requirement]] = Router((route[0], route) for route in settings.routes)
    found = []
    for pattern, requirement in settings.routes:
        if requirement.public or pattern.methods is None or "GET" not in pattern.methods:
            continue
        path = tuple(segment.text if segment.kind == "literal" else _ANYTHING for segment in pattern.path)
        other = router.find("HEAD", path)
        if other is not None and other[1].public:
            found.append(
                f"{pattern.text!r} is protected, and HEAD of the same path is public by {other[0].text!r}; "
                f"write GET,HEAD unless that is meant"
            )
    return found
