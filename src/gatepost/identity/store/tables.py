"""The tables. Times are whole milliseconds since 1970; documents are JSON; ids are UUIDs in lower case.

What is looked up by somebody's word (a code, a token, a cookie) is kept as its SHA-256 and not as itself.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# Folded texts are in the order of their code points, so that an index finds what begins with something.
_Folded = String(512).with_variant(String(512, collation="C"), "postgresql")


def _id() -> Column[str]:
    return Column("id", String(36), primary_key=True)


def _of(table: str, name: str | None = None, *, nullable: bool = False) -> Column[str]:
    """Return a column that refers to a row of `table`, and goes with it."""
    return Column(
        name or f"{table.removesuffix('s')}_id",
        String(36),
        ForeignKey(f"{table}.id", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def _environment() -> Column[str]:
    return _of("environments", "environment_id")


def _time(name: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable, index=index)


def _dated() -> tuple[Column[int], Column[int]]:
    return _time("created_at"), _time("updated_at")


def _document() -> Column[object]:
    return Column("document", Document, nullable=False)


# ── Where everything is ──────────────────────────────────────────────────────────────────────────────────────────

# How often the configuration was changed: what a process remembers of it holds for one number.
revisions = Table(
    "revisions", metadata, Column("name", String(64), primary_key=True), Column("number", BigInteger, nullable=False)
)

organizations = Table("organizations", metadata, _id(), Column("name", String(256), nullable=False), *_dated())

environments = Table(
    "environments",
    metadata,
    _id(),
    _of("organizations", "organization_id"),
    Column("name", String(256), nullable=False),
    _document(),
    *_dated(),
)

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────

populations = Table(
    "populations",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "name"),
)

groups = Table(
    "groups",
    metadata,
    _id(),
    _environment(),
    _of("populations", "population_id", nullable=True),
    Column("name", String(256), nullable=False),
    _document(),
    *_dated(),
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
    _id(),
    _environment(),
    _of("populations", "population_id"),
    Column("username", String(128), nullable=False),
    Column("username_folded", _Folded, nullable=False),  # how it is compared
    Column("email", String(320)),
    Column("email_folded", _Folded),
    Column("given_name_folded", _Folded),
    Column("family_name_folded", _Folded),
    Column("external_id", String(1024)),
    Column("enabled", Boolean, nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("mfa_enabled", Boolean, nullable=False),
    _document(),  # everything else: name, address, phones, locale, title ...
    _time("last_sign_on_at", nullable=True),
    Column("last_sign_on_ip", String(64)),
    *_dated(),
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
    _time("created_at"),
)

password_policies = Table(
    "password_policies",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "name"),
)

passwords = Table(
    "passwords",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    _environment(),
    Column("hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("history", Document, nullable=False),  # hashes of earlier passwords with their times, the latest first
    Column("failures", Integer, nullable=False),
    _time("locked_until", nullable=True),
    _time("changed_at"),
)

# Second factors: TOTP, passkeys, recovery codes.
devices = Table(
    "devices",
    metadata,
    _id(),
    _environment(),
    _of("users", "user_id"),
    Column("type", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("credential_id", String(1024)),  # of a passkey
    Column("sealed", Text),
    Column("counter", BigInteger, nullable=False),  # signatures of a passkey, or the last time step of a TOTP
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "credential_id"),
)

# Codes that were sent to somebody: to recover a password, to prove an address.
one_time_codes = Table(
    "one_time_codes",
    metadata,
    _id(),
    _environment(),
    _of("users", "user_id"),
    Column("purpose", String(32), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    _time("created_at"),
    _time("expires_at", index=True),
)

# ── Applications and what they may ask for ───────────────────────────────────────────────────────────────────────

applications = Table(
    "applications",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("type", String(32), nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "name"),
)

resources = Table(
    "resources",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("type", String(32), nullable=False),
    Column("audience", String(2048), nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "name"),
)

# Of an application or a resource: the current one and, for a while, the one before.
secrets = Table(
    "secrets",
    metadata,
    Column("owner_id", String(36), primary_key=True),
    _environment(),
    Column("sealed", Text, nullable=False),
    Column("previous_sealed", Text),
    _time("previous_expires_at", nullable=True),
    _time("previous_used_at", nullable=True),
    _time("created_at"),
)

scopes = Table(
    "scopes",
    metadata,
    _id(),
    _environment(),
    _of("resources", "resource_id"),
    Column("name", String(256), nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("resource_id", "name"),
)

# Which claims tokens carry: of a resource, or of an application.
attributes = Table(
    "attributes",
    metadata,
    _id(),
    _environment(),
    Column("owner_id", String(36), nullable=False, index=True),
    Column("name", String(256), nullable=False),
    Column("type", String(16), nullable=False),
    Column("value", Text, nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("owner_id", "name"),
)

grants = Table(
    "grants",
    metadata,
    _id(),
    _environment(),
    _of("applications", "application_id"),
    _of("resources", "resource_id"),
    *_dated(),
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
    _id(),
    _environment(),
    Column("actor_id", String(36), nullable=False, index=True),  # a user, a group or an application
    Column("actor_type", String(16), nullable=False),
    Column("role_id", String(36), nullable=False),
    Column("scope_type", String(16), nullable=False),
    Column("scope_id", String(36), nullable=False),
    _time("created_at"),
    UniqueConstraint("actor_id", "role_id", "scope_id"),
)

sign_on_policies = Table(
    "sign_on_policies",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("is_default", Boolean, nullable=False),
    _document(),
    *_dated(),
    UniqueConstraint("environment_id", "name"),
)

sign_on_actions = Table(
    "sign_on_actions",
    metadata,
    _id(),
    _environment(),
    _of("sign_on_policies", "policy_id"),
    Column("priority", Integer, nullable=False),
    Column("type", String(32), nullable=False),
    _document(),
    *_dated(),
)

sign_on_policy_assignments = Table(
    "sign_on_policy_assignments",
    metadata,
    _id(),
    _environment(),
    _of("applications", "application_id"),
    _of("sign_on_policies", "policy_id"),
    Column("priority", Integer, nullable=False),
    *_dated(),
    UniqueConstraint("application_id", "policy_id"),
)

keys = Table(
    "keys",
    metadata,
    _id(),
    _environment(),
    Column("name", String(256), nullable=False),
    Column("algorithm", String(16), nullable=False),
    Column("usage", String(16), nullable=False),
    Column("status", String(16), nullable=False),  # NEXT is published, CURRENT signs, PREVIOUS is published still
    Column("sealed", Text, nullable=False),  # the private key, PKCS #8 PEM
    Column("certificate", Text, nullable=False),  # PEM
    _time("starts_at"),
    _time("expires_at"),
    *_dated(),
)

# ── What comes and goes ──────────────────────────────────────────────────────────────────────────────────────────

sessions = Table(
    "sessions",
    metadata,
    _id(),  # `sid` in tokens
    _environment(),
    _of("users", "user_id", nullable=True),  # nobody has signed on yet
    Column("token_hash", String(64), nullable=False, unique=True),  # of the ST cookie
    _document(),
    _time("auth_time", nullable=True),
    _time("last_active_at"),
    _time("created_at"),
    _time("expires_at", index=True),
)

flows = Table(
    "flows",
    metadata,
    _id(),
    _environment(),
    Column("session_hash", String(64), nullable=False),  # of the cookie of the browser that it belongs to
    Column("version", Integer, nullable=False),
    _document(),
    _time("created_at"),
    _time("expires_at", index=True),
)

token_families = Table(
    "token_families",
    metadata,
    _id(),
    _environment(),
    _of("applications", "application_id"),
    _of("users", "user_id", nullable=True),
    Column("session_id", String(36), index=True),
    _document(),
    _time("created_at"),
    _time("expires_at", index=True),
    _time("revoked_at", nullable=True),
)

authorization_codes = Table(
    "authorization_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    _environment(),
    _of("applications", "application_id"),
    Column("family_id", String(36), nullable=False),  # which a second use of the code ends
    _document(),
    _time("created_at"),
    _time("expires_at", index=True),
    _time("used_at", nullable=True),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _environment(),
    _of("token_families", "family_id"),
    _time("created_at"),
    _time("expires_at", index=True),
    _time("used_at", nullable=True),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti_hash", String(64), primary_key=True),
    _environment(),
    _time("expires_at", index=True),
)

# What may be used once: the `jti` of a client's assertion at an endpoint, a DPoP proof, a TOTP.
used_once = Table(
    "used_once",
    metadata,
    Column("what_hash", String(64), primary_key=True),
    _time("expires_at", index=True),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _environment(),
    _of("users", "user_id"),
    _of("applications", "application_id"),
    Column("scopes", Document, nullable=False),
    *_dated(),
    UniqueConstraint("user_id", "application_id"),
)

device_codes = Table(
    "device_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    _environment(),
    _of("applications", "application_id"),
    Column("user_code", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    _of("users", "user_id", nullable=True),
    _document(),
    _time("polled_at", nullable=True),
    _time("created_at"),
    _time("expires_at", index=True),
    UniqueConstraint("environment_id", "user_code"),
)

pushed_requests = Table(
    "pushed_requests",
    metadata,
    Column("uri_hash", String(64), primary_key=True),
    _environment(),
    _of("applications", "application_id"),
    _document(),
    _time("created_at"),
    _time("expires_at", index=True),
)

# How often something was tried within a window of time, such as sign-ons from an address.
attempts = Table(
    "attempts",
    metadata,
    Column("what_hash", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    _time("expires_at", index=True),
)

audit_events = Table(
    "audit_events",
    metadata,
    _id(),
    _environment(),
    _time("at"),
    Column("action", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    _document(),
    Index("ix_audit_events_environment_id_at", "environment_id", "at"),
)

# Mail that was not sent further, in development.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _environment(),
    Column("recipient", String(320), nullable=False),
    _document(),
    _time("created_at", index=True),
)

# Names by which `gatepost provider` finds what it made before.
landmarks = Table(
    "landmarks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
