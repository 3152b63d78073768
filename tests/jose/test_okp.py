"""Ed25519 and Ed448 (RFC 8037, RFC 9864)."""

from typing import Any

import pytest

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose import octets, okp
from tests.jose.keys_at_hand import signing_key
from tests.jose.weak_keys import SMALL_ORDER_ED448, SMALL_ORDER_ED25519

ALGORITHMS = ("Ed25519", "Ed448")
SIGNATURE_SIZES = {"Ed25519": 64, "Ed448": 114}


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key(algorithm: str) -> okp.Private:
    return okp.private_from_jwk(signing_key(algorithm).to_private_jwk())


def test_what_a_key_signs_its_public_half_verifies(algorithm: str, key: okp.Private) -> None:
    signature = okp.signer(key, algorithm)(b"input")
    assert len(signature) == SIGNATURE_SIZES[algorithm]
    okp.verifier(key.public_key(), algorithm)(signature, b"input")


def test_any_other_octets_are_a_bad_signature(algorithm: str, key: okp.Private) -> None:
    good = okp.signer(key, algorithm)(b"input")
    for bad in (b"", good[:-1], good + b"\0", bytes(len(good)), b"\xff" * len(good), good[::-1]):
        with pytest.raises(TokenRejected) as caught:
            okp.verifier(key.public_key(), algorithm)(bad, b"input")
        assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_second_form_of_s_is_a_bad_signature() -> None:
    order = 2**252 + 27742317777372353535851937790883648493  # RFC 8032 §5.1.7: S is below the order
    key = okp.private_from_jwk(signing_key("Ed25519").to_private_jwk())
    good = key.sign(b"input")
    raised = (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    with pytest.raises(TokenRejected):
        okp.verifier(key.public_key(), "Ed25519")(good[:32] + raised, b"input")


def test_the_curve_is_the_algorithm(algorithm: str, key: okp.Private) -> None:
    public = key.public_key()
    assert okp.check(public) is public
    assert okp.algorithms(public) == (algorithm,)


def test_a_key_and_its_jwk_are_each_others_inverse(key: okp.Private) -> None:
    jwk = okp.members(key.public_key())
    assert okp.from_jwk(jwk) == key.public_key()
    again = okp.private_from_jwk(jwk | okp.private_members(key))
    assert again.private_bytes_raw() == key.private_bytes_raw()


@pytest.mark.parametrize("crv", [None, "X25519", "ed25519", "P-256", 25519, ["Ed25519"]], ids=repr)
def test_a_jwk_of_another_curve_is_refused(crv: object) -> None:
    jwk: dict[str, object] = {**signing_key("Ed25519").to_private_jwk(), "crv": crv}
    for read in (okp.from_jwk, okp.private_from_jwk):
        with pytest.raises(ConfigurationError, match="its curve is none of Ed25519, Ed448"):
            read(jwk)


@pytest.mark.parametrize("crv", ALGORITHMS)
def test_members_of_another_length_are_refused(crv: str) -> None:
    jwk: dict[str, Any] = signing_key(crv).to_private_jwk()
    for name in ("x", "d"):
        with pytest.raises(ConfigurationError, match=f"its member {name} is not a"):
            okp.private_from_jwk({**jwk, name: octets.write(bytes(31))})


def test_a_private_member_that_does_not_fit_the_public_one_is_refused() -> None:
    jwk: dict[str, Any] = signing_key("Ed25519").to_private_jwk()
    with pytest.raises(ConfigurationError, match="d does not fit its member x"):
        okp.private_from_jwk({**jwk, "d": octets.write(b"\1" * 32)})


@pytest.mark.parametrize(
    ("crv", "x"),
    [("Ed25519", x) for x in SMALL_ORDER_ED25519] + [("Ed448", x) for x in SMALL_ORDER_ED448],
    ids=lambda value: value if isinstance(value, str) else value.hex(),
)
def test_a_point_of_small_order_is_refused_because_anyone_can_sign_for_it(crv: str, x: bytes) -> None:
    with pytest.raises(ConfigurationError):
        okp.check(okp.from_jwk({"kty": "OKP", "crv": crv, "x": octets.write(x)}))
