"""What holds for the whole database: organizations, environments, and what was made once."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from gatepost.identity.store.tables.columns import dated, document, identifier, metadata, reference

# How often the configuration was changed: what a process remembers of it holds for one number.
revisions = Table(
    "revisions", metadata, Column("name", String(64), primary_key=True), Column("number", BigInteger, nullable=False)
)

organizations = Table("organizations", metadata, identifier(), Column("name", String(256), nullable=False), *dated())

environments = Table(
    "environments",
    metadata,
    identifier(),
    reference("organizations", "organization_id"),
    Column("name", String(256), nullable=False),
    document(),
    *dated(),
)

# Names by which `gatepost provider` finds what it made before.
landmarks = Table(
    "landmarks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
