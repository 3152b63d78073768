"""Where identities are kept: SQLite for one machine, PostgreSQL for many."""
