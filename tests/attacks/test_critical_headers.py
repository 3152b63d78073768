"""crit and b64 (RFC 7515 §4.1.11, RFC 7797; CVE-2025-59420, CVE-2026-32597, CVE-2026-48525, GHSA-hm7r-c7qw-ghp6)."""

import pytest

from gatepost import Reason
from gatepost.jose import base64url
from tests.attacks.forging import EC, accepted, forge, issued, issuers_header, octets, refused, refused_as_jws
from tests.verification.minting import access_claims

EXTENSION = "http://example.invalid/UNDEFINED"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"crit": [EXTENSION], EXTENSION: True}, id="unknown"),
        pytest.param({"crit": [EXTENSION]}, id="unknown and absent"),
        pytest.param({"crit": []}, id="empty"),
        pytest.param({"crit": ["exp"], "exp": 1}, id="a claim"),
        pytest.param({"crit": ["alg"]}, id="a registered name"),
        pytest.param({"crit": ["kid"]}, id="a name that is understood"),
        pytest.param({"crit": ["crit"]}, id="itself"),
        pytest.param({"crit": [EXTENSION, EXTENSION], EXTENSION: 1}, id="duplicate names"),
        pytest.param({"crit": ["b64"], "b64": True}, id="b64 true"),
        pytest.param({"crit": ["b64"], "b64": False}, id="b64 false"),
        pytest.param({"crit": ["b64"]}, id="b64 absent"),
        pytest.param({"crit": [""]}, id="an empty name"),
        pytest.param({"crit": [1]}, id="a number"),
        pytest.param({"crit": [None]}, id="null inside"),
        pytest.param({"crit": [["exp"]]}, id="an array inside"),
        pytest.param({"crit": "exp"}, id="a string"),
        pytest.param({"crit": ""}, id="an empty string"),
        pytest.param({"crit": {}}, id="an object"),
        pytest.param({"crit": None}, id="null"),
        pytest.param({"crit": False}, id="false"),
        pytest.param({"crit": 0}, id="zero"),
        pytest.param({"b64": True}, id="b64 true, not critical"),
        pytest.param({"b64": False}, id="b64 false, not critical"),
        pytest.param({"b64": None}, id="b64 null"),
        pytest.param({"b64": "false"}, id="b64 a string"),
    ],
)
def test_crit_and_b64_are_refused_in_every_form_even_from_the_issuer(more: dict[str, object]) -> None:
    token = issued(header=issuers_header(**more))
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize("name", ["Crit", "CRIT", "B64"])
def test_another_name_is_another_parameter(name: str) -> None:
    assert accepted(issued(header=issuers_header(**{name: ["exp"]}))).subject == "alice"


def test_an_unencoded_payload_of_rfc7797_is_refused() -> None:
    header = base64url.encode(octets(issuers_header(b64=False, crit=["b64"])))
    for payload in (octets(access_claims()), b"$.02", b"e30"):
        text = header + b"." + payload
        token = (text + b"." + base64url.encode(EC.sign(text))).decode()
        assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


def test_a_detached_payload_is_refused() -> None:
    whole = forge(issuers_header(), access_claims(), EC.sign)
    header, _, signature = whole.split(".")
    assert refused(f"{header}..{signature}") is Reason.MALFORMED
    assert refused_as_jws(f"{header}..{signature}") is Reason.BAD_SIGNATURE
