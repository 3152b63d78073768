"""One token, one text: base64 malleability (GHSA-hxm8-2xgr-2p9m) and other encodings (RFC 8725 §3.7)."""

import json

import pytest

from gatepost import Reason
from gatepost.jose import base64url
from tests.attacks.forging import (
    EC,
    accepted,
    forge,
    issued,
    issuers_header,
    octets,
    refused,
    refused_as_jws,
)
from tests.verification.minting import access_claims

GOOD = forge(issuers_header(), access_claims(), EC.sign)
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


def test_the_token_that_is_spoiled_below_is_good() -> None:
    assert accepted(GOOD).subject == "alice"


# --- Base64: one spelling for each token ---

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def respelled(segment: str) -> list[str]:
    """Return the other texts that a lenient reader takes for the same octets."""
    unused = {2: 4, 3: 2}.get(len(segment) % 4, 0)
    position = ALPHABET.index(segment[-1])
    others = [segment[:-1] + ALPHABET[position + extra] for extra in range(1, 2**unused)]
    padding = "=" * (-len(segment) % 4)
    return [
        *others,
        segment + padding if padding else segment + "====",
        segment + "=",
        segment[:4] + "=" + segment[4:],
        segment[:4] + " " + segment[4:],
        segment[:4] + "\n" + segment[4:],
        segment + "!",
        segment + "*",
        "=" + segment,
    ]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["header", "payload", "signature"])
@pytest.mark.parametrize("filler", ["", "0", "00"], ids=["one length", "another", "the third"])
def test_another_spelling_of_a_segment_is_malformed_although_its_signature_is_good(place: int, filler: str) -> None:
    header = octets(issuers_header(filler=filler))
    claims = octets(access_claims(filler=filler))
    texts = [base64url.encode(header).decode(), base64url.encode(claims).decode()]
    for index in range(13):
        segments = list(texts)
        if place < 2:
            spellings = respelled(segments[place])
            if index >= len(spellings):
                break
            segments[place] = spellings[index]
        signing_input = ".".join(segments).encode()
        signature = base64url.encode(EC.sign(signing_input)).decode()
        if place == 2:
            spellings = respelled(signature)
            if index >= len(spellings):
                break
            signature = spellings[index]
        token = f"{segments[0]}.{segments[1]}.{signature}"
        assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


def test_the_standard_alphabet_is_malformed() -> None:
    claims = octets(access_claims(filler="?>?>~~~ÿ"))
    standard = base64url.encode(claims).replace(b"-", b"+").replace(b"_", b"/")
    assert standard != base64url.encode(claims)
    signing_input = HEADER.encode() + b"." + standard
    token = (signing_input + b"." + base64url.encode(EC.sign(signing_input))).decode()
    assert refused(token) is Reason.MALFORMED


# --- Encodings: UTF-8 alone (RFC 8725 §3.7) ---

ENCODINGS = {
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "invalid UTF-8": lambda text: text.encode()[:-1] + b',"x":"\xff"}',
    "an overlong form": lambda text: text.encode()[:-1] + b',"x":"\xc0\xaf"}',
    "a surrogate": lambda text: text.encode()[:-1] + b',"x":"\xed\xa0\x80"}',
    "an escaped surrogate": lambda text: text.encode()[:-1] + b',"x":"\\ud800"}',
    "Latin-1": lambda text: text.encode()[:-1] + b',"x":"\xe9"}',
    "a NUL after": lambda text: text.encode() + b"\0",
    "a NUL inside": lambda text: text.encode()[:-1] + b',"x":"\0"}',
    "UTF-7": lambda text: text.replace('"', "+ACI-").encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_any_encoding_but_utf8_is_malformed(name: str) -> None:
    payload = ENCODINGS[name](json.dumps(access_claims()))
    assert refused(issued(payload)) is Reason.MALFORMED
    header = ENCODINGS[name](json.dumps(issuers_header()))
    token = issued(header=header)
    assert refused(token) is refused_as_jws(token) is Reason.MALFORMED


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"1", b'"x"', b"{}{}", b"{},{}", b"// {}\n{}", b"{'a':1}"])
def test_a_payload_that_is_no_object_is_malformed(payload: bytes) -> None:
    assert refused(issued(payload)) is Reason.MALFORMED
