"""A key that verifies: typed, and bound to exactly one algorithm when it is loaded."""

from collections.abc import Iterator, Mapping

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import algorithms as registry
from gatepost.jose.signature import Verify

MAX_KID_LENGTH = 256


class VerifyingKey(Frozen):
    """One key, for one algorithm.

    Attributes:
        algorithm: The name of its algorithm, such as `RS256` or `Ed25519`.
        kid: Its key id, or `None`.
        verify: Takes (signature, signing input) and raises `TokenRejected(bad_signature)` when they do not fit.
        identity: The key's own members without names or purposes; equal for the same key under several kids.
    """

    __slots__ = ("_public", "algorithm", "identity", "kid", "verify")

    algorithm: str
    kid: str | None
    identity: tuple[tuple[str, str], ...]
    verify: Verify
    _public: registry.PublicKey

    def __init__(
        self, algorithm: str, kid: str | None, verify: Verify, members: Mapping[str, str], public: registry.PublicKey
    ) -> None:
        identity = tuple(sorted(members.items()))
        self._set(algorithm=algorithm, kid=kid, verify=verify, identity=identity, _public=public)

    def __eq__(self, other: object) -> bool:
        """Tell whether `other` is the same key under the same name for the same algorithm."""
        if not isinstance(other, VerifyingKey):
            return NotImplemented
        return (self.algorithm, self.kid, self.identity) == (other.algorithm, other.kid, other.identity)

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash((self.algorithm, self.kid, self.identity))

    def __repr__(self) -> str:
        """Show its name and its algorithm, and nothing of the key."""
        return f"VerifyingKey(kid={self.kid!r}, algorithm={self.algorithm!r})"

    @property
    def names(self) -> tuple[str, ...]:
        """The values of `alg` in a token's header that mean this key's algorithm."""
        return registry.names(self.algorithm)

    def to_jwk(self) -> dict[str, str]:
        """Return the key as a public JWK, with `kid`, `use` and `alg`.

        Raises:
            ConfigurationError: For a shared secret, which has no public half.
        """
        jwk = self._members()
        if self.kid is not None:
            jwk["kid"] = self.kid
        return jwk | {"use": "sig", "alg": self.algorithm}

    def to_pem(self) -> str:
        """Return the key as the PEM text of a SubjectPublicKeyInfo."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._members()
        pem: bytes = self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem.decode()

    def thumbprint(self) -> str:
        """Return the key's SHA-256 thumbprint (RFC 7638)."""
        from gatepost.jose.jwk_thumbprint import thumbprint

        return thumbprint(self._members())

    def _members(self) -> dict[str, str]:
        if self._public is None:
            raise ConfigurationError("a shared secret has no public half to show")
        return dict(self.identity)


def bind(public: registry.PublicKey, algorithm: str | None, kid: str | None) -> Iterator[VerifyingKey]:
    """Yield one key object for each algorithm that `public` serves: the one named, or all that fit its type.

    Raises:
        ConfigurationError: When the key is too weak, or does not fit the algorithm.
    """
    key_type = registry.key_type_of(public)
    key_type.check(public)
    possible = key_type.algorithms(public)
    if algorithm == "EdDSA":
        algorithm = possible[0] if possible[0] in registry.EDDSA else algorithm
    if algorithm is not None and algorithm not in possible:
        raise ConfigurationError(f"it is for {', '.join(possible)}, not for {algorithm}")
    members = key_type.members(public)
    for name in possible if algorithm is None else (algorithm,):
        yield VerifyingKey(name, kid, key_type.verifier(public, name), members, public)


def check_kid(kid: object) -> str | None:
    """Return `kid`, if it can name a key.

    Raises:
        ConfigurationError: When it is not a string of 1 to 256 characters.
    """
    if kid is None:
        return None
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID_LENGTH:
        raise ConfigurationError(f"its kid is not a string of 1 to {MAX_KID_LENGTH} characters")
    return kid
