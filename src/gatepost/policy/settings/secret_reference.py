"""Secrets by reference: the policy file says where one is, and never what it is."""

from collections.abc import Mapping

from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.watched_files import WatchedFiles


def secret(table: Table, environ: Mapping[str, str], files: WatchedFiles, prefix: str = "") -> bytes | None:
    """Return the secret that `secret_env` or `secret_file` refers to; `None` when neither can be had.

    The environment's text is taken in UTF-8, a file as it is, to the last octet.

    Args:
        table: The table that has the reference.
        environ: The environment's variables.
        files: Gets the secret's file.
        prefix: What stands before the keys' names, such as `client_`.
    """
    in_env, in_file = f"{prefix}secret_env", f"{prefix}secret_file"
    name = table.text(in_env)
    if in_env in table and in_file in table:
        table.complain(f"{quoted(in_env)} and {quoted(in_file)} both say where the secret is; keep one", in_file)
        return None
    if name is None:
        return file_content(table, in_file, files)
    found = environ.get(name, "")
    if not found:
        table.complain(f"the environment variable {quoted(name)} is not set, or empty", in_env)
    return found.encode("utf-8", "surrogateescape") or None


def file_content(table: Table, key: str, files: WatchedFiles) -> bytes | None:
    """Return what is in the file that `key` names; `None` when there is none, or nothing in it."""
    name = table.text(key)
    if name is None:
        return None
    path = table.document.beside(name)
    files.add(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        table.complain(f"the file of {quoted(key)} cannot be read: {error.strerror}", key)
        return None
    if not content:
        table.complain(f"the file of {quoted(key)} is empty", key)
    return content or None
