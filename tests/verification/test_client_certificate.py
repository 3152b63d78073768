"""The client's certificate, as servers and proxies hand it over (RFC 8705 §3)."""

import json
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.verification.client_certificate import HEADERS, MAX_LENGTH, ClientCertificate

VECTOR = json.loads((Path(__file__).parent / "vectors" / "rfc8705.json").read_bytes())
BASE64 = VECTOR["certificate"]
DER = b64decode(BASE64)
THUMBPRINT = VECTOR["x5t#S256"]
HASH = sha256(DER).hexdigest()


def pem_of(base64: str) -> str:
    lines = "\n".join(base64[at : at + 64] for at in range(0, len(base64), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


PEM = pem_of(BASE64)
CHAIN = PEM + pem_of("MAA=")
ESCAPED = quote(PEM, safe="")
ALB = quote(CHAIN, safe="+=/")  # AWS: "URL-encoded PEM with +=/ as safe characters"


def refused(certificate: ClientCertificate) -> bool:
    with pytest.raises(TokenRejected) as caught:
        certificate.thumbprint()
    return (caught.value.reason, caught.value.claim) == (Reason.WRONG_BINDING, "cnf")


@pytest.mark.parametrize(
    "certificate",
    [
        ClientCertificate.from_der(DER),
        ClientCertificate.from_pem(PEM),
        ClientCertificate.from_pem(PEM.encode()),
        ClientCertificate.from_pem("Bag Attributes\n" + PEM.replace("\n", "\r\n")),
        ClientCertificate.from_pem(CHAIN),
        ClientCertificate.from_escaped_pem(ESCAPED),
        ClientCertificate.from_escaped_pem(ALB),
        ClientCertificate.from_escaped_pem(PEM.replace("\n", "\t")),
    ],
    ids=["DER", "PEM", "PEM as bytes", "PEM with text", "chain", "nginx", "ALB", "not escaped"],
)
def test_the_certificate_of_the_rfc_has_its_thumbprint(certificate: ClientCertificate) -> None:
    assert certificate.thumbprint() == THUMBPRINT


@pytest.mark.parametrize("der", [b"", b"\x30", b"garbage", PEM.encode()], ids=repr)
def test_octets_that_are_no_certificate_are_a_wrong_binding(der: bytes) -> None:
    assert refused(ClientCertificate.from_der(der))


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "null",
        BASE64,
        PEM.replace("CERTIFICATE", "PUBLIC KEY"),
        PEM.replace("-----END CERTIFICATE-----", ""),
        pem_of(""),
        pem_of("!!!!"),
        pem_of(BASE64[:-1]),
        pem_of(BASE64 + "=="),
        pem_of("AAAA"),
        "\ud800",
        PEM + " " * MAX_LENGTH,
    ],
    ids=lambda pem: ascii(pem)[:40],
)
def test_text_that_is_no_certificate_is_a_wrong_binding(pem: str) -> None:
    assert refused(ClientCertificate.from_pem(pem))
    assert refused(ClientCertificate.from_escaped_pem(pem))
    assert refused(ClientCertificate.from_escaped_pem("%" + pem))


# X-Forwarded-Client-Cert


@pytest.mark.parametrize(
    "value",
    [
        f"Hash={HASH}",
        f"hash={HASH.upper()}",
        f'By=spiffe://a/b;Hash={HASH};Subject="";URI=spiffe://c/d',
        f'Hash={HASH};Subject="/C=US/L=A, B;Hash=00/O=\\"x\\\\"',
        f"Cert={ESCAPED}",
        f'Hash={HASH};Cert="{ESCAPED}"',
        f"By=a;Hash={'0' * 64},By=b;Hash={HASH}",
        f"By=a;Hash={'0' * 64} , By=b ; Hash={HASH} ",
        f"Hash={HASH};DNS=a;DNS=b",
        f'Hash={HASH};Chain="{quote(CHAIN, safe="")}"',
    ],
    ids=lambda value: value[:40],
)
def test_envoys_header_says_the_hash_or_the_certificate_of_its_own_client(value: str) -> None:
    assert ClientCertificate.from_xfcc(value).thumbprint() == THUMBPRINT


@pytest.mark.parametrize(
    "value",
    [
        "",
        ",",
        "Hash",
        "Hash=",
        "Hash=zz",
        f"Hash={HASH[:-2]}",
        f"Hash={HASH}00",
        f"Hash={HASH};Hash={HASH}",
        f"Hash={HASH},",
        f"Hash={HASH};",
        f"Hash={HASH},By=spiffe://a/b",
        f'Hash="{HASH}',
        f'Hash="{HASH}"x',
        f"By=a;{HASH}",
        "Cert=nothing",
        f"Hash={'0' * 64};Cert={ESCAPED}",
        f"Hash={HASH};Cert={quote(pem_of('MAA='), safe='')}",
        f"Hash={HASH}" + " " * MAX_LENGTH,
        "Hash=" + " " * 10_000 + '"',
    ],
    ids=lambda value: value[:40],
)
def test_another_form_of_envoys_header_is_a_wrong_binding(value: str) -> None:
    assert refused(ClientCertificate.from_xfcc(value))


# Headers


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-Client-Cert", f"Hash={HASH}"),
        ("X-SSL-Client-Cert", ESCAPED),
        ("x-amzn-mtls-clientcert", ALB),
        ("X-Amzn-Mtls-Clientcert-Leaf", quote(PEM, safe="+=/")),
    ],
)
def test_the_header_that_the_proxy_writes_is_read_and_no_other(header: str, value: str) -> None:
    found = ClientCertificate.from_headers([("Host", "a"), (header.upper(), value)], header)
    assert found is not None
    assert found.thumbprint() == THUMBPRINT
    for other in HEADERS.keys() - {header.lower()}:
        assert ClientCertificate.from_headers([(header, value)], other) is None


def test_a_header_that_is_missing_or_empty_brings_none() -> None:
    assert ClientCertificate.from_headers([], "X-SSL-Client-Cert") is None
    assert ClientCertificate.from_headers([("X-SSL-Client-Cert", " ")], "X-SSL-Client-Cert") is None


def test_two_values_are_one_list_for_envoy_and_a_wrong_binding_for_others() -> None:
    envoys = [("X-Forwarded-Client-Cert", f"Hash={'0' * 64}"), ("x-forwarded-client-cert", f"Hash={HASH}")]
    found = ClientCertificate.from_headers(envoys, "X-Forwarded-Client-Cert")
    assert found is not None
    assert found.thumbprint() == THUMBPRINT
    twice = ClientCertificate.from_headers([("X-SSL-Client-Cert", ESCAPED)] * 2, "X-SSL-Client-Cert")
    assert twice is not None
    assert refused(twice)


def test_a_header_that_is_not_known_is_an_error_of_the_setup() -> None:
    with pytest.raises(ConfigurationError, match="'X-Cert' carries no client certificate; known are x-forwarded"):
        ClientCertificate.from_headers([], "X-Cert")


READERS: list[Callable[[str], ClientCertificate]] = [
    ClientCertificate.from_pem,
    ClientCertificate.from_escaped_pem,
    ClientCertificate.from_xfcc,
    lambda text: ClientCertificate.from_der(text.encode("utf-8", "surrogatepass")),
]


@given(st.sampled_from(READERS), st.text(alphabet='Hash=Cert;,"\\ %2Bé\ud800-\n', max_size=60) | st.text(max_size=40))
def test_no_text_makes_another_error(read: Callable[[str], ClientCertificate], text: str) -> None:
    certificate = read(text)
    try:
        thumbprint = certificate.thumbprint()
    except TokenRejected:
        assert refused(certificate)
    else:
        assert len(thumbprint) == 43


@given(st.integers(0, len(PEM) - 1), st.characters(max_codepoint=255))
def test_a_certificate_with_one_character_changed_has_the_thumbprint_of_its_octets(at: int, character: str) -> None:
    changed = PEM[:at] + character + PEM[at + 1 :]
    try:
        thumbprint = ClientCertificate.from_pem(changed).thumbprint()
    except TokenRejected:
        return
    body = changed.removeprefix("-----BEGIN CERTIFICATE-----").partition("-----END")[0]
    assert (thumbprint == THUMBPRINT) == (b64decode(body) == DER)
