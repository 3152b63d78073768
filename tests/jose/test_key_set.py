"""Key sets: which key a token means, sets from PEM text and from a secret, and writing them out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gatepost.errors import ConfigurationError
from gatepost.jose import KeySet
from gatepost.jose.algorithms import SYMMETRIC
from tests.jose.jwks import another, jwk_of, key_set
from tests.jose.keys_at_hand import ASYMMETRIC, SECRET, signing_key

RSA_ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
CANARY = "canary-4711"


# --- Which key a token means ---


def test_a_key_is_found_by_its_name_and_algorithm_and_never_by_another_name() -> None:
    read = key_set(jwk_of("ES256", kid="a"), jwk_of("RS256", kid="b"))
    found = read.find("a", "ES256")
    assert found is not None
    assert (found.kid, found.algorithm) == ("a", "ES256")
    for kid, alg in [("a", "RS256"), ("b", "ES256"), ("c", "ES256"), ("A", "ES256"), ("a", "none"), ("", "ES256")]:
        assert read.find(kid, alg) is None


def test_a_key_without_alg_is_found_by_every_algorithm_of_its_type_as_entra_id_publishes_them() -> None:
    read = key_set(jwk_of("RS256", kid="a", alg=None), jwk_of("ES256", kid="b", alg=None))
    assert read.algorithms == RSA_ALGORITHMS | {"ES256"}
    for alg in RSA_ALGORITHMS:
        found = read.find("a", alg)
        assert found is not None
        assert found.algorithm == alg
    assert read.find("a", "ES256") is None


def test_the_name_eddsa_finds_either_curve() -> None:
    read = key_set(jwk_of("Ed25519", kid="a"), jwk_of("Ed448", kid="b"))
    assert [getattr(read.find(kid, "EdDSA"), "algorithm", None) for kid in ("a", "b")] == ["Ed25519", "Ed448"]
    assert read.find("a", "Ed448") is None
    assert read.find(None, "EdDSA") is None  # either would fit
    assert key_set(jwk_of("Ed448")).find(None, "EdDSA") is not None


def test_without_a_name_a_token_means_the_one_key_that_fits() -> None:
    read = key_set(jwk_of("ES256", kid="a"), jwk_of("RS256", kid="b"))
    assert getattr(read.find(None, "ES256"), "kid", None) == "a"
    assert getattr(read.find(None, "RS256"), "kid", None) == "b"


def test_without_a_name_a_token_means_no_key_where_two_fit() -> None:
    assert key_set(jwk_of("ES256", kid="a"), another("ES256", kid="b")).find(None, "ES256") is None
    read = key_set(jwk_of("ES256", kid="a"), another("ES256", kid="b"), another("ES256", kid="c"))
    assert read.find(None, "ES256") is None


def test_a_nameless_key_serves_a_token_with_a_name_only_where_it_is_the_only_one() -> None:
    assert key_set(jwk_of("ES256", kid=None)).find("any", "ES256") is not None
    one, two = jwk_of("ES256", kid=None), {n: v for n, v in another("ES256").items() if n != "kid"}
    assert key_set(one, two).find("any", "ES256") is None
    assert key_set(one, two).find(None, "ES256") is None


def test_a_named_key_comes_before_a_nameless_one() -> None:
    read = key_set(jwk_of("ES256", kid=None), another("ES256", kid="a"))
    assert getattr(read.find("a", "ES256"), "kid", None) == "a"


def test_the_same_key_under_several_names_works_under_each_and_without() -> None:
    read = key_set(*(jwk_of("ES256", kid=kid) for kid in ("a", "b", "a")))
    assert all(read.find(kid, "ES256") is not None for kid in ("a", "b", None))


def test_one_name_for_keys_of_different_types_works() -> None:
    read = key_set(jwk_of("RS256", kid="a"), jwk_of("ES256", kid="a"), jwk_of("Ed25519", kid="a"))
    for alg in ("RS256", "ES256", "Ed25519", "EdDSA"):
        assert read.find("a", alg) is not None


def test_one_name_for_two_different_keys_of_one_type_means_neither() -> None:
    for order in (1, -1):
        read = key_set(*[jwk_of("ES256", kid="a"), another("ES256", kid="a"), jwk_of("ES256", kid="a")][::order])
        assert read.find("a", "ES256") is None


def test_a_name_that_means_neither_of_two_keys_does_not_mean_a_nameless_one() -> None:
    read = key_set(jwk_of("ES256", kid="a"), another("ES256", kid="a"), jwk_of("ES256", kid=None))
    assert read.find("a", "ES256") is None


# --- From PEM and from a secret ---


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_pem_text_gives_its_key(algorithm: str) -> None:
    pem = signing_key(algorithm).public.to_pem()
    for given in (pem, pem.encode()):
        read = KeySet.from_pem(given, algorithm=algorithm, kid="key 1")
        assert [(key.kid, key.algorithm) for key in read.keys] == [("key 1", algorithm)]
    assert algorithm in KeySet.from_pem(pem).algorithms


def test_a_pem_text_may_be_pkcs1_or_a_certificate() -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    public: Any = load_pem_public_key(signing_key("RS256").public.to_pem().encode())
    pkcs1 = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    assert b"BEGIN RSA PUBLIC KEY" in pkcs1
    assert KeySet.from_pem(pkcs1) == KeySet.from_pem(signing_key("RS256").public.to_pem())
    private = ec.generate_private_key(ec.SECP256R1())
    assert KeySet.from_pem(certificate(private, private.public_key())).algorithms == {"ES256"}


def certificate(issuer: ec.EllipticCurvePrivateKey, public: Any) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer.example")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, public, 1, now, now + timedelta(days=1))
    return builder.sign(issuer, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        pytest.param("", "neither a public key nor", id="nothing"),
        pytest.param("garbage", "neither a public key nor", id="garbage"),
        pytest.param(b"\xff\x00", "neither a public key nor", id="bytes"),
        pytest.param(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "neither", id="a broken certificate"
        ),
        pytest.param(signing_key("ES256").to_private_pem(), "it is a private key", id="a private key"),
        pytest.param(
            certificate(ec.generate_private_key(ec.SECP256R1()), x25519.X25519PrivateKey.generate().public_key()),
            "signs no tokens",
            id="a certificate for encryption",
        ),
        pytest.param(
            ec.generate_private_key(ec.SECP256K1())
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "its curve is none of",
            id="secp256k1",
        ),
    ],
)
def test_what_is_no_public_pem_text_is_a_configuration_error(pem: str | bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match="the PEM key cannot be used") as caught:
        KeySet.from_pem(pem)
    assert why in str(caught.value)


def test_a_pem_key_is_bound_only_to_an_algorithm_that_fits() -> None:
    pem = signing_key("ES256").public.to_pem()
    with pytest.raises(ConfigurationError, match="it is for ES256, not for RS256"):
        KeySet.from_pem(pem, algorithm="RS256")
    with pytest.raises(ConfigurationError, match="it is for ES256, not for HS256"):
        KeySet.from_pem(pem, algorithm="HS256")
    with pytest.raises(ConfigurationError, match="unknown algorithm 'none'"):
        KeySet.from_pem(pem, algorithm="none")
    with pytest.raises(ConfigurationError, match="kid"):
        KeySet.from_pem(pem, kid="")


@pytest.mark.parametrize(
    ("length", "algorithms"), [(32, {"HS256"}), (48, {"HS256", "HS384"}), (64, set(SYMMETRIC)), (100, set(SYMMETRIC))]
)
def test_a_secret_is_bound_to_each_hmac_that_it_is_long_enough_for(length: int, algorithms: set[str]) -> None:
    read = KeySet.from_secret(bytes(length), kid="key 1")
    assert read.symmetric
    assert read.algorithms == algorithms
    assert {key.kid for key in read.keys} == {"key 1"}


def test_a_secret_is_bound_to_the_one_hmac_named() -> None:
    assert KeySet.from_secret(bytes(64), "HS384").algorithms == {"HS384"}


@pytest.mark.parametrize("algorithm", ["RS256", "none", "hs256", ""])
def test_a_secret_is_for_hmac_alone(algorithm: str) -> None:
    with pytest.raises(ConfigurationError, match="a shared secret is for HS256, HS384, HS512"):
        KeySet.from_secret(SECRET, algorithm)


@pytest.mark.parametrize(("length", "algorithm"), [(31, None), (0, None), (31, "HS256"), (47, "HS384"), (63, "HS512")])
def test_a_secret_that_is_too_short_is_refused(length: int, algorithm: str | None) -> None:
    with pytest.raises(ConfigurationError, match="needs a secret of at least"):
        KeySet.from_secret(bytes(length), algorithm)


def test_a_secret_is_bytes() -> None:
    secret: Any = CANARY * 9
    with pytest.raises(ConfigurationError, match="a shared secret is bytes") as caught:
        KeySet.from_secret(secret)
    assert CANARY not in str(caught.value)


def test_sets_of_different_secrets_differ_and_show_nothing_of_them() -> None:
    one, two = KeySet.from_secret(SECRET), KeySet.from_secret(SECRET[::-1])
    assert one == KeySet.from_secret(SECRET)
    assert one != two
    assert repr(one) == repr(two)
    assert one != "secret"


# --- Writing it out ---


@pytest.mark.parametrize(
    "jwks",
    [
        [jwk_of("RS256")],
        [jwk_of("RS256", alg=None), jwk_of("ES256", alg=None)],
        [jwk_of("ES256", kid=None), jwk_of("ES256", kid="a"), jwk_of("ES256", kid="b")],
        [jwk_of("RS256", kid="a"), jwk_of("ES256", kid="a"), jwk_of("ML-DSA-44"), jwk_of("Ed25519")],
        [jwk_of("RS256"), jwk_of("RS256", alg="PS256")],
        [],
    ],
    ids=["one", "without alg", "several names", "one name", "two algorithms", "none"],
)
def test_a_set_and_its_document_are_each_others_inverse(jwks: list[dict[str, Any]]) -> None:
    read = key_set(*jwks)
    assert KeySet.from_jwks(json.dumps(read.to_jwks())) == read
    assert len(read.to_jwks()["keys"]) == len(jwks)


def test_a_set_cannot_be_changed() -> None:
    read = key_set(jwk_of("ES256"))
    for name in KeySet.__slots__:
        with pytest.raises(AttributeError):
            setattr(read, name, ())
    with pytest.raises(AttributeError):
        read.keys.append(None)  # type: ignore[attr-defined]
