"""`gatepost verify`: exit status, standard output and standard error are its interface."""

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gatepost.jose import SigningKey, sign_compact
from gatepost.testing import OMIT, Fault, LocalIssuer
from tests.cli.conftest import AUDIENCE, Run


def test_a_good_token_gives_its_claims_as_json(run: Run, local: LocalIssuer) -> None:
    ended = run("verify", local.mint(sub="Müller"), "--issuer", local.identifier, "--audience", AUDIENCE)
    assert (ended.status, ended.err) == (0, "")
    claims = json.loads(ended.out)
    assert (claims["iss"], claims["sub"], claims["aud"]) == (local.identifier, "Müller", [AUDIENCE])


@pytest.mark.parametrize("frame", ["{}", "{}\n", "Bearer {}\n", "  bearer {}  "], ids=repr)
def test_a_dash_reads_the_token_from_standard_input(run: Run, local: LocalIssuer, frame: str) -> None:
    stdin = frame.format(local.mint()).encode()
    ended = run("verify", "-", "--issuer", local.identifier, "--audience", AUDIENCE, stdin=stdin)
    assert (ended.status, ended.err) == (0, "")


@pytest.mark.parametrize("stdin", [b"", b"\n", b"Bearer \n"], ids=repr)
def test_standard_input_without_a_token_is_said_to_be_so(run: Run, local: LocalIssuer, stdin: bytes) -> None:
    ended = run("verify", "-", "--issuer", local.identifier, "--audience", AUDIENCE, stdin=stdin)
    assert ended == (2, "", "gatepost: standard input holds no token; pipe one in\n")


def test_bytes_that_are_no_text_are_a_malformed_token(run: Run, local: LocalIssuer) -> None:
    ended = run("verify", "-", "--issuer", local.identifier, "--audience", AUDIENCE, stdin=b"\xff\xfe.\x00.")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("malformed: ")


@pytest.mark.parametrize(
    ("claims", "reason", "words"),
    [
        ({"exp": 1_000_000_000}, "expired", "years ago"),
        ({"nbf": 9_000_000_000}, "not_yet_valid", "in "),
        ({"iat": 9_000_000_000}, "issued_in_future", "--leeway"),
        ({"aud": "https://other.example.com"}, "wrong_audience", '"https://other.example.com"'),
        ({"iss": "https://other.example.com"}, "wrong_issuer", '"https://other.example.com"'),
        ({"exp": OMIT}, "missing_claim", "(exp)"),
        ({"exp": True}, "bad_claim", "(exp)"),
        ({"nonce": "n"}, "wrong_type", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_refusal_is_one_line_that_begins_with_the_reason(
    run: Run, local: LocalIssuer, claims: dict[str, object], reason: str, words: str
) -> None:
    ended = run("verify", local.mint(**claims), "--issuer", local.identifier, "--audience", AUDIENCE)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(f"{reason}: ")
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_a_refusal_shows_what_to_compare_but_never_runs_it(run: Run, local: LocalIssuer) -> None:
    token = local.mint(aud=["\x1b[2J\u202e\nexpired: no"])
    ended = run("verify", token, "--issuer", local.identifier, "--audience", AUDIENCE)
    assert ended.err.count("\n") == 1
    assert ended.err.strip("\n").isprintable()
    assert AUDIENCE in ended.err


def test_an_audience_of_any_length_stays_one_line_of_sense(run: Run, local: LocalIssuer) -> None:
    ended = run("verify", local.mint(aud="a" * 5000), "--issuer", local.identifier, "--audience", AUDIENCE)
    assert len(ended.err) < 500


def test_the_audience_has_to_be_named_or_waived_in_words(run: Run, local: LocalIssuer) -> None:
    token = local.mint()
    ended = run("verify", token, "--issuer", local.identifier)
    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert "--any-audience" in ended.err
    assert run("verify", token, "--issuer", local.identifier, "--any-audience").status == 0
    assert run("verify", token, "--issuer", local.identifier, "--any-audience", "--audience", "x").status == 2


def test_one_of_several_audiences_is_enough(run: Run, local: LocalIssuer) -> None:
    several = ("--audience", "https://other.example.com", "--audience", AUDIENCE)
    assert run("verify", local.mint(), "--issuer", local.identifier, *several).status == 0


def test_keys_can_come_from_a_url_or_a_file(run: Run, local: LocalIssuer, tmp_path: Path) -> None:
    trust = ("--issuer", local.identifier, "--audience", AUDIENCE)
    keys = local.signing_key.key_set()
    (tmp_path / "jwks.json").write_text(json.dumps(keys.to_jwks()))
    (tmp_path / "key.pem").write_text(keys.keys[0].to_pem())
    for place in (
        ("--jwks-url", local.jwks_uri),
        ("--jwks-file", str(tmp_path / "jwks.json")),
        ("--pem-file", str(tmp_path / "key.pem")),
    ):
        assert run("verify", local.mint(), *trust, *place).status == 0, place
    ended = run("verify", local.mint(), *trust, "--jwks-url", local.jwks_uri, "--pem-file", "x")
    assert (ended.status, ended.out) == (2, "")
    assert "--jwks-url and --pem-file" in ended.err


def test_a_shared_secret_is_a_file(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(os.urandom(32))
    claims = {"iss": "https://issuer.example.com", "aud": AUDIENCE, "exp": time.time() + 60}
    token = sign_compact(claims, SigningKey.from_secret(secret.read_bytes()))
    trust = ("--issuer", "https://issuer.example.com", "--audience", AUDIENCE, "--secret-file", str(secret))
    assert run("verify", token, *trust).status == 0
    assert run("verify", token, *trust, "--algorithm", "HS512").status == 2
    secret.write_bytes(os.urandom(32))
    assert run("verify", token, *trust).err.startswith("bad_signature: ")


def test_an_algorithm_that_was_not_named_is_refused(run: Run, local: LocalIssuer) -> None:
    trust = ("--issuer", local.identifier, "--audience", AUDIENCE)
    assert run("verify", local.mint(), *trust, "--algorithm", "ES256", "--algorithm", "RS256").status == 0
    assert run("verify", local.mint(), *trust, "--algorithm", "ES256").err.startswith("unsupported_algorithm: ")


def test_an_id_token_passes_only_as_one(run: Run, local: LocalIssuer) -> None:
    token = local.mint_with({"nonce": "n1"}, kind="id")
    trust = ("--issuer", local.identifier, "--audience", local.client_id)
    assert run("verify", token, *trust).err.startswith("wrong_type: ")
    assert run("verify", token, *trust, "--token-type", "id", "--nonce", "n1").status == 0
    assert run("verify", token, *trust, "--token-type", "id", "--nonce", "n2").err.startswith("wrong_nonce: ")


def test_leeway_forgives_a_clock(run: Run, local: LocalIssuer) -> None:
    token = local.mint(exp=int(time.time()) - 5)
    trust = ("--issuer", local.identifier, "--audience", AUDIENCE)
    assert run("verify", token, *trust).err.startswith("expired: ")
    assert run("verify", token, *trust, "--leeway", "60").status == 0


def test_an_old_sign_on_can_be_refused(run: Run, local: LocalIssuer) -> None:
    token = local.mint(auth_time=int(time.time()) - 600)
    trust = ("--issuer", local.identifier, "--audience", AUDIENCE)
    assert run("verify", token, *trust, "--max-auth-age", "3600").status == 0
    assert run("verify", token, *trust, "--max-auth-age", "300").err.startswith("insufficient_authentication: ")


@pytest.mark.parametrize(
    ("vendor", "tls"), [("wso2", True), ("pingone", False), ("authgear", False), ("cognito", True), ("keycloak", False)]
)
def test_any_vendor_that_says_where_it_is(run: Run, vendor: str, tls: bool) -> None:
    with LocalIssuer(vendor, tls=tls) as issuer:
        trust = ("--issuer", issuer.identifier, "--audience", issuer.audience[0])
        trust = (*trust, *(("--ca-file", issuer.ca_file) if issuer.ca_file else ()))
        trust = (*trust, *(("--client-id-as-audience",) if vendor == "cognito" else ()))
        ended = run("verify", issuer.mint(), *trust)
    assert (ended.status, ended.err) == (0, "")


def test_a_vendor_by_name_brings_its_own_rules(run: Run) -> None:
    with LocalIssuer("wso2", tls=True) as wso2, LocalIssuer("authgear") as authgear:
        settings = ("--vendor", "wso2", "--set", f"base_url={wso2.url}", "--ca-file", str(wso2.ca_file))
        assert run("verify", wso2.mint(), *settings, "--audience", wso2.audience[0]).status == 0
        settings = ("--vendor", "authgear", "--set", f"endpoint={authgear.url}", "--audience", authgear.url)
        assert run("verify", authgear.mint(), *settings).status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--issuer URL, or --vendor NAME"),
        (("--issuer", "https://a.example", "--vendor", "google"), "give one of them"),
        (("--issuer", "https://a.example", "--set", "a=b"), "--vendor"),
        (("--vendor", "nobody"), "no vendor 'nobody'"),
        (("--vendor", "wso2"), "--set base_url=…"),
        (("--vendor", "wso2", "--set", "tenant"), "base_url, tenant"),
        (("--vendor", "google", "--set", "a=b"), "no parameters"),
        (("--issuer", "http://a.example"), "--http-host HOST"),
        (("--issuer", "https://a.example", "--algorithm", "HS256"), "--secret-file FILE"),
        (("--issuer", "nonsense"), "nonsense"),
        (("--issuer", "https://a.example", "--algorithm", "none"), "unknown algorithm"),
        (("--issuer", "https://a.example", "--leeway", "-1"), "leeway"),
        (("--issuer", "https://a.example", "--jwks-file", "/nowhere.json"), "/nowhere.json cannot be read"),
        (("--issuer", "https://a.example", "--jwks-file", "/"), "cannot be read: Is a directory"),
        (("--issuer", "https://a.example", "--ca-file", "/nowhere.pem"), "/nowhere.pem"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_question_that_makes_no_sense_is_one_line(run: Run, arguments: tuple[str, ...], words: str) -> None:
    ended = run("verify", "a.b.c", "--audience", "x", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("gatepost: ")
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_keys_that_cannot_be_had_are_no_refusal(run: Run) -> None:
    with LocalIssuer(audience=AUDIENCE) as issuer:
        issuer.fail(Fault.REFUSED)
        ended = run("verify", issuer.mint(), "--issuer", issuer.identifier, "--audience", AUDIENCE)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("keys_unavailable: ")
    assert ended.err.count("\n") == 1


def test_it_works_as_a_process_in_a_pipe(local: LocalIssuer) -> None:
    arguments = [sys.executable, "-m", "gatepost", "verify", "-", "--issuer", local.identifier, "--audience", AUDIENCE]
    ended = subprocess.run(arguments, input=local.mint(), capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["iss"] == local.identifier
    header, payload, _ = local.mint().split(".")
    forged = ".".join((header, payload, base64.urlsafe_b64encode(b"\0" * 256).rstrip(b"=").decode()))
    ended = subprocess.run(arguments, input=forged, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("bad_signature: ")


def test_output_to_a_narrow_encoding_is_escaped_and_no_traceback(local: LocalIssuer) -> None:
    token = local.mint(sub="Müller")
    arguments = [
        sys.executable,
        "-m",
        "gatepost",
        "verify",
        token,
        "--issuer",
        local.identifier,
        "--audience",
        AUDIENCE,
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout.replace("\\xfc", "\\u00fc"))["sub"] == "Müller"
