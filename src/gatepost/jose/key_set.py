"""The keys of one issuer: which one is meant by a token's header, and which ones are not worth trusting."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from cryptography.exceptions import UnsupportedAlgorithm

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import algorithms as registry
from gatepost.jose import strict_json
from gatepost.jose.verifying_key import VerifyingKey, bind, check_kid

Name = TypeVar("Name", str, tuple[str, str])

# RFC 7518 §6.2.2, §6.3.2, §6.4.1 and the AKP draft: members that no published key has.
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


class KeySet(Frozen):
    """An immutable set of verifying keys, found by key id and algorithm.

    Attributes:
        keys: The keys, each bound to one algorithm; a JWK without `alg` stands here once for each that fits it.
        skipped: One line for each key of the document that was passed over, with the reason; nothing of the key.
        symmetric: Whether it was made from a shared secret.
        algorithms: The algorithms that its keys are bound to.
    """

    __slots__ = ("_named", "_nameless", "_only", "algorithms", "keys", "skipped", "symmetric")

    keys: tuple[VerifyingKey, ...]
    skipped: tuple[str, ...]
    symmetric: bool
    algorithms: frozenset[str]
    _named: dict[tuple[str, str], VerifyingKey | None]
    _nameless: dict[str, VerifyingKey | None]
    _only: dict[str, VerifyingKey | None]

    def __init__(self, keys: Iterable[VerifyingKey], *, skipped: Iterable[str] = ()) -> None:
        """Make a set of `keys`.

        Raises:
            ConfigurationError: When symmetric and asymmetric keys stand in it together.
        """
        keys = tuple(keys)
        algorithms = frozenset(key.algorithm for key in keys)
        if algorithms & registry.SYMMETRIC and algorithms & registry.ASYMMETRIC:
            raise ConfigurationError("a shared secret and public keys cannot stand in one key set")
        named: dict[tuple[str, str], VerifyingKey | None] = {}
        nameless: dict[str, VerifyingKey | None] = {}
        only: dict[str, VerifyingKey | None] = {}
        for key in keys:
            for name in key.names:
                _enter(only, name, key)
                if key.kid is None:
                    _enter(nameless, name, key)
                else:
                    _enter(named, (key.kid, name), key)
        self._set(
            keys=keys,
            skipped=tuple(skipped),
            symmetric=bool(algorithms & registry.SYMMETRIC),
            algorithms=algorithms,
            _named=named,
            _nameless=nameless,
            _only=only,
        )

    def __eq__(self, other: object) -> bool:
        """Tell whether `other` holds the same keys under the same names."""
        if not isinstance(other, KeySet):
            return NotImplemented
        return set(self.keys) == set(other.keys)

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash(frozenset(self.keys))

    def __len__(self) -> int:
        """Return the number of keys, each algorithm of a key counted."""
        return len(self.keys)

    def find(self, kid: str | None, alg: str) -> VerifyingKey | None:
        """Return the key that a header with this `kid` and `alg` means, or `None`.

        A `kid` means the key of that name, or else the one key without a name, never a key of another name. No `kid`
        means the one key that fits. Where two different keys would fit, none does.
        """
        if kid is None:
            return self._only.get(alg)
        try:
            return self._named[kid, alg]
        except KeyError:
            return self._nameless.get(alg)

    @classmethod
    def from_jwks(cls, document: bytes | str | Mapping[str, object]) -> "KeySet":
        """Return the signature keys of a JWK set (RFC 7517 §5).

        Keys of unknown types and curves, keys for encryption, and weak or broken keys are passed over; `skipped` says
        which and why.

        Args:
            document: The JSON text, or the object that was read from it.

        Raises:
            ConfigurationError: When it is not a JWK set, or holds private or symmetric keys: such a document must not
                be published, and nothing in it can be trusted.
        """
        entries = _entries(document)
        keys: list[VerifyingKey] = []
        skipped: list[str] = []
        for position, jwk in enumerate(entries, 1):
            if not isinstance(jwk, Mapping):
                skipped.append(f"key {position}: it is not a JSON object")
                continue
            if jwk.get("kty") == "oct":
                raise ConfigurationError(
                    f"key {position} of the JWK set is a shared secret, which a set of public keys must not hold; "
                    "give a secret with KeySet.from_secret"
                )
            if not _PRIVATE_MEMBERS.isdisjoint(jwk):
                raise ConfigurationError(f"key {position} of the JWK set is a private key; publish its public half")
            try:
                keys.extend(_bind_jwk(jwk))
            except ConfigurationError as error:
                skipped.append(f"key {position}: {error}")
        return cls(keys, skipped=skipped)

    @classmethod
    def from_pem(cls, pem: bytes | str, *, algorithm: str | None = None, kid: str | None = None) -> "KeySet":
        """Return the set of the one public key in `pem`.

        Args:
            pem: A public key (`BEGIN PUBLIC KEY`, `BEGIN RSA PUBLIC KEY`) or an X.509 certificate, as PEM text.
            algorithm: The algorithm to bind it to; `None` binds it to each that fits its type.
            kid: Its key id, or `None`.

        Raises:
            ConfigurationError: When it is neither, is a private key, or does not fit `algorithm`.
        """
        if algorithm is not None:
            registry.allowed((algorithm,))
        try:
            return cls(bind(_read_pem(pem), algorithm, check_kid(kid)))
        except ConfigurationError as error:
            raise ConfigurationError(f"the PEM key cannot be used: {error}") from None

    @classmethod
    def from_secret(cls, secret: bytes, algorithm: str | None = None, *, kid: str | None = None) -> "KeySet":
        """Return the set of one shared secret, the only set that verifies HMAC.

        Args:
            secret: The bytes of the secret: at least 32 for HS256, 48 for HS384, 64 for HS512 (RFC 7518 §3.2).
            algorithm: The algorithm to bind it to; `None` binds it to each that it is long enough for.
            kid: Its key id, or `None`.

        Raises:
            ConfigurationError: When it is too short, or the algorithm is not an HMAC.
        """
        from gatepost.jose.oct import bind as bind_secret

        return cls(bind_secret(secret, algorithm, check_kid(kid)))

    def to_jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the set as a JWK set document."""
        same: dict[tuple[object, ...], list[VerifyingKey]] = {}
        for key in self.keys:
            same.setdefault((key.kid, key.identity), []).append(key)
        documents: list[dict[str, str]] = []
        for bound in same.values():
            jwks = [key.to_jwk() for key in bound]
            if {key.algorithm for key in bound} == registry.of_type("RSA"):
                del jwks[0]["alg"], jwks[1:]  # it was given without an algorithm, and so bound to all
            documents.extend(jwks)
        return {"keys": documents}


def _enter(index: dict[Name, VerifyingKey | None], name: Name, key: VerifyingKey) -> None:
    """Enter `key` under `name`; a second, different key under it makes the name mean nothing."""
    known = index.setdefault(name, key)
    if known is not None and (known.identity, known.algorithm) != (key.identity, key.algorithm):
        index[name] = None


def _entries(document: bytes | str | Mapping[str, object]) -> list[object]:
    if not isinstance(document, Mapping):
        if not isinstance(document, bytes | str):
            raise ConfigurationError(f"a JWK set is JSON text or an object, not {type(document).__name__}")
        try:
            document = strict_json.load_object(document)
        except TokenRejected:
            raise ConfigurationError("the JWK set is not a strict JSON object: UTF-8, no duplicate members") from None
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise ConfigurationError('the JWK set has no array "keys"; a single JWK goes into one: {"keys": [...]}')
    return entries


def _bind_jwk(jwk: Mapping[str, object]) -> list[VerifyingKey]:
    kty, use, operations, algorithm = (jwk.get(name) for name in ("kty", "use", "key_ops", "alg"))
    key_type = registry.key_type(kty) if isinstance(kty, str) else None
    if key_type is None:
        raise ConfigurationError("its key type is not one that signs tokens")
    if use not in (None, "sig"):
        raise ConfigurationError("its use is not sig")
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        raise ConfigurationError("its key_ops do not include verify")
    if algorithm is not None and not (isinstance(algorithm, str) and algorithm in {*registry.ASYMMETRIC, "EdDSA"}):
        raise ConfigurationError("its alg is not a signature algorithm that is known")
    return list(bind(key_type.from_jwk(jwk), algorithm, check_kid(jwk.get("kid"))))


def _read_pem(pem: bytes | str) -> object:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    if b"PRIVATE KEY-----" in data:
        raise ConfigurationError("it is a private key, and verification takes only the public half")
    try:
        if b"-----BEGIN CERTIFICATE-----" in data:
            from cryptography.x509 import load_pem_x509_certificate

            return load_pem_x509_certificate(data).public_key()
        return load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError("it is neither a public key nor an X.509 certificate in PEM form") from None
