"""What the first start made, in a file for programs: written whole, for its owner alone."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.identity.bootstrap import Bootstrap


def described(made: "Bootstrap", public_url: str) -> dict[str, str | None]:
    """Return the members of the file."""
    auth_path = public_url
    return {
        "environmentId": made.environment_id,
        "clientId": made.client_id,
        "clientSecret": made.client_secret,
        "apiPath": f"{public_url}/v1",
        "authPath": auth_path,
        "issuer": f"{auth_path}/{made.environment_id}/as",
        "adminUsername": made.admin_username,
        "adminPassword": made.admin_password,
    }


def keep(path: Path, members: Mapping[str, str | None]) -> dict[str, str | None]:
    """Write the file, unless it stands there as it would be written; return what it says then.

    The password of the administrator is known at the first start alone, so one that stands there stays.

    Raises:
        Failure: When it cannot be written, or holds something else.
    """
    said = dict(members)
    try:
        with _one_at_a_time(path):
            before = _read(path)
            if before is not None and before.get("environmentId") == said["environmentId"]:
                said["adminPassword"] = said["adminPassword"] or before.get("adminPassword")
            if before != said:
                _write(path, json.dumps(said, indent=2) + "\n")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
    return said


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8") or "{}")
    except FileNotFoundError:
        return None
    except ValueError:
        found = None
    if not isinstance(found, dict) or (found and "environmentId" not in found):
        raise Failure(f"{path} is there and holds something else; name another file with --bootstrap")
    return found


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let servers that start together write one after another: the one that knows the password is not overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows has none
        yield
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
