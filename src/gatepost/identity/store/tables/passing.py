"""What comes and goes: sessions, flows, codes, tokens, and what happened."""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from gatepost.identity.store.tables.columns import (
    Document,
    dated,
    document,
    identifier,
    metadata,
    of_environment,
    reference,
    time,
)

sessions = Table(
    "sessions",
    metadata,
    identifier(),  # `sid` in tokens
    of_environment(),
    reference("users", "user_id", nullable=True),  # nobody has signed on yet
    Column("token_hash", String(64), nullable=False, unique=True),  # of the ST cookie
    document(),
    time("auth_time", nullable=True),
    time("last_active_at"),
    time("created_at"),
    time("expires_at", index=True),
)

flows = Table(
    "flows",
    metadata,
    identifier(),
    of_environment(),
    Column("session_hash", String(64), nullable=False),  # of the cookie of the browser that it belongs to
    Column("version", Integer, nullable=False),
    document(),
    time("created_at"),
    time("expires_at", index=True),
)

token_families = Table(
    "token_families",
    metadata,
    identifier(),
    of_environment(),
    reference("applications", "application_id"),
    reference("users", "user_id", nullable=True),
    Column("session_id", String(36), index=True),
    document(),
    time("created_at"),
    time("expires_at", index=True),
    time("revoked_at", nullable=True),
)

authorization_codes = Table(
    "authorization_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    of_environment(),
    reference("applications", "application_id"),
    Column("family_id", String(36), nullable=False),  # which a second use of the code ends
    document(),
    time("created_at"),
    time("expires_at", index=True),
    time("used_at", nullable=True),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    of_environment(),
    reference("token_families", "family_id"),
    time("created_at"),
    time("expires_at", index=True),
    time("used_at", nullable=True),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti_hash", String(64), primary_key=True),
    of_environment(),
    time("expires_at", index=True),
)

# What may be used once: the `jti` of a client's assertion at an endpoint, a DPoP proof, a TOTP.
used_once = Table(
    "used_once",
    metadata,
    Column("what_hash", String(64), primary_key=True),
    time("expires_at", index=True),
)

consents = Table(
    "consents",
    metadata,
    identifier(),
    of_environment(),
    reference("users", "user_id"),
    reference("applications", "application_id"),
    Column("scopes", Document, nullable=False),
    *dated(),
    UniqueConstraint("user_id", "application_id"),
)

device_codes = Table(
    "device_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    of_environment(),
    reference("applications", "application_id"),
    Column("user_code", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    reference("users", "user_id", nullable=True),
    document(),
    time("polled_at", nullable=True),
    time("created_at"),
    time("expires_at", index=True),
    UniqueConstraint("environment_id", "user_code"),
)

pushed_requests = Table(
    "pushed_requests",
    metadata,
    Column("uri_hash", String(64), primary_key=True),
    of_environment(),
    reference("applications", "application_id"),
    document(),
    time("created_at"),
    time("expires_at", index=True),
)

# How often something was tried within a window of time, such as sign-ons from an address.
attempts = Table(
    "attempts",
    metadata,
    Column("what_hash", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    time("expires_at", index=True),
)

audit_events = Table(
    "audit_events",
    metadata,
    identifier(),
    of_environment(),
    time("at"),
    Column("action", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    document(),
    Index("ix_audit_events_environment_id_at", "environment_id", "at"),
)

# Mail that was not sent further, in development.
outbox = Table(
    "outbox",
    metadata,
    identifier(),
    of_environment(),
    Column("recipient", String(320), nullable=False),
    document(),
    time("created_at", index=True),
)
