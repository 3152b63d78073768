"""The PostgreSQL that the tests start is a real one."""

import psycopg


def test_it_keeps_what_is_written(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE subjects (name text)")
        connection.execute("INSERT INTO subjects VALUES (%s)", ["alice"])
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT name FROM subjects").fetchall() == [("alice",)]


def test_each_test_has_a_database_of_its_own(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == []
