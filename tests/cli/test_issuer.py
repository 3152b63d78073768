"""`gatepost issuer`: a vendor's issuer in the foreground, as a process of its own."""

import json
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
import urllib3

from gatepost.testing.shapes import NAMES
from tests.cli.conftest import Run

CTRL_C = signal.SIGINT


@contextmanager
def running(*arguments: str, until: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """Run a command in the foreground, with what it printed up to the line that holds `until`."""
    command = [sys.executable, "-u", "-m", "gatepost", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        printed = ""
        try:
            assert process.stdout is not None
            for line in process.stdout:
                printed += line
                if until in line:
                    break
            yield process, printed
        finally:
            process.kill()


def stop(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Press Ctrl-C; return the exit status and everything on standard error."""
    process.send_signal(CTRL_C)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def ask_for_token(endpoint: str, client_id: str, client_secret: str) -> urllib3.BaseHTTPResponse:
    """Ask for a token by client credentials."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return urllib3.request("POST", endpoint, body=urlencode(form), headers=headers)


def run_curl(line: str) -> urllib3.BaseHTTPResponse:
    """Send what a curl line for a token sends."""
    words = shlex.split(line)
    form = "&".join(words[place + 1] for place, word in enumerate(words) if word == "-d")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        **urllib3.make_headers(basic_auth=words[words.index("-u") + 1]),
    }
    return urllib3.request("POST", words[-1], body=form, headers=headers)


def fact(printed: str, name: str) -> str:
    found = re.search(rf"^{name}  +(.+)$", printed, re.MULTILINE)
    assert found is not None, printed
    return found[1]


@pytest.mark.parametrize("vendor", NAMES)
def test_every_vendor_can_be_run_and_its_lines_copied(run: Run, vendor: str) -> None:
    with running("issuer", "--vendor", vendor, until="gatepost verify") as (process, printed):
        token = next(line.strip() for line in printed.splitlines() if line.startswith("  eyJ"))
        metadata = urllib3.request("GET", fact(printed, "discovery")).json()
        assert metadata["issuer"] == fact(printed, "identifier")
        assert metadata["token_endpoint"] == fact(printed, "token endpoint")
        assert metadata["jwks_uri"] == fact(printed, "JWK set")
        verified = run("verify", *printed.partition("gatepost verify ")[2].split(), stdin=token.encode())
        assert verified.status == 0, verified.err
        for line in printed.splitlines():
            if line.startswith("  curl "):
                assert "access_token" in run_curl(line).json()
        assert stop(process) == (130, "")


def test_tls_comes_with_a_certificate_to_trust(run: Run) -> None:
    with running("issuer", "--vendor", "wso2", "--tls", until="gatepost verify") as (process, printed):
        certificate = fact(printed, "certificate")
        with urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=certificate)) as pool:
            assert pool.request("GET", fact(printed, "discovery")).status == 200
        token = next(line.strip() for line in printed.splitlines() if line.startswith("  eyJ"))
        arguments = printed.partition("gatepost verify ")[2].split()
        assert run("verify", *arguments, stdin=token.encode()).status == 0
        assert stop(process) == (130, "")


def test_it_is_what_was_asked_for() -> None:
    arguments = (
        *("--vendor", "pingone", "--audience", "https://a.example", "--audience", "https://b.example"),
        *("--client-id", "me", "--client-secret", "secret", "--scope", "orders", "--algorithm", "ES256"),
        *("--tenant", "11111111-2222-3333-4444-555555555555", "--lifetime", "60"),
    )
    with running("issuer", *arguments, until="gatepost verify") as (process, printed):
        assert "/11111111-2222-3333-4444-555555555555/as" in fact(printed, "identifier")
        answer = ask_for_token(fact(printed, "token endpoint"), "me", "secret").json()
        assert (answer["expires_in"], answer["scope"]) == (60, "orders")
        jwks = json.loads(urllib3.request("GET", fact(printed, "JWK set")).data)
        assert [key["alg"] for key in jwks["keys"]] == ["ES256"]
        assert stop(process) == (130, "")


def test_a_port_that_is_taken_is_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("issuer", "--port", str(port))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"gatepost: port {port} cannot be used: ")
    assert "--port" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--vendor", "nobody"), ("--algorithm", "HS256")], ids=" ".join)
def test_what_cannot_be_imitated_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    ended = run("issuer", *arguments)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
