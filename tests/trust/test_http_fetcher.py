"""Fetching over real connections, from servers that mean well and servers that do not."""

import errno
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from gzip import compress
from pathlib import Path
from threading import Thread

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.http_fetcher import HttpFetcher
from tests.trust.certificates import self_signed
from tests.trust.raw_server import RawServer, Talk, ok

SHORT = 0.25  # seconds; the limit in tests of slow servers


@pytest.fixture
def fetcher() -> Iterator[HttpFetcher]:
    fetcher = HttpFetcher(connect_timeout=5, total_timeout=5, max_bytes=1000)
    yield fetcher
    close(fetcher)


@pytest.fixture
def hasty() -> Iterator[HttpFetcher]:
    """A fetcher that waits for a quarter of a second."""
    fetcher = HttpFetcher(connect_timeout=SHORT, total_timeout=SHORT)
    yield fetcher
    close(fetcher)


def close(fetcher: HttpFetcher) -> None:
    if fetcher._pool is not None:
        fetcher._pool.clear()


def failure(fetcher: HttpFetcher, url: str, etag: str | None = None) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(url, etag=etag)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


# --- A server that means well ---


def test_an_answer_is_its_body_its_version_and_how_long_it_may_be_kept(fetcher: HttpFetcher) -> None:
    with RawServer(ok(b'{"keys": []}', 'ETag: "1"', "Cache-Control: max-age=300", "Age: 20")) as server:
        assert fetcher.fetch(server.url) == Response(200, b'{"keys": []}', etag='"1"', max_age=280)


def test_what_is_sent_says_that_json_is_wanted_uncompressed_and_nothing_of_us(fetcher: HttpFetcher) -> None:
    with RawServer(ok(b"{}")) as server:
        fetcher.fetch(server.url + "?kind=all")
        lines = server.heads[0].decode().split("\r\n")
        host = f"Host: 127.0.0.1:{server.port}"
    assert lines[0] == "GET /jwks?kind=all HTTP/1.1"
    wanted = {host, "Accept: application/json", "Accept-Encoding: identity", "User-Agent: gatepost"}
    assert {line for line in lines[1:] if line} == wanted


def test_a_known_version_is_named_and_need_not_be_sent_again(fetcher: HttpFetcher) -> None:
    with RawServer(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nCache-Control: max-age=9\r\n\r\n') as server:
        assert fetcher.fetch(server.url, etag='"1"') == Response(304, b"", etag='"1"', max_age=9)
        assert b'\r\nIf-None-Match: "1"\r\n' in server.heads[0]


def test_not_modified_without_having_asked_is_a_failure(fetcher: HttpFetcher) -> None:
    with RawServer(b"HTTP/1.1 304 Not Modified\r\n\r\n") as server:
        error = failure(fetcher, server.url)
    assert error.status == 304
    assert "redirect" not in str(error)


def test_a_version_that_could_not_be_sent_back_is_forgotten(fetcher: HttpFetcher) -> None:
    with RawServer(ok(b"{}", 'ETag: "a\r\n b"')) as server:
        assert fetcher.fetch(server.url).etag is None


@pytest.mark.parametrize(
    "reply",
    [
        ok(b"x" * 900),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + b"\r\n0\r\n\r\n",
        ok(b"", "Content-Encoding: identity"),
        ok(b"{}", "Content-Encoding: Identity"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"{}"),
    ],
    ids=["whole", "chunked", "empty", "identity", "continue"],
)
def test_every_way_to_send_a_body_will_do(fetcher: HttpFetcher, reply: bytes) -> None:
    with RawServer(reply) as server:
        assert set(fetcher.fetch(server.url).body) <= set(b"x{}")


def test_a_body_may_end_with_the_connection(fetcher: HttpFetcher) -> None:
    def until_the_end(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}")
        raise OSError

    with RawServer(until_the_end) as server:
        assert fetcher.fetch(server.url).body == b"{}"


def test_a_connection_is_used_again_for_the_next_document(fetcher: HttpFetcher) -> None:
    with RawServer(ok(b"{}")) as server:
        for _ in range(3):
            fetcher.fetch(server.url)
        assert server.connections == 1


def test_a_connection_that_idled_is_not_trusted_to_stand_still() -> None:
    fetcher = HttpFetcher(idle_timeout=0)
    with RawServer(ok(b"{}")) as server:
        for _ in range(2):
            fetcher.fetch(server.url)
        assert server.connections == 2
    close(fetcher)


def test_a_connection_that_the_server_closes_in_that_moment_is_no_failure(fetcher: HttpFetcher) -> None:
    answered: list[bytes] = []

    def once(talk: Talk) -> None:
        if len(answered) == 1:
            answered.clear()
            raise ConnectionError  # the second request of the connection is not answered
        answered.append(talk.head)
        talk.send(ok(b"{}"))

    with RawServer(once) as server:
        for _ in range(2):
            assert fetcher.fetch(server.url).body == b"{}"
        assert server.connections == 2


def test_a_server_that_never_answers_is_asked_twice_at_most(fetcher: HttpFetcher) -> None:
    def first_only(talk: Talk) -> None:
        if len(server.heads) > 1:
            raise ConnectionError
        talk.send(ok(b"{}"))

    with RawServer(first_only) as server:
        fetcher.fetch(server.url)
        assert "ProtocolError" in str(failure(fetcher, server.url))
        assert len(server.heads) == 3


# --- Limits ---


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(fetcher: HttpFetcher) -> None:
    with RawServer(ok(b"x" * 1000)) as server:
        assert len(fetcher.fetch(server.url).body) == 1000
    with RawServer(ok(b"x" * 1001)) as server:
        assert "more than 1000 bytes" in str(failure(fetcher, server.url))


def test_a_body_without_an_end_is_cut_at_the_limit(fetcher: HttpFetcher) -> None:
    def endless(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            talk.send(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    with RawServer(endless) as server:
        assert "more than 1000 bytes" in str(failure(fetcher, server.url))


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    ],
    ids=[
        "status line",
        "header",
        "headers",
        "continue",
        "body",
        "body without length",
        "chunks",
        "size of a chunk",
        "extension of a chunk",
        "trailer",
    ],
)
def test_an_answer_that_drips_is_cut_at_the_limit_of_the_whole(hasty: HttpFetcher, start: bytes, drop: bytes) -> None:
    def drip(talk: Talk) -> None:
        talk.send(start)
        talk.drip(drop)

    with RawServer(drip) as server:
        begun = time.monotonic()
        error = failure(hasty, server.url)
        assert time.monotonic() - begun < 4 * SHORT
    assert "it took too long" in str(error) or "ProtocolError" in str(error)  # 100 headers are too many


def test_a_server_that_says_nothing_is_not_waited_for(hasty: HttpFetcher) -> None:
    with RawServer(Talk.say_nothing) as server:
        assert "it took too long" in str(failure(hasty, server.url))


def test_a_server_that_says_nothing_to_the_tls_handshake_is_not_waited_for(hasty: HttpFetcher) -> None:
    with RawServer(b"") as server:
        assert "it took too long" in str(failure(hasty, f"https://127.0.0.1:{server.port}/"))


def test_the_limit_holds_on_a_connection_that_is_used_again(hasty: HttpFetcher) -> None:
    def once(talk: Talk) -> None:
        if b"/again" in talk.head:
            talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
            talk.drip(b" ")
        talk.send(ok(b"{}"))

    with RawServer(once) as server:
        hasty.fetch(server.url)
        assert "it took too long" in str(failure(hasty, server.url + "/again"))
        assert server.connections == 1


# --- What is no answer ---


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_message_says_so(fetcher: HttpFetcher, status: int) -> None:
    with RawServer(ok(b"{}")) as elsewhere:
        with RawServer(ok(b"", f"Location: {elsewhere.url}?canary", status=f"{status} Moved")) as server:
            error = failure(fetcher, server.url)
        assert elsewhere.connections == 0
    assert error.status == status
    assert str(error) == f"{server.url} redirects, which is not followed; give the final URL"


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503])
def test_every_other_status_is_a_failure_that_names_it(fetcher: HttpFetcher, status: int) -> None:
    with RawServer(ok(b"", status=f"{status} canary")) as server:
        error = failure(fetcher, server.url, etag='"1"')
    assert error.status == status
    assert str(error) == f"{server.url} answered with status {status}"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "canary"])
def test_a_compressed_answer_is_refused_and_not_decompressed(fetcher: HttpFetcher, coding: str) -> None:
    with RawServer(ok(compress(b"{}" * 100_000), f"Content-Encoding: {coding}")) as server:
        assert "answered compressed, which was not asked for" in str(failure(fetcher, server.url))


CANARIES = [
    b"canary\r\n\r\n",
    b"HTTP/1.1 canary\r\n\r\n",
    b"HTTP/1.1 500 canary\r\nX-canary: canary\r\nContent-Length: 6\r\n\r\ncanary",
    b"HTTP/1.1 302 canary\r\nLocation: https://canary/\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: canary\r\nContent-Length: 6\r\n\r\ncanary",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\ncanary\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"canary" * 300,
    b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncanary",
    b"HTTP/1.1 200 OK\r\n" + b"X: canary\r\n" * 200 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"canary" * 20_000 + b"\r\n\r\n",
    b"",
]


@pytest.mark.parametrize(
    "reply",
    CANARIES,
    ids=[
        "no HTTP",
        "no status",
        "500",
        "302",
        "coding",
        "broken chunk",
        "negative chunk",
        "too large",
        "too short",
        "many headers",
        "long header",
        "nothing",
    ],
)
def test_nothing_that_the_server_sent_is_in_a_message(fetcher: HttpFetcher, reply: bytes) -> None:
    def and_close(talk: Talk) -> None:
        talk.send(reply)
        raise OSError

    with RawServer(and_close) as server:
        message = str(failure(fetcher, server.url + "?key=canary"))
    assert message.startswith(server.url + " ")
    assert "canary" not in message


# --- No connection ---


def test_a_refused_connection_is_called_that(fetcher: HttpFetcher) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        assert str(failure(fetcher, url)) == f"{url} cannot be reached: connection refused"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "it took too long"),
        (socket.gaierror(socket.EAI_NONAME, "canary"), "its name cannot be resolved"),
        (OSError(errno.ENETUNREACH, "canary"), "no connection can be made"),
    ],
    ids=["timeout", "name", "network"],
)
def test_whatever_else_keeps_a_connection_from_standing_is_called_by_its_name(
    fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def fail(*_: object, **__: object) -> socket.socket:
        raise error

    monkeypatch.setattr("urllib3.util.connection.create_connection", fail)
    assert str(failure(fetcher, "http://127.0.0.1:9/")) == f"http://127.0.0.1:9/ cannot be reached: {words}"


def test_a_host_that_is_no_name_cannot_be_reached(fetcher: HttpFetcher) -> None:
    for host in ("x" * 64, "a..b"):
        assert "cannot be reached" in str(failure(fetcher, f"https://{host}.invalid/"))


# --- TLS ---


def test_a_self_made_certificate_is_refused_and_the_message_says_what_to_do(
    fetcher: HttpFetcher, tmp_path: Path
) -> None:
    tls, _ = self_signed(tmp_path, "127.0.0.1")
    with RawServer(ok(b"{}"), tls) as server:
        message = str(failure(fetcher, server.url))
        assert server.heads == []
    assert message.startswith(f"{server.url} cannot be reached: its certificate is not trusted (self-signed")
    assert message.endswith("name its CA with ca_file")
    assert "canary" not in message


@pytest.mark.parametrize("as_path", [str, Path], ids=["text", "path"])
def test_a_self_made_certificate_is_trusted_when_it_is_named(
    tmp_path: Path, as_path: Callable[[Path], str | Path]
) -> None:
    tls, ca_file = self_signed(tmp_path, "127.0.0.1")
    trusting = HttpFetcher(ca_file=as_path(ca_file))
    with RawServer(ok(b"{}"), tls) as server:
        for _ in range(2):
            assert trusting.fetch(server.url).body == b"{}"
        assert server.connections == 1
        close(trusting)


def test_the_limits_hold_with_tls_too(tmp_path: Path) -> None:
    tls, ca_file = self_signed(tmp_path, "127.0.0.1")
    hasty = HttpFetcher(ca_file=ca_file, connect_timeout=5, total_timeout=2 * SHORT, max_bytes=10)

    def drip(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 200 OK\r\nX: ")
        talk.drip(b"x")

    with RawServer(drip, tls) as server:
        assert "it took too long" in str(failure(hasty, server.url))
    with RawServer(ok(b"x" * 11), tls) as server:
        assert "more than 10 bytes" in str(failure(hasty, server.url))


@pytest.mark.parametrize(
    ("hosts", "days"),
    [(("issuer.example",), 2), (("127.0.0.2", "localhost"), 2), (("127.0.0.1",), -2)],
    ids=["another name", "another address", "expired"],
)
def test_a_certificate_for_another_host_or_another_time_is_refused_though_its_ca_is_trusted(
    tmp_path: Path, hosts: tuple[str, ...], days: int
) -> None:
    tls, ca_file = self_signed(tmp_path, *hosts, days=days)
    trusting = HttpFetcher(ca_file=ca_file)
    with RawServer(ok(b"{}"), tls) as server:
        message = str(failure(trusting, server.url))
    assert "its certificate is not trusted" in message
    assert "ca_file" not in message, "another CA would not help"


def test_a_host_is_trusted_by_the_name_that_the_url_has(tmp_path: Path) -> None:
    tls, ca_file = self_signed(tmp_path, "localhost")
    trusting = HttpFetcher(ca_file=ca_file)
    with RawServer(ok(b"{}"), tls) as server:
        assert trusting.fetch(f"https://localhost:{server.port}/").status == 200
        assert "mismatch" in str(failure(trusting, server.url))
        close(trusting)


def test_a_server_that_does_not_speak_tls_is_refused(fetcher: HttpFetcher) -> None:
    def speak_plainly() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 canary\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=speak_plainly)
        thread.start()
        message = str(failure(fetcher, f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        thread.join(10)
    assert message.endswith("cannot be reached: TLS failed")


def test_old_versions_of_tls_are_refused(tmp_path: Path) -> None:
    context = HttpFetcher(ca_file=self_signed(tmp_path, "127.0.0.1")[1])._context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("content", [b"", b"canary", b"-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----"])
def test_a_ca_file_without_a_certificate_is_named(tmp_path: Path, content: bytes) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(content)
    message = str(failure(HttpFetcher(ca_file=ca_file), "https://127.0.0.1:9/"))
    assert message == f"the CA file {str(ca_file)!r} holds no certificate in PEM form"


def test_a_ca_file_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    for missing in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(ConfigurationError, match="does not exist"):
            HttpFetcher(ca_file=missing)


# --- After a fork ---

FORK = """
import os, sys
from gatepost.trust.http_fetcher import HttpFetcher
url = sys.argv[1]
fetcher = HttpFetcher()
assert fetcher.fetch(url).body == b"{}"
pid = os.fork()
if pid == 0:
    try:
        assert fetcher._pool is None
        assert fetcher.fetch(url).body == b"{}"
    except BaseException:
        os._exit(1)
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert fetcher.fetch(url).body == b"{}"
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_process_opens_connections_of_its_own_and_leaves_its_parents_alone() -> None:
    with RawServer(ok(b"{}")) as server:
        subprocess.run([sys.executable, "-c", FORK, server.url], check=True, timeout=60)
        assert server.connections == 2
        assert len(server.heads) == 3
