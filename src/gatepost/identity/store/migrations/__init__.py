"""The history of the tables, as Alembic reads it."""

# The newest version. A database that is made anew has it from the start, without Alembic, which takes long to load.
HEAD = "0001"
