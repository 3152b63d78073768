"""The columns that tables share, and how constraints are named."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, MetaData, String
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
Folded = String(512).with_variant(String(512, collation="C"), "postgresql")


def identifier() -> Column[str]:
    """Return the primary key `id`."""
    return Column("id", String(36), primary_key=True)


def reference(table: str, name: str | None = None, *, nullable: bool = False) -> Column[str]:
    """Return a column that refers to a row of `table`, and goes with it."""
    return Column(
        name or f"{table.removesuffix('s')}_id",
        String(36),
        ForeignKey(f"{table}.id", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def of_environment() -> Column[str]:
    """Return the column that refers to an environment."""
    return reference("environments", "environment_id")


def time(name: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """Return a column for a time."""
    return Column(name, BigInteger, nullable=nullable, index=index)


def dated() -> tuple[Column[int], Column[int]]:
    """Return the columns that say when a row was made, and when it was changed last."""
    return time("created_at"), time("updated_at")


def document() -> Column[object]:
    """Return the column for the members that have no column of their own."""
    return Column("document", Document, nullable=False)
