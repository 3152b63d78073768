"""A key that signs: private, and bound to exactly one algorithm."""

from collections.abc import Mapping
from secrets import token_bytes

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import algorithms as registry
from gatepost.jose import oct as shared_secret
from gatepost.jose import octets
from gatepost.jose.key_set import KeySet
from gatepost.jose.signature import Sign
from gatepost.jose.verifying_key import VerifyingKey, bind, check_kid


class SigningKey(Frozen):
    """One private key, or one shared secret, for one algorithm.

    Attributes:
        algorithm: The name of its algorithm, such as `RS256`.
        kid: Its key id, or `None`.
        sign: Takes the signing input and returns the signature.
    """

    __slots__ = ("_private", "algorithm", "kid", "sign")

    algorithm: str
    kid: str | None
    sign: Sign
    _private: registry.PrivateKey | bytes

    def __init__(self, algorithm: str, kid: str | None, sign: Sign, private: registry.PrivateKey | bytes) -> None:
        self._set(algorithm=algorithm, kid=kid, sign=sign, _private=private)

    def __repr__(self) -> str:
        """Show its name and its algorithm, and nothing of the key."""
        return f"SigningKey(kid={self.kid!r}, algorithm={self.algorithm!r})"

    @classmethod
    def generate(cls, algorithm: str, *, kid: str | None = None) -> "SigningKey":
        """Return a fresh key.

        Args:
            algorithm: Its algorithm, such as `ES256`; RSA keys get 2048 bits, `EdDSA` gives Ed25519.
            kid: Its key id; by default the thumbprint of its public half, and none for a shared secret.

        Raises:
            ConfigurationError: For an algorithm that is not known.
        """
        registry.allowed((algorithm,))
        algorithm = "Ed25519" if algorithm == "EdDSA" else algorithm
        if algorithm in registry.SYMMETRIC:
            return cls.from_secret(token_bytes(shared_secret.size(algorithm)), algorithm, kid=kid)
        return cls._of(registry.key_type_for(algorithm).generate(algorithm), algorithm, kid)

    @classmethod
    def from_pem(
        cls, pem: bytes | str, algorithm: str | None = None, *, kid: str | None = None, password: bytes | None = None
    ) -> "SigningKey":
        """Return the private key in `pem` (PKCS #8, PKCS #1 or SEC 1).

        Args:
            pem: The PEM text.
            algorithm: Its algorithm; `None` takes the first that fits, which for RSA is RS256.
            kid: Its key id; by default the thumbprint of its public half.
            password: What the text is encrypted with, or `None`.

        Raises:
            ConfigurationError: When it is no private key, the password is wrong, or it does not fit the algorithm.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private = load_pem_private_key(pem.encode() if isinstance(pem, str) else pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ConfigurationError("the PEM text is not a private key that this password opens") from None
        return cls._of(private, algorithm, kid)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "SigningKey":
        """Return the key of a private JWK; without `alg` it takes the first algorithm that fits, for RSA RS256.

        Raises:
            ConfigurationError: When it is no private JWK, is weak, or its members do not fit each other.
        """
        kty, algorithm, kid = jwk.get("kty"), jwk.get("alg"), check_kid(jwk.get("kid"))
        if algorithm is not None and not isinstance(algorithm, str):
            raise ConfigurationError("the JWK's alg is not a string")
        if kty == "oct":
            return cls.from_secret(octets.read(jwk, "k"), "HS256" if algorithm is None else algorithm, kid=kid)
        key_type = registry.key_type(kty) if isinstance(kty, str) else None
        if key_type is None:
            raise ConfigurationError("the JWK's kty is none of RSA, EC, OKP, AKP, oct")
        return cls._of(key_type.private_from_jwk(jwk), algorithm, kid)

    @classmethod
    def from_secret(cls, secret: bytes, algorithm: str = "HS256", *, kid: str | None = None) -> "SigningKey":
        """Return a shared secret bound to an HMAC algorithm.

        Raises:
            ConfigurationError: When it is shorter than the hash, or the algorithm is not an HMAC.
        """
        shared_secret.check(secret, algorithm)
        return cls(algorithm, check_kid(kid), shared_secret.signer(secret, algorithm), secret)

    @classmethod
    def _of(cls, private: registry.PrivateKey, algorithm: str | None, kid: str | None) -> "SigningKey":
        if algorithm is not None:
            registry.allowed((algorithm,))
        try:
            public = next(bind(private.public_key(), algorithm, check_kid(kid)))
        except ConfigurationError as error:
            raise ConfigurationError(f"the private key cannot be used: {error}") from None
        sign = registry.key_type_of(private).signer(private, public.algorithm)
        return cls(public.algorithm, public.kid or public.thumbprint(), sign, private)

    @property
    def public(self) -> VerifyingKey:
        """The half that verifies; for a shared secret, the key that verifies with it."""
        return self.key_set().keys[0]

    def key_set(self) -> KeySet:
        """Return the set of the one key that verifies what this one signs."""
        if isinstance(self._private, bytes):
            return KeySet.from_secret(self._private, self.algorithm, kid=self.kid)
        return KeySet(bind(self._private.public_key(), self.algorithm, self.kid))

    def thumbprint(self) -> str:
        """Return the SHA-256 thumbprint of its public half (RFC 7638)."""
        return self.public.thumbprint()

    def to_jwk(self) -> dict[str, str]:
        """Return the public half as a JWK."""
        return self.public.to_jwk()

    def to_private_jwk(self) -> dict[str, str]:
        """Return the whole key as a private JWK: a secret."""
        if isinstance(self._private, bytes):
            named = {} if self.kid is None else {"kid": self.kid}
            return {"kty": "oct", "k": octets.write(self._private), **named, "use": "sig", "alg": self.algorithm}
        return self.to_jwk() | registry.key_type_of(self._private).private_members(self._private)

    def to_private_pem(self) -> str:
        """Return the whole key as the PEM text of an unencrypted PKCS #8 structure: a secret.

        Raises:
            ConfigurationError: For a shared secret, which has no PEM form.
        """
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        if isinstance(self._private, bytes):
            raise ConfigurationError("a shared secret has no PEM form; keep it as a JWK")
        pem: bytes = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem.decode()
