"""What somebody may do in one environment: all of their roles together, as far as these reach into it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gatepost.identity import roles
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.roles import Role, ScopeType

_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Permissions:
    """What an actor may do in an environment.

    Attributes:
        everywhere: The permissions that hold in the whole environment.
        of_populations: Those that hold for single populations only, with these.
        of_applications: Those that hold for single applications only, with these.
        assignable: The names of the roles that the actor may give.
    """

    everywhere: frozenset[str] = frozenset()
    of_populations: dict[str, frozenset[str]] = field(default_factory=dict)
    of_applications: dict[str, frozenset[str]] = field(default_factory=dict)
    assignable: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether there is anything that the actor may do here."""
        return bool(self.everywhere or self.of_populations or self.of_applications)

    def allow(self, permission: str, *, population_id: str | None = None, application_id: str | None = None) -> bool:
        """Tell whether the actor has a permission: in the whole environment, or for the population or application."""
        return (
            permission in self.everywhere
            or population_id in self.of_populations.get(permission, _NOWHERE)
            or application_id in self.of_applications.get(permission, _NOWHERE)
        )

    def populations(self, permission: str) -> frozenset[str] | None:
        """Return the populations for which the actor has a permission; `None` for all."""
        return None if permission in self.everywhere else self.of_populations.get(permission, _NOWHERE)

    def applications(self, permission: str) -> frozenset[str] | None:
        """Return the applications for which the actor has a permission; `None` for all."""
        return None if permission in self.everywhere else self.of_applications.get(permission, _NOWHERE)


NONE = Permissions()


def permissions(assignments: Iterable[RoleAssignment], environment_id: str, organization_id: str) -> Permissions:
    """Return what these role assignments permit in an environment of an organization.

    Populations and applications are known by their identifiers alone: one of another environment permits nothing here,
    as none of its things has that population.
    """
    everywhere: set[str] = set()
    narrow: dict[str, dict[str, set[str]]] = {"POPULATION": {}, "APPLICATION": {}}
    assignable: set[str] = set()
    for each in assignments:
        role = roles.CATALOG.get(each.role_id)
        if role is None:
            continue
        if (each.scope_type, each.scope_id) in {("ORGANIZATION", organization_id), ("ENVIRONMENT", environment_id)}:
            everywhere |= role.permissions
            assignable |= role.can_assign
        elif each.scope_type in narrow:
            for permission in role.permissions:
                narrow[each.scope_type].setdefault(permission, set()).add(each.scope_id)
            assignable |= role.can_assign
    return Permissions(
        frozenset(everywhere),
        {name: frozenset(ids) for name, ids in narrow["POPULATION"].items()},
        {name: frozenset(ids) for name, ids in narrow["APPLICATION"].items()},
        frozenset(assignable),
    )


def may_assign(assignments: Iterable[RoleAssignment], role: Role, within: Iterable[tuple[ScopeType, str]]) -> bool:
    """Tell whether who has these roles may give another one.

    Args:
        assignments: The roles of who gives.
        role: The role to give.
        within: What it is given for, and everything that this stands in; see `role_assignments.within`.
    """
    reach = set(within)
    return any(
        mine.role is not None and role.name in mine.role.can_assign and (mine.scope_type, mine.scope_id) in reach
        for mine in assignments
    )
