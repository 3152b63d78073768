"""The whole configuration of an environment, as of one moment, ready to be asked."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from gatepost.identity import certificates, client_secrets
from gatepost.identity.applications import Application
from gatepost.identity.attributes import Attribute
from gatepost.identity.client_secrets import Secret
from gatepost.identity.environments import Environment
from gatepost.identity.grants import Grant
from gatepost.identity.permissions import Permissions, permissions
from gatepost.identity.resources import Resource
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.scopes import Scope
from gatepost.identity.sign_on_actions import SignOnAction
from gatepost.identity.sign_on_policies import SignOnPolicy
from gatepost.identity.signing_keys import Key
from gatepost.identity.store.sealing import SealingKey
from gatepost.jose.key_set import KeySet
from gatepost.jose.signing_key import SigningKey

DEFAULT_ALGORITHM = "RS256"


class Configuration:
    """An environment's configuration. Nothing of it changes.

    Attributes:
        revision: The number of the change that it is of.
        environment: The environment.
        applications: The applications, by identifier.
        resources: The resources, by identifier.
        scopes: The scopes, by identifier.
        policies: The sign-on policies, by identifier.
        openid: The resource `openid`.
        platform: The resource `PingOne API`.
    """

    def __init__(
        self,
        revision: int,
        environment: Environment,
        *,
        applications: Mapping[str, Application],
        resources: Mapping[str, Resource],
        scopes: Mapping[str, Scope],
        policies: Mapping[str, SignOnPolicy],
        attributes: Mapping[str, tuple[Attribute, ...]],
        grants: Mapping[str, tuple[Grant, ...]],
        actions: Mapping[str, tuple[SignOnAction, ...]],
        policies_of: Mapping[str, tuple[str, ...]],
        assignments: Mapping[str, tuple[RoleAssignment, ...]],
        secrets: Mapping[str, Any],
        keys: Sequence[Key],
        opened: Callable[[Key], SigningKey],
        sealing: SealingKey,
    ) -> None:
        self.revision = revision
        self.environment = environment
        self.applications = applications
        self.resources = resources
        self.scopes = scopes
        self.policies = policies
        self.openid = next(each for each in resources.values() if each.type == "OPENID_CONNECT")
        self.platform = next(each for each in resources.values() if each.type == "PINGONE_API")
        self._attributes = attributes
        self._grants = grants
        self._actions = actions
        self._policies_of = policies_of
        self._assignments = assignments
        self._secret_rows = secrets
        self._secrets: dict[str, Secret] = {}
        self._keys = keys
        self._current: dict[str, SigningKey] = {
            each.algorithm: opened(each) for each in keys if each.status == "CURRENT"
        }
        self._x5t = {each.id: certificates.published(each.certificate)[1] for each in keys}
        self._sealing = sealing
        self._scopes_of: dict[str, dict[str, Scope]] = {}
        for scope in scopes.values():
            self._scopes_of.setdefault(scope.resource_id, {})[scope.name] = scope
        self._granted: dict[str, Mapping[str, Scope]] = {}

    @property
    def organization_id(self) -> str:
        """The organization, `org` in tokens."""
        return self.environment.organization_id

    def attributes_of(self, owner_id: str) -> tuple[Attribute, ...]:
        """Return the attributes of a resource or an application, in the order of their names."""
        return self._attributes.get(owner_id, ())

    def scopes_of(self, resource_id: str) -> Mapping[str, Scope]:
        """Return the scopes of a resource by name."""
        return self._scopes_of.get(resource_id, {})

    def grants_of(self, application_id: str) -> tuple[Grant, ...]:
        """Return the grants of an application."""
        return self._grants.get(application_id, ())

    def granted_scopes(self, application_id: str) -> Mapping[str, Scope]:
        """Return every scope that is granted to an application, by name."""
        found = self._granted.get(application_id)
        if found is None:
            wanted = (self.scopes.get(each) for grant in self.grants_of(application_id) for each in grant.scope_ids)
            found = {scope.name: scope for scope in wanted if scope is not None}
            self._granted[application_id] = found
        return found

    def resource_of_audience(self, audience: str) -> Resource | None:
        """Return the custom resource with an audience, the one made first when several have it, or `None`."""
        return self._by_audience.get(audience)

    def policies_of(self, application_id: str) -> tuple[SignOnPolicy, ...]:
        """Return the policies that an application asks for, the first one first; without any, the default one."""
        found = tuple(self.policies[each] for each in self._policies_of.get(application_id, ()))
        return found or self._default_policies

    def actions_of(self, policy_id: str) -> tuple[SignOnAction, ...]:
        """Return the actions of a policy, the first one first."""
        return self._actions.get(policy_id, ())

    def assignments_of(self, application_id: str) -> tuple[RoleAssignment, ...]:
        """Return the roles of an application."""
        return self._assignments.get(application_id, ())

    def permissions_of(self, application_id: str) -> Permissions:
        """Return what an application of this environment may do in it."""
        return permissions(self.assignments_of(application_id), self.environment.id, self.organization_id)

    def secret_of(self, owner_id: str) -> Secret | None:
        """Return the secret of an application or a resource, or `None`."""
        found = self._secrets.get(owner_id)
        if found is None:
            row = self._secret_rows.get(owner_id)
            if row is None:
                return None
            found = self._secrets[owner_id] = client_secrets.opened(row, self._sealing)
        return found

    def signing_key(self, algorithm: str | None = None) -> SigningKey:
        """Return the key that signs with an algorithm; the default one when it is `None` or has no key.

        Raises:
            LookupError: When there is no key at all.
        """
        found = self._current.get(algorithm or DEFAULT_ALGORITHM) or self._current.get(DEFAULT_ALGORITHM)
        if found is None:
            raise LookupError(f"environment {self.environment.id} has no key that signs")
        return found

    def x5t(self, kid: str) -> str:
        """Return the thumbprint of a key's certificate (RFC 7515 §4.1.7)."""
        return self._x5t[kid]

    def published_keys(self, now: int | None = None) -> dict[str, Any]:
        """Return the JWK set; with `now`, without the keys whose time is over."""
        return {"keys": [jwk for key, jwk in self._jwks if _published(key, now)]}

    @cached_property
    def key_set(self) -> KeySet:
        """Every key that tokens of this environment may be signed with."""
        return KeySet(certificates.verifying(each.certificate, each.algorithm, each.id) for each in self._keys)

    @cached_property
    def _jwks(self) -> tuple[tuple[Key, dict[str, Any]], ...]:
        found = []
        for key in self._keys:
            x5c, x5t = certificates.published(key.certificate)
            verifying = certificates.verifying(key.certificate, key.algorithm, key.id)
            found.append((key, {**verifying.to_jwk(), "use": "sig", "x5t": x5t, "x5c": [x5c]}))
        return tuple(found)

    @cached_property
    def _default_policies(self) -> tuple[SignOnPolicy, ...]:
        return tuple(each for each in self.policies.values() if each.is_default)

    @cached_property
    def _by_audience(self) -> Mapping[str, Resource]:
        custom = [each for each in self.resources.values() if each.type == "CUSTOM"]
        custom.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        return {each.audience: each for each in custom}


def _published(key: Key, now: int | None) -> bool:
    return now is None or key.status != "PREVIOUS" or key.expires_at > now
