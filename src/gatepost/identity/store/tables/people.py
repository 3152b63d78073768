"""People: populations, groups, users, their passwords and second factors."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from gatepost.identity.store.tables.columns import (
    Document,
    Folded,
    dated,
    document,
    identifier,
    metadata,
    of_environment,
    reference,
    time,
)

populations = Table(
    "populations",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

groups = Table(
    "groups",
    metadata,
    identifier(),
    of_environment(),
    reference("populations", "population_id", nullable=True),
    Column("name", String(256), nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

group_parents = Table(
    "group_parents",
    metadata,
    Column("group_id", String(36), ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("parent_id", String(36), ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, index=True),
)

users = Table(
    "users",
    metadata,
    identifier(),
    of_environment(),
    reference("populations", "population_id"),
    Column("username", String(128), nullable=False),
    Column("username_folded", Folded, nullable=False),  # how it is compared
    Column("email", String(320)),
    Column("email_folded", Folded),
    Column("given_name_folded", Folded),
    Column("family_name_folded", Folded),
    Column("external_id", String(1024)),
    Column("enabled", Boolean, nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("mfa_enabled", Boolean, nullable=False),
    document(),  # everything else: name, address, phones, locale, title ...
    time("last_sign_on_at", nullable=True),
    Column("last_sign_on_ip", String(64)),
    *dated(),
    UniqueConstraint("environment_id", "username_folded"),
    Index("ix_users_environment_id_id", "environment_id", "id"),
    Index("ix_users_environment_id_email_folded", "environment_id", "email_folded", "id"),
    Index("ix_users_environment_id_given_name_folded", "environment_id", "given_name_folded", "id"),
    Index("ix_users_environment_id_family_name_folded", "environment_id", "family_name_folded", "id"),
    Index("ix_users_external_id", "external_id", postgresql_using="hash"),  # longer than what other indices hold
    Index("ix_users_population_id_id", "population_id", "id"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", String(36), ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, index=True),
    time("created_at"),
)

password_policies = Table(
    "password_policies",
    metadata,
    identifier(),
    of_environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    document(),
    *dated(),
    UniqueConstraint("environment_id", "name"),
)

passwords = Table(
    "passwords",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    of_environment(),
    Column("hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("history", Document, nullable=False),  # hashes of earlier passwords with their times, the latest first
    Column("failures", Integer, nullable=False),
    time("locked_until", nullable=True),
    time("changed_at"),
)

# Second factors: TOTP, passkeys, recovery codes.
devices = Table(
    "devices",
    metadata,
    identifier(),
    of_environment(),
    reference("users", "user_id"),
    Column("type", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("credential_id", String(1024)),  # of a passkey
    Column("sealed", Text),
    Column("counter", BigInteger, nullable=False),  # signatures of a passkey, or the last time step of a TOTP
    document(),
    *dated(),
    UniqueConstraint("environment_id", "credential_id"),
)

# Codes that were sent to somebody: to recover a password, to prove an address.
one_time_codes = Table(
    "one_time_codes",
    metadata,
    identifier(),
    of_environment(),
    reference("users", "user_id"),
    Column("purpose", String(32), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    time("created_at"),
    time("expires_at", index=True),
)
