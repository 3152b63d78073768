"""`gatepost jwks`: the keys that an issuer publishes, and those that are passed over."""

import json

import pytest

from gatepost.testing import Fault, LocalIssuer
from gatepost.testing.fault import Endpoint
from tests.cli.conftest import Run


def test_an_identifier_and_the_url_of_its_keys_give_the_same(run: Run, local: LocalIssuer) -> None:
    answers = [
        json.loads(run("jwks", url, "--json").out) for url in (local.identifier, local.discovery_url, local.jwks_uri)
    ]
    assert [answer["found_by"] for answer in answers] == ["by discovery", "by discovery", "at the URL itself"]
    key = local.signing_key
    expected = {
        "kid": key.kid,
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "size": "2048 bits",
        "thumbprint": key.thumbprint(),
    }
    assert [answer["keys"] for answer in answers] == [[expected]] * 3


def test_the_table_has_a_line_for_each_key(run: Run, local: LocalIssuer) -> None:
    ended = run("jwks", local.identifier)
    assert (ended.status, ended.err) == (0, "")
    title, head, key = (line.split() for line in ended.out.splitlines())
    assert title == ["Keys", "of", f"{local.identifier},", "by", "discovery"]
    assert head == ["kid", "kty", "alg", "use", "size", "thumbprint"]
    assert key == [local.signing_key.kid, "RSA", "RS256", "sig", "2048", "bits", local.signing_key.thumbprint()]


def test_a_key_that_is_passed_over_is_named_with_the_reason(run: Run) -> None:
    with LocalIssuer("keycloak", algorithm="ES256") as issuer:  # which publishes a key for encryption too
        ended = run("jwks", issuer.identifier)
        answer = json.loads(run("jwks", issuer.identifier, "--json").out)
    assert ended.status == 0
    assert [line for line in ended.out.splitlines() if line.startswith("passed over  key 2: ")]
    assert [key["size"] for key in answer["keys"]] == ["P-256"]
    assert len(answer["skipped"]) == 1


def test_one_key_under_several_ids_and_one_without_alg(run: Run) -> None:
    with LocalIssuer("wso2") as wso2, LocalIssuer("entra") as entra:
        several = json.loads(run("jwks", wso2.identifier, "--json").out)["keys"]
        bare = json.loads(run("jwks", entra.jwks_uri, "--json").out)["keys"]
    assert len({key["kid"] for key in several}) == len(several) > 1
    assert len({key["thumbprint"] for key in several}) == 1
    assert [key["alg"] for key in bare] == [None]


def test_a_self_signed_certificate_is_trusted_when_it_is_given(run: Run) -> None:
    with LocalIssuer("wso2", tls=True) as issuer:
        assert run("jwks", issuer.identifier, "--ca-file", str(issuer.ca_file)).status == 0
        ended = run("jwks", issuer.identifier)
    assert ended.status == 2
    assert "--ca-file FILE" in ended.err


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.GARBAGE, Fault.SERVER_ERROR, Fault.NOT_FOUND])
def test_keys_that_cannot_be_had_are_one_line(run: Run, fault: Fault) -> None:
    with LocalIssuer() as issuer:
        issuer.fail(fault)
        ended = run("jwks", issuer.identifier)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("keys_unavailable: neither an issuer nor a JWK set answers there; ")
    assert ended.err.count("\n") == 1


def test_an_issuer_whose_keys_alone_fail_is_one_line(run: Run) -> None:
    with LocalIssuer() as issuer:
        issuer.fail(Fault.GARBAGE, at=Endpoint.JWKS)
        ended = run("jwks", issuer.identifier)
    assert (ended.status, ended.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("url", ["http://issuer.example.com", "nonsense", "ftp://a", "https://", ""])
def test_a_url_that_may_not_be_fetched_is_one_line(run: Run, url: str) -> None:
    ended = run("jwks", url)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("gatepost: ")
    assert ended.err.count("\n") == 1
