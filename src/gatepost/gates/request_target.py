"""The path of a request as the client sent it, out of what a server hands to its application.

The policy has to read the path with its escapes, and the application acts on the path without them. So both are looked
at: where they do not belong together, somebody on the way has rewritten the request, and the policy gets the path that
the application will act on. A path that a server hands over without its escapes is escaped again; that `%2F` was a
slash, or `%3B` a semicolon, cannot be seen then, since the application sees no difference either.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, unquote_to_bytes

from gatepost.policy.request_path import UnclearPath, segments

# What the policy accepts without an escape, so that everything else is escaped and judged as such.
_PLAIN = "/-._~!$&'()*+,=:@"

_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def of_scope(scope: Mapping[str, object]) -> str:
    """Return the path of an ASGI request, with the path that the application is mounted at.

    Args:
        scope: The connection's scope. `path` may begin with `root_path`, as uvicorn and Starlette have it, or not, as
            Hypercorn has it.
    """
    path, root, raw = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/"), scope.get("raw_path")
    under_root = not root or path == root or path.startswith(f"{root}/")
    full = path if under_root else root + path
    if not isinstance(raw, bytes) or not raw:
        return _escaped(full)
    sent = raw.decode("latin-1").partition("?")[0]
    meant = unquote(sent) if "%" in sent else sent
    if meant == full:
        return sent
    # An application below `root_path` that a proxy has taken off already.
    if not under_root and meant == path:
        return _escaped(root) + sent
    return _rewritten(sent, _escaped(full))


def of_environ(environ: Mapping[str, object]) -> str:
    """Return the path of a WSGI request, with the path that the application is mounted at.

    Args:
        environ: Its environment. The path as it was sent is `REQUEST_URI` (Werkzeug, uWSGI, mod_wsgi, waitress) or
            `RAW_URI` (gunicorn).
    """
    root = str(environ.get("SCRIPT_NAME", "")).rstrip("/").encode("latin-1")
    path = str(environ.get("PATH_INFO", "")).encode("latin-1")
    uri = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    full = root + path or b"/"
    if not uri:
        return _escaped(full)
    sent = uri.partition("?")[0]
    if not sent.startswith("/"):
        sent = _ORIGIN.sub("", sent, count=1) or "/"
    octets = sent.encode("latin-1", "replace")
    meant = unquote_to_bytes(octets) if b"%" in octets else octets
    if meant == full:
        return sent
    if meant == path:
        return _escaped(root) + sent
    return _rewritten(sent, _escaped(full))


def _escaped(path: str | bytes) -> str:
    return quote(path, safe=_PLAIN)


def _rewritten(sent: str, now: str) -> str:
    """Return what a request means that was rewritten: what it is now, unless it was unclear before."""
    try:
        segments(sent)
    except UnclearPath:
        return sent
    return now
