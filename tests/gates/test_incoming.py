"""What a gate reads of a request: credentials, the URL for a DPoP proof, and the client's certificate."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest

from gatepost.errors import TokenRejected
from gatepost.gates.incoming import Surroundings
from gatepost.jose import base64url
from tests.gates.in_process import environ_of, scope_of

DER = b"\x30\x03\x02\x01\x01"
PEM = f"-----BEGIN CERTIFICATE-----\n{b64encode(DER).decode()}\n-----END CERTIFICATE-----\n"
THUMBPRINT = base64url.encode(sha256(DER).digest()).decode()


def test_the_url_is_what_the_client_asked_for() -> None:
    scope = scope_of("GET", "/user?x=1", [], scheme="https")
    assert Surroundings().from_scope(scope).request.url == "https://testserver/user"
    assert Surroundings().from_scope({**scope, "scheme": "wss"}).request.url == "https://testserver/user"
    environ = environ_of("GET", "/us%65r?x=1", [])
    assert Surroundings().from_environ(environ).request.url == "http://testserver/us%65r"


def test_behind_a_proxy_the_origin_is_a_setting() -> None:
    surroundings = Surroundings(origin="https://api.example.com")
    assert surroundings.from_scope(scope_of("GET", "/user", [])).request.url == "https://api.example.com/user"
    assert surroundings.from_environ(environ_of("GET", "/user", [])).request.url == "https://api.example.com/user"


def test_all_proofs_are_read() -> None:
    proofs = [("DPoP", "a"), ("DPoP", "b")]
    assert Surroundings().from_scope(scope_of("GET", "/", proofs)).request.dpop == ("a", "b")
    assert Surroundings().from_environ(environ_of("GET", "/", proofs)).request.dpop == ("a", "b")


def test_the_server_hands_the_certificate_over() -> None:
    scope = scope_of("GET", "/", [], extensions={"tls": {"client_cert_chain": [PEM]}})
    assert _thumbprint(Surroundings().from_scope(scope)) == THUMBPRINT
    assert _thumbprint(Surroundings().from_environ(environ_of("GET", "/", [], SSL_CLIENT_CERT=PEM))) == THUMBPRINT
    assert Surroundings().from_scope(scope_of("GET", "/", [])).request.certificate is None
    assert Surroundings().from_environ(environ_of("GET", "/", [])).request.certificate is None


def test_a_proxy_hands_it_over_only_in_the_header_that_the_operator_names() -> None:
    headers, trusting = [("X-SSL-Client-Cert", quote(PEM))], Surroundings(certificate_header="X-SSL-Client-Cert")
    assert Surroundings().from_scope(scope_of("GET", "/", headers)).request.certificate is None
    assert Surroundings().from_environ(environ_of("GET", "/", headers)).request.certificate is None
    assert _thumbprint(trusting.from_scope(scope_of("GET", "/", headers))) == THUMBPRINT
    assert _thumbprint(trusting.from_environ(environ_of("GET", "/", headers))) == THUMBPRINT


def test_two_of_them_are_none() -> None:
    headers, trusting = [("X-SSL-Client-Cert", quote(PEM))] * 2, Surroundings(certificate_header="X-SSL-Client-Cert")
    for incoming in (
        trusting.from_scope(scope_of("GET", "/", headers)),
        trusting.from_environ(environ_of("GET", "/", headers)),
    ):
        with pytest.raises(TokenRejected):
            _thumbprint(incoming)


def test_the_certificate_of_envoy_is_the_last_one() -> None:
    digest = sha256(DER).hexdigest()
    headers = [("X-Forwarded-Client-Cert", f"Hash={'0' * 64}"), ("X-Forwarded-Client-Cert", f"Hash={digest}")]
    trusting = Surroundings(certificate_header="X-Forwarded-Client-Cert")
    assert _thumbprint(trusting.from_scope(scope_of("GET", "/", headers))) == THUMBPRINT
    assert _thumbprint(trusting.from_environ(environ_of("GET", "/", headers))) == THUMBPRINT


def _thumbprint(incoming: Any) -> str:
    return str(incoming.request.certificate.thumbprint())
