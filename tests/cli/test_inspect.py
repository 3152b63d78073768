"""`gatepost inspect`: everything that can be said of a token, true or broken."""

import base64
import json
import time
from pathlib import Path

import pytest

from gatepost.jose import SigningKey, sign_compact
from gatepost.testing import OMIT, Fault, LocalIssuer
from tests.cli.conftest import AUDIENCE, Ended, Run

NOW = int(time.time())


def segment(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def outcomes(ended: Ended) -> dict[str, tuple[str, str]]:
    return {check["name"]: (check["outcome"], check["detail"]) for check in json.loads(ended.out)["checks"]}


def test_without_keys_it_is_loud_that_nothing_is_trusted(run: Run, local: LocalIssuer) -> None:
    ended = run("inspect", local.mint())
    assert (ended.status, ended.err) == (0, "")
    first, *rest = ended.out.splitlines()
    assert first.split()[:2] == ["NOT", "VERIFIED"]
    assert "Nothing below is trusted" in first
    assert any("unknown" in line and "no keys were given" in line for line in rest)


def test_it_shows_header_and_payload_with_times_in_words(run: Run, local: LocalIssuer) -> None:
    now = int(time.time())
    ended = run("inspect", local.mint(exp=now - 190, iat=now - 7300, auth_time=now - 7300))
    lines = [line.split(maxsplit=1) for line in ended.out.splitlines() if line.strip()]
    shown = {line[0]: line[1] for line in lines if len(line) == 2}
    assert shown["alg"] == '"RS256"'
    assert shown["exp"].startswith(f"{now - 190}  expired 3 minutes ago (")
    assert shown["iat"].startswith(f"{now - 7300}  issued 2 hours ago (")
    assert shown["auth_time"].startswith(f"{now - 7300}  signed on 2 hours ago (")
    assert "UTC)" in shown["exp"]


def test_in_a_pipe_there_is_neither_colour_nor_a_box_nor_a_broken_line(run: Run, local: LocalIssuer) -> None:
    out = run("inspect", local.mint(long="x" * 500)).out
    assert "\x1b" not in out
    assert out.isascii()
    assert f'"{"x" * 500}"' in out


def test_every_check_is_listed(run: Run, local: LocalIssuer) -> None:
    found = outcomes(run("inspect", local.mint(nbf=NOW - 5), "--json"))
    assert {name: outcome for name, (outcome, _) in found.items()} == {
        "length": "passed",
        "form": "passed",
        "header": "passed",
        "payload": "passed",
        "alg": "passed",
        "signature": "unknown",
        "kind": "passed",
        "iss": "unknown",
        "aud": "unknown",
        "types": "passed",
        "exp": "passed",
        "nbf": "passed",
        "iat": "passed",
    }


def test_with_issuer_and_audience_it_is_verified(run: Run, local: LocalIssuer) -> None:
    trust = ("--issuer", local.identifier, "--audience", AUDIENCE)
    ended = run("inspect", local.mint(), *trust)
    assert (ended.status, ended.out.split()[0]) == (0, "VERIFIED")
    answer = json.loads(run("inspect", local.mint(), *trust, "--json").out)
    assert (answer["verified"], answer["verdict"], answer["reason"]) == (True, "verified", None)
    assert all(check["outcome"] == "passed" for check in answer["checks"])


@pytest.mark.parametrize(
    ("claims", "reason", "failed"),
    [
        ({"exp": NOW - 180}, "expired", "exp"),
        ({"nbf": NOW + 3000}, "not_yet_valid", "nbf"),
        ({"iat": NOW + 3000}, "issued_in_future", "iat"),
        ({"aud": "https://other.example.com"}, "wrong_audience", "aud"),
        ({"aud": OMIT}, "missing_claim", "aud"),
        ({"aud": 5}, "bad_claim", "aud"),
        ({"iss": "https://other.example.com"}, "wrong_issuer", "iss"),
        ({"iss": OMIT}, "missing_claim", "iss"),
        ({"exp": OMIT}, "missing_claim", "exp"),
        ({"exp": "tomorrow"}, "bad_claim", "exp"),
        ({"scope": 5}, "bad_claim", "scope"),
        ({"nonce": "n"}, "wrong_type", "kind"),
    ],
    ids=str,
)
def test_the_verdict_and_the_check_that_failed_agree(
    run: Run, local: LocalIssuer, claims: dict[str, object], reason: str, failed: str
) -> None:
    ended = run("inspect", local.mint(**claims), "--issuer", local.identifier, "--audience", AUDIENCE, "--json")
    assert ended.status == 1
    assert json.loads(ended.out)["reason"] == reason
    found = outcomes(ended)
    assert [name for name, (outcome, _) in found.items() if outcome == "failed"] == [failed]
    assert found["signature"][0] == ("unknown" if failed == "iss" else "passed")


def test_a_slash_at_the_end_of_the_issuer_is_pointed_out(run: Run, local: LocalIssuer) -> None:
    ended = run("inspect", local.mint(iss=f"{local.identifier}/"), "--issuer", local.identifier, "--json")
    assert "slash at the end" in outcomes(ended)["iss"][1]


def test_a_tampered_token_has_a_bad_signature(run: Run, local: LocalIssuer) -> None:
    header, payload, signature = local.mint().split(".")
    other = local.mint(sub="someone else").split(".")[1]
    ended = run("inspect", f"{header}.{other}.{signature}", "--issuer", local.identifier, "--audience", AUDIENCE)
    assert ended.status == 1
    assert ended.out.split()[:2] == ["REFUSED", "bad_signature:"]
    assert run("inspect", f"{header}.{payload}.", "--json").status == 1


def test_an_issuer_without_an_audience_is_no_full_verdict(run: Run, local: LocalIssuer) -> None:
    ended = run("inspect", local.mint(), "--issuer", local.identifier, "--json")
    assert (ended.status, json.loads(ended.out)["verdict"]) == (0, "not verified")
    assert outcomes(ended)["signature"][0] == "passed"


def test_keys_alone_check_the_signature_alone(run: Run, local: LocalIssuer, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(local.signing_key.key_set().to_jwks()))
    for place in (("--jwks-file", str(tmp_path / "jwks.json")), ("--jwks-url", local.jwks_uri)):
        ended = run("inspect", local.mint(), *place, "--json")
        assert (ended.status, json.loads(ended.out)["verified"]) == (0, False)
        assert outcomes(ended)["signature"][0] == "passed"
        forged = sign_compact({}, SigningKey.generate("RS256", kid=local.signing_key.kid))
        assert outcomes(run("inspect", forged, *place, "--json"))["signature"][0] == "failed"


def test_keys_that_cannot_be_had_leave_the_signature_unknown(run: Run) -> None:
    with LocalIssuer(audience=AUDIENCE) as issuer:
        issuer.fail(Fault.REFUSED)
        ended = run("inspect", issuer.mint(), "--issuer", issuer.identifier, "--audience", AUDIENCE, "--json")
    assert ended.status == 2
    assert json.loads(ended.out)["reason"] == "keys_unavailable"
    assert outcomes(ended)["signature"][0] == "unknown"


GOOD = {"iss": "https://issuer.example.com", "aud": "a", "exp": NOW + 7200}


@pytest.mark.parametrize(
    ("token", "name", "words"),
    [
        ("opaque", "form", "not a JWT"),
        ("a.b", "form", "2 parts"),
        ("a.b.c.d", "form", "4 parts"),
        (f"{segment({'alg': 'RSA-OAEP', 'enc': 'A256GCM'})}.a.b.c.d", "form", "encrypted"),
        (f"{segment({'alg': 'RS256'})}.{segment(GOOD)}.", "signature", "empty"),
        (f"{segment({'alg': 'RS256'})}.{segment(GOOD)}.A", "signature", "a character is missing"),
        (f"{segment({'alg': 'RS256'})}.{segment(GOOD)}.AB", "signature", "unused last bits"),
        (f"{segment({'alg': 'RS256'})}=.{segment(GOOD)}.AA", "header", "'='"),
        (f"{segment({'alg': 'none'})}.{segment(GOOD)}.AA", "alg", "anyone could have written it"),
        (f"{segment({'alg': 'XX'})}.{segment(GOOD)}.AA", "alg", "not supported"),
        (f"{segment({'alg': 5})}.{segment(GOOD)}.AA", "alg", "no string"),
        (f"{segment({})}.{segment(GOOD)}.AA", "alg", "missing"),
        (f"{segment({'alg': 'RS256', 'crit': ['x']})}.{segment(GOOD)}.AA", "crit", "extensions"),
        (f"{segment({'alg': 'RS256', 'jwk': {}})}.{segment(GOOD)}.AA", "jwk", "its own key"),
        (f"{segment({'alg': 'RS256', 'kid': 5})}.{segment(GOOD)}.AA", "kid", "not a string"),
        (f"{segment({'alg': 'RS256', 'typ': []})}.{segment(GOOD)}.AA", "typ", "not a string"),
        (f"{segment({'alg': 'RS256', 'kid': 'k' * 300})}.{segment(GOOD)}.AA", "kid", "256"),
        (f"{segment({'alg': 'RS256', 'typ': 'dpop+jwt'})}.{segment(GOOD)}.AA", "kind", "neither"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'{')}.AA", "payload", "at character 2"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'[]')}.AA", "payload", "no object"),
        (f"{segment({'alg': 'RS256'})}.{segment(bytes([255]))}.AA", "payload", "not UTF-8"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'{' + b'}')[:-1]}.AA", "payload", "base64url"),
        (f"{segment({'alg': 'RS256'})}.{segment('﻿{}'.encode())}.AA", "payload", "byte order mark"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'{%ca%c:1,%ca%c:2}' % ((34,) * 4))}.AA", "payload", "twice"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'{%ca%c:NaN}' % ((34,) * 2))}.AA", "payload", "NaN"),
        (f"{segment({'alg': 'RS256'})}.{segment({'a': 2**60})}.AA", "payload", "2^53"),
        (f"{segment({'alg': 'RS256'})}.{segment(b'[' * 9000)}.AA", "payload", ""),
        (f"{segment({'alg': 'RS256'})}.{segment({**GOOD, 'pad': 'x' * 20_000})}.AA", "length", "of at most 16,384"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_of_a_broken_token_it_says_what_is_wrong(run: Run, token: str, name: str, words: str) -> None:
    ended = run("inspect", token, "--json")
    assert (ended.status, ended.err) == (1, "")
    outcome, detail = outcomes(ended)[name]
    assert outcome == "failed"
    assert words in detail
    page = run("inspect", token)
    assert (page.status, page.err) == (1, "")
    assert "failed" in page.out


def test_what_can_be_read_of_a_broken_token_is_shown(run: Run) -> None:
    header, payload = segment({"alg": "RS256", "kid": "k"}), segment(b'{"a":1,"a":2}')
    answer = json.loads(run("inspect", f"{header}==.{payload}", "--json").out)
    assert answer["header"] == {"alg": "RS256", "kid": "k"}
    assert answer["payload"] == {"a": 2}


def test_places_of_keys_in_the_header_are_ignored_and_said_to_be(run: Run) -> None:
    token = f"{segment({'alg': 'RS256', 'jku': 'https://evil.example', 'x5c': []})}.{segment(GOOD)}.AA"
    outcome, detail = outcomes(run("inspect", token, "--json"))["jku, x5c"]
    assert (outcome, detail.split()[0]) == ("passed", "ignored:")


def test_what_a_token_says_never_acts_on_the_terminal(run: Run) -> None:
    payload = {**GOOD, "na\x1bme": "\x1b[2J\x9b31m\u202e[bold red]VERIFIED[/]", "iss": "\r\nVERIFIED"}
    token = f"{segment({'alg': 'RS256', 'kid': chr(7)})}.{segment(payload)}.AA"
    out = run("inspect", token).out
    assert all(line.isprintable() for line in out.splitlines())
    assert out.startswith(" NOT VERIFIED ")
    assert "[bold red]" in out


def test_a_colour_is_for_a_terminal_and_not_under_no_color(
    run: Run, local: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in run("inspect", local.mint()).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in run("inspect", local.mint()).out


def test_an_audience_alone_is_one_line(run: Run) -> None:
    ended = run("inspect", "a.b.c", "--audience", "x")
    assert (ended.status, ended.out) == (2, "")
    assert "--issuer" in ended.err


def test_the_token_can_come_from_standard_input(run: Run, local: LocalIssuer) -> None:
    assert run("inspect", "-", stdin=f"Bearer {local.mint()}\n".encode()).status == 0
