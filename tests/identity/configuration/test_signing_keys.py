"""Keys that tokens are signed with, and how one follows another."""

from base64 import b64decode, b64encode
from hashlib import sha1
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from gatepost.identity import signing_keys
from gatepost.identity.configurations import Configurations
from gatepost.identity.entity import Page
from gatepost.identity.key_shape import ALGORITHMS, Algorithm, wanted
from gatepost.identity.refusals import Conflict, InvalidData
from gatepost.identity.signing_keys import Key, NewKey, generate
from gatepost.identity.store import tables
from gatepost.jose import base64url
from gatepost.jose.key_set import KeySet
from tests.identity.configuration.conftest import NOW, SEALING, Configured

HOUR = 3_600_000


def kept(configured: Configured) -> dict[str, Key]:
    listed = configured.read(lambda c: signing_keys.listed(c, configured.environment_id, Page()))
    return {each.id: each for each in listed.items}


def statuses(configured: Configured, algorithm: str = "ES256") -> dict[str, str]:
    return {each.id: each.status for each in kept(configured).values() if each.algorithm == algorithm}


def keep(configured: Configured, new: NewKey) -> Key:
    return configured.write(lambda c: signing_keys.keep(c, configured.environment_id, new, NOW, SEALING))


def rotate(configured: Configured, new: NewKey, now: int, overlap: int | None = None) -> Key:
    return configured.write(
        lambda c: signing_keys.rotate(c, configured.environment_id, new, now, SEALING, overlap=overlap)
    )


def test_a_key_is_kept_sealed(configured: Configured) -> None:
    new = generate("ES256", now=NOW)
    keep(configured, new)
    body = "".join(new.private_pem.splitlines()[1:-1])
    rows = configured.read(lambda c: c.execute(select(tables.keys)).all())
    assert all("PRIVATE" not in str(row) and body not in str(row).replace("\\n", "") for row in rows)
    assert body not in repr(new)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_signs_what_the_published_key_verifies(algorithm: Algorithm) -> None:
    new = generate(algorithm, now=NOW)
    sealed = SEALING.seal(new.private_pem.encode(), f"signing-key:{new.id}")
    key = Key(new.id, "e", {}, NOW, NOW, "n", algorithm, "CURRENT", sealed, new.certificate, NOW, NOW)
    signing = signing_keys.opened(key, SEALING)
    assert (signing.kid, signing.algorithm) == (new.id, algorithm)
    verifying = KeySet.from_jwks({"keys": [signing.to_jwk()]}).find(new.id, algorithm)
    assert verifying is not None
    verifying.verify(signing.sign(b"text"), b"text")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_the_certificate_is_of_the_key_and_signed_by_it(algorithm: Algorithm) -> None:
    new = generate(algorithm, now=NOW, days=10, name="Example")
    certificate = x509.load_pem_x509_certificate(new.certificate.encode())
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=Example"
    assert certificate.not_valid_before_utc.timestamp() * 1000 == NOW
    assert certificate.not_valid_after_utc.timestamp() * 1000 == NOW + 240 * HOUR == new.expires_at


def test_keys_are_published_with_their_certificates(configured: Configured) -> None:
    keep(configured, generate("ES256", now=NOW))
    configurations = Configurations(configured.store, SEALING)
    try:
        configuration = configurations.get(configured.environment_id)
        assert configuration is not None
        published = configuration.published_keys(NOW)["keys"]
        members = sorted((each["alg"], each["kty"], each["use"]) for each in published)
        assert members == [("ES256", "EC", "sig"), ("RS256", "RSA", "sig"), ("RS256", "RSA", "sig")]
        for jwk in published:
            der = b64decode(jwk["x5c"][0])
            certificate = x509.load_der_x509_certificate(der)
            assert b64encode(certificate.public_bytes(Encoding.DER)).decode() == jwk["x5c"][0]
            thumbprint = base64url.encode(sha1(der, usedforsecurity=False).digest()).decode()
            assert jwk["x5t"] == thumbprint == configuration.x5t(jwk["kid"])
            assert not {"d", "p", "q"} & jwk.keys()
        assert configuration.signing_key().algorithm == "RS256"
        assert configuration.signing_key("ES256").algorithm == "ES256"
        assert configuration.signing_key("PS256").algorithm == "RS256"
        assert configuration.signing_key().kid in {each["kid"] for each in published}
        signed = configuration.signing_key("ES256").sign(b"x")
        found = configuration.key_set.find(configuration.signing_key("ES256").kid, "ES256")
        assert found is not None
        found.verify(signed, b"x")
    finally:
        configurations.close()


def test_one_key_follows_another_without_a_gap(configured: Configured) -> None:
    first, second, third = (generate("ES256", now=NOW + at) for at in range(3))
    assert keep(configured, first).status == "CURRENT"
    assert keep(configured, second).status == "NEXT"
    current = rotate(configured, third, NOW + HOUR, overlap=5 * HOUR)
    assert current.id == second.id
    assert statuses(configured) == {first.id: "PREVIOUS", second.id: "CURRENT", third.id: "NEXT"}
    assert kept(configured)[first.id].expires_at == NOW + 6 * HOUR

    def published(now: int | None) -> set[str]:
        configurations = Configurations(configured.store, SEALING)
        try:
            configuration = configurations.get(configured.environment_id)
            assert configuration is not None
            assert configuration.signing_key("ES256").kid == second.id
            return {each["kid"] for each in configuration.published_keys(now)["keys"] if each["alg"] == "ES256"}
        finally:
            configurations.close()

    assert published(NOW + 6 * HOUR - 1) == {first.id, second.id, third.id} == published(None)
    assert published(NOW + 6 * HOUR) == {second.id, third.id}
    assert configured.write(lambda c: signing_keys.remove_expired(c, NOW + 6 * HOUR - 1)) == 0
    assert configured.write(lambda c: signing_keys.remove_expired(c, NOW + 6 * HOUR)) == 1
    assert published(None) == {second.id, third.id}


def test_a_key_without_a_next_one_is_followed_at_once(configured: Configured) -> None:
    first, second = generate("PS256", now=NOW), generate("PS256", now=NOW + 1)
    keep(configured, first)
    assert rotate(configured, second, NOW + 1).id == second.id
    assert statuses(configured, "PS256") == {first.id: "PREVIOUS", second.id: "CURRENT"}


def test_a_key_is_published_as_long_as_tokens_may_live(configured: Configured) -> None:
    configured.resource(accessTokenValiditySeconds=2_592_000)
    first, second = generate("ES256", now=NOW), generate("ES256", now=NOW + 1)
    keep(configured, first)
    rotate(configured, second, NOW)
    assert kept(configured)[first.id].expires_at == NOW + 2_592_000_000 + 2 * HOUR


def test_a_key_is_made_as_the_platform_asks_for_it(configured: Configured) -> None:
    environment = configured.environment_id
    sent = {
        "name": "Mine",
        "algorithm": "EC",
        "keyLength": 256,
        "signatureAlgorithm": "SHA256withECDSA",
        "usageType": "SIGNING",
        "validityPeriod": 365,
    }
    algorithm, days, name = wanted(sent)
    assert (algorithm, days, name) == ("ES256", 365, "Mine")
    new = generate(algorithm, now=NOW, days=days, name=name)
    made = configured.write(lambda c: signing_keys.create(c, environment, sent, NOW, SEALING, new=new))
    assert made.document == {
        **sent,
        "default": True,
        "status": "VALID",
        "rotationStatus": "CURRENT",
        "startsAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": "2028-01-15T08:00:00.000Z",
    }
    other = generate("ES256", now=NOW)
    sent["default"] = True
    second = configured.write(lambda c: signing_keys.create(c, environment, sent, NOW, SEALING, new=other))
    assert second.status == "CURRENT"
    assert statuses(configured) == {made.id: "PREVIOUS", second.id: "CURRENT"}
    back = configured.write(lambda c: signing_keys.patch(c, environment, made.id, {"default": True}, NOW + 1))
    assert (back.status, back.expires_at) == ("CURRENT", made.expires_at)
    renamed = configured.write(lambda c: signing_keys.patch(c, environment, made.id, {"name": "New"}, NOW + 2))
    assert (renamed.name, renamed.status) == ("New", "CURRENT")
    with pytest.raises(Conflict):
        configured.write(lambda c: signing_keys.patch(c, environment, made.id, {"default": False}, NOW))
    with pytest.raises(Conflict):
        configured.write(lambda c: signing_keys.remove(c, environment, made.id))
    with pytest.raises(InvalidData):
        configured.write(lambda c: signing_keys.patch(c, environment, made.id, {"validityPeriod": 5}, NOW))
    configured.write(lambda c: signing_keys.remove(c, environment, second.id))
    assert statuses(configured) == {made.id: "CURRENT"}


@pytest.mark.parametrize(
    ("members", "target"),
    [
        ({"name": None}, "name"),
        ({"algorithm": "EC"}, "algorithm"),
        ({"keyLength": 256}, "keyLength"),
        ({"keyLength": 4096}, "keyLength"),
        ({"signatureAlgorithm": "SHA1withRSA"}, "signatureAlgorithm"),
        ({"usageType": "ENCRYPTION"}, "usageType"),
        ({"validityPeriod": 0}, "validityPeriod"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused(members: dict[str, Any], target: str) -> None:
    with pytest.raises(InvalidData) as caught:
        wanted({"name": "k", **members})
    assert [each.target for each in caught.value.violations] == [target]
