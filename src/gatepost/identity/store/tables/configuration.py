"""Applications, what they may ask for, and how people sign on to them."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from gatepost.identity.store.tables.columns import (
    dated,
    document,
    identifier,
    metadata,
    of_environment,
    reference,
    time,
)

applications = Table(
    "applications",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("type", String(32), nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

resources = Table(
    "resources",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("type", String(32), nullable=False),
    Column("audience", String(2048), nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

# Of an application or a resource: the current one and, for a while, the one before.
secrets = Table(
    "secrets",
    metadata,
    Column("owner_id", String(36), primary_key=True),
    of_environment(),
    Column("sealed", Text, nullable=False),
    Column("previous_sealed", Text),
    time("previous_expires_at", nullable=True),
    time("previous_used_at", nullable=True),
    time("created_at"),
)

scopes = Table(
    "scopes",
    metadata,
    identifier(),
    of_environment(),
    reference("resources", "resource_id"),
    Column("name", String(256), nullable=False),
    document(),
    *dated(),
    UniqueConstraint("resource_id", "name"),
)

# Which claims tokens carry: of a resource, or of an application.
attributes = Table(
    "attributes",
    metadata,
    identifier(),
    of_environment(),
    Column("owner_id", String(36), nullable=False, index=True),
    Column("name", String(256), nullable=False),
    Column("type", String(16), nullable=False),
    Column("value", Text, nullable=False),
    document(),
    *dated(),
    UniqueConstraint("owner_id", "name"),
)

grants = Table(
    "grants",
    metadata,
    identifier(),
    of_environment(),
    reference("applications", "application_id"),
    reference("resources", "resource_id"),
    *dated(),
    UniqueConstraint("application_id", "resource_id"),
)

grant_scopes = Table(
    "grant_scopes",
    metadata,
    Column("grant_id", String(36), ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True),
    Column("scope_id", String(36), ForeignKey("scopes.id", ondelete="CASCADE"), primary_key=True, index=True),
)

role_assignments = Table(
    "role_assignments",
    metadata,
    identifier(),
    of_environment(),
    Column("actor_id", String(36), nullable=False, index=True),  # a user, a group or an application
    Column("actor_type", String(16), nullable=False),
    Column("role_id", String(36), nullable=False),
    Column("scope_type", String(16), nullable=False),
    Column("scope_id", String(36), nullable=False),
    time("created_at"),
    UniqueConstraint("actor_id", "role_id", "scope_id"),
)

sign_on_policies = Table(
    "sign_on_policies",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

sign_on_actions = Table(
    "sign_on_actions",
    metadata,
    identifier(),
    of_environment(),
    reference("sign_on_policies", "policy_id"),
    Column("priority", Integer, nullable=False),
    Column("type", String(32), nullable=False),
    document(),
    *dated(),
)

sign_on_policy_assignments = Table(
    "sign_on_policy_assignments",
    metadata,
    identifier(),
    of_environment(),
    reference("applications", "application_id"),
    reference("sign_on_policies", "policy_id"),
    Column("priority", Integer, nullable=False),
    *dated(),
    UniqueConstraint("application_id", "policy_id"),
)

keys = Table(
    "keys",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("algorithm", String(16), nullable=False),
    Column("usage", String(16), nullable=False),
    Column("status", String(16), nullable=False),  # NEXT is published, CURRENT signs, PREVIOUS is published still
    Column("sealed", Text, nullable=False),  # the private key, PKCS #8 PEM
    Column("certificate", Text, nullable=False),  # PEM
    time("starts_at"),
    time("expires_at"),
    *dated(),
)
