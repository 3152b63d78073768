"""`gatepost provider seed`, `export`, `backup` and `restore`: what is in the database, from and to files."""

import gzip
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO, cast
from uuid import uuid4

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain
from gatepost.cli.provider_options import DATABASE, Database, Environment, KeyFile
from gatepost.cli.provider_store import existing_store, first_environment, opened_store, provider_store
from gatepost.cli.trusted import read_file


def seed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the environment has to hold, as YAML.")],
    *,
    database: Database = DATABASE,
    environment: Environment = None,
    key_file: KeyFile = None,
) -> int:
    """Bring an environment to what a file says: what is not there is made, what differs is changed.

    Nothing is removed, and a second time changes nothing. A server that runs sees it at once.

    Exit status: 2 when something in the file is wrong, with a line for each; then nothing is kept.

    Example: gatepost provider seed shop.yaml
    """
    from gatepost.provider.seeding.document import MOST_OCTETS, Document, SeedError

    octets = read_file(file)
    try:
        if len(octets) > MOST_OCTETS:
            raise SeedError([(1, "the file is too large; load users by the platform's API")])
        document = Document(octets.decode("utf-8", "replace"))
        with provider_store(database, key_file) as (store, sealing):
            from gatepost.provider.seeding.loading import load

            outcome = load(store, sealing, first_environment(store, environment), document, int(time.time() * 1000))
    except SeedError as error:
        for line, text in error.problems:
            typer.echo(f"{file}:{line}: {plain(text)}", err=True)
        return 2
    typer.echo(f"{outcome.made} made, {outcome.changed} changed", err=True)
    return 0


def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write to; standard output unless given.")] = "-",
    *,
    database: Database = DATABASE,
    environment: Environment = None,
    key_file: KeyFile = None,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="With the secrets of applications and resources, as they are.")
    ] = False,
    no_ids: Annotated[
        bool, typer.Option("--no-ids", help="Without identifiers, for another environment of the same database.")
    ] = False,
) -> int:
    """Write an environment as YAML, in the form that seed reads; passwords are not in it.

    Example: gatepost provider export shop.yaml
    """
    with provider_store(database, key_file) as (store, sealing):
        import yaml  # type: ignore[import-untyped]

        from gatepost.provider.seeding.exporting import Exporting

        environment_id = first_environment(store, environment)
        opened = sealing if secrets else None
        found = store.read(lambda each: Exporting(each, environment_id, opened).document())
    if no_ids:
        for entries in found.values():
            for entry in entries if isinstance(entries, list) else ():
                entry.pop("id", None)
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=120)
    if file == "-":
        typer.echo(text, nl=False)
        return 0
    with _written(Path(file)) as out:
        out.write(text)
    return 0


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write to; with .gz it is compressed.")],
    *,
    database: Database = DATABASE,
) -> int:
    """Write the whole database to a file, as it is at one moment, while servers go on.

    Secrets in it stay sealed: keep the key apart from it, and do not lose it.

    Example: gatepost provider backup gatepost-monday.jsonl.gz
    """
    store = existing_store(database)
    try:
        from gatepost.provider.backups import back_up

        with _written(file) as out:
            count = back_up(store, out)
    finally:
        store.close()
    typer.echo(f"{count} rows in {file}", err=True)
    return 0


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.")], *, database: Database = DATABASE
) -> int:
    """Write a backup into an empty database, of SQLite or PostgreSQL, whichever it came from.

    Example: gatepost provider restore gatepost-monday.jsonl.gz --database postgresql://gatepost@db/gatepost
    """
    if not file.exists():
        raise Failure(f"{file} is not there")
    store = opened_store(database)
    try:
        from gatepost.provider import backups

        with _opening(file)(file, "rt", encoding="utf-8") as lines:
            count = backups.restore(store, lines)
    except (OSError, EOFError, UnicodeDecodeError):
        raise Failure(f"{file} cannot be read, or is damaged") from None
    finally:
        store.close()
    typer.echo(f"{count} rows restored", err=True)
    return 0


def _opening(file: Path) -> Callable[..., TextIO]:
    return cast("Callable[..., TextIO]", gzip.open if file.suffix == ".gz" else open)


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """Give a file to write to, which is there whole or not at all, for its owner alone."""
    draft = path.with_name(f".{uuid4().hex}{path.suffix}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with _opening(path)(draft, "wt", encoding="utf-8") as out:
                yield out
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
