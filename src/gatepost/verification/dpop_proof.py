"""One DPoP proof, judged for one request: pure, with the time as an argument (RFC 9449 §4.3).

Whether it was used before is for a `ReplayStore`, and whether the access token is bound to its key for `confirmation`.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from hmac import compare_digest

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.jose import KeySet, base64url, compact
from gatepost.jose.algorithms import ASYMMETRIC, SYMMETRIC, allowed, spellings
from gatepost.jose.header import read_proof
from gatepost.jose.strict_json import load_object
from gatepost.jose.verifying_key import VerifyingKey
from gatepost.verification.dpop_challenge import ProofRejected
from gatepost.verification.dpop_nonce import DpopNonces
from gatepost.verification.htu import normalised
from gatepost.verification.limits import check_number

MAX_JTI_LENGTH = 256

# Whoever sends a proof chooses its key, and so how much work it makes: RSA up to 4096 bits, exponents up to 32.
_MAX_RSA_MEMBERS = {"n": 683, "e": 6}


class ProofRules(Frozen):
    """How proofs have to be.

    Attributes:
        algorithms: The algorithms that they may be signed with.
        max_age: Seconds after `iat` until which a proof is good.
        max_future: Seconds that `iat` may lie ahead, for clients whose clock does.
        max_length: The greatest length of a proof, in octets.
    """

    __slots__ = ("algorithms", "max_age", "max_future", "max_length")

    algorithms: frozenset[str]
    max_age: float
    max_future: float
    max_length: int

    def __init__(
        self,
        *,
        algorithms: Iterable[str] | None = None,
        max_age: float = 60.0,
        max_future: float = 5.0,
        max_length: int = compact.MAX_LENGTH,
    ) -> None:
        """Take the rules; their meaning stands with the attributes.

        Raises:
            ConfigurationError: When a value makes no sense, or an algorithm is unknown or symmetric.
        """
        accepted = ASYMMETRIC if algorithms is None else allowed(algorithms)
        if not accepted or accepted & SYMMETRIC:
            raise ConfigurationError("the algorithms of DPoP proofs are public-key ones, at least one")
        check_number("max_age", max_age, 0, 86_400)
        check_number("max_future", max_future, 0, 86_400)
        check_number("max_length", max_length, 1, 1_000_000)
        self._set(algorithms=accepted, max_age=max_age, max_future=max_future, max_length=max_length)


class Proof(Frozen):
    """What a good proof says.

    Attributes:
        thumbprint: The SHA-256 thumbprint of its key (RFC 7638), which `cnf.jkt` of the access token has to be.
        jti: Its identifier.
        replay_key: What stands for this one use of its key: a hash of the key, the URL and `jti` (§11.1).
        until: Until when it has to be remembered, in seconds since 1970, clocks that differ allowed for.
    """

    __slots__ = ("jti", "replay_key", "thumbprint", "until")

    thumbprint: str
    jti: str
    replay_key: str
    until: float

    def __init__(self, thumbprint: str, jti: str, htu: str, until: float) -> None:
        # Neither a thumbprint nor a URL in normal form holds a NUL, so that no two uses make the same text.
        whole = f"{thumbprint}\0{htu}\0{jti}".encode()
        key = base64url.encode(sha256(whole).digest()).decode()
        self._set(thumbprint=thumbprint, jti=jti, replay_key=key, until=until)

    def __repr__(self) -> str:
        """Show whose it is, and nothing that it says."""
        return f"Proof(thumbprint={self.thumbprint!r})"


def check(
    proof: str | bytes,
    *,
    method: str,
    url: str,
    access_token: str | None,
    rules: ProofRules,
    now: float,
    nonces: DpopNonces | None = None,
) -> Proof:
    """Return what `proof` says, if it is good for this request.

    Args:
        proof: The value of the one `DPoP` header.
        method: The request's method, such as `GET`.
        url: The URL that the client asked for; behind a proxy, the one in front of it. Its query does not count.
        access_token: The access token that came with it, whose hash has to be in it; `None` where there is none.
        rules: How proofs have to be.
        now: The time in seconds since 1970.
        nonces: The server's nonces, of which one has to be in it, or `None`.

    Raises:
        ProofRejected: With the first rule that does not hold.
    """
    key, claims = _claims_of(proof, rules)
    jti = _text(claims, "jti")
    if not 0 < len(jti) <= MAX_JTI_LENGTH:
        raise ProofRejected(Reason.BAD_CLAIM, claim="jti")
    if _text(claims, "htm") != method:
        raise ProofRejected(Reason.BAD_CLAIM, claim="htm")
    htu = normalised(_text(claims, "htu"))
    if htu is None or htu != normalised(url):
        raise ProofRejected(Reason.BAD_CLAIM, claim="htu")
    issued = _check_times(claims, rules, now)
    if access_token is not None and not _same(_text(claims, "ath"), hash_of(access_token)):
        raise ProofRejected(Reason.BAD_CLAIM, claim="ath")
    if nonces is not None and not ("nonce" in claims and nonces.accepts(_text(claims, "nonce"), now)):
        raise ProofRejected(Reason.WRONG_NONCE, claim="nonce", dpop_nonce=nonces.current(now))
    return Proof(key.thumbprint(), jti, htu, issued + rules.max_age + rules.max_future)


def hash_of(access_token: str) -> str:
    """Return `ath` for an access token (RFC 9449 §4.2)."""
    return base64url.encode(sha256(access_token.encode("utf-8", "surrogatepass")).digest()).decode()


def _claims_of(proof: str | bytes, rules: ProofRules) -> tuple[VerifyingKey, dict[str, object]]:
    """Return the claims of a proof that its own key signed, with that key."""
    try:
        return _read(proof, rules)
    except TokenRejected as error:  # it speaks of a token
        raise ProofRejected(error.reason, claim=error.claim) from None


def _read(proof: str | bytes, rules: ProofRules) -> tuple[VerifyingKey, dict[str, object]]:
    header_text, payload_text, signature_text, signing_input = compact.take_apart(proof, rules.max_length)
    header, jwk = read_proof(header_text)
    payload, signature = base64url.decode(payload_text), base64url.decode(signature_text)
    if header.alg not in spellings(rules.algorithms):
        raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM, claim="alg")
    key = _key(jwk, header.alg)
    if key.algorithm not in rules.algorithms:
        raise TokenRejected(Reason.UNSUPPORTED_ALGORITHM, claim="alg")
    key.verify(signature, signing_input)
    return key, load_object(payload)


def _key(jwk: Mapping[str, object], alg: str) -> VerifyingKey:
    if jwk.get("kty") == "RSA" and any(len(str(jwk.get(name))) > most for name, most in _MAX_RSA_MEMBERS.items()):
        raise TokenRejected(Reason.MALFORMED, claim="jwk")
    try:
        key = KeySet.from_jwks({"keys": [jwk]}).find(None, alg)
    except ConfigurationError:  # a private key, or a shared secret
        key = None
    if key is None:  # or broken, weak, or of another type than `alg`
        raise TokenRejected(Reason.MALFORMED, claim="jwk")
    return key


def _check_times(claims: Mapping[str, object], rules: ProofRules, now: float) -> float:
    issued = _number(claims, "iat")
    if issued - rules.max_future > now:
        raise ProofRejected(Reason.ISSUED_IN_FUTURE, claim="iat")
    if now > issued + rules.max_age:
        raise ProofRejected(Reason.TOO_OLD, claim="iat")
    # A proof need not have these; one that has them means them (RFC 7519 §4.1.4, §4.1.5).
    if "exp" in claims and now >= _number(claims, "exp") + rules.max_future:
        raise ProofRejected(Reason.EXPIRED, claim="exp")
    if "nbf" in claims and now < _number(claims, "nbf") - rules.max_future:
        raise ProofRejected(Reason.NOT_YET_VALID, claim="nbf")
    return issued


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if isinstance(value, str):
        return value
    raise ProofRejected(Reason.BAD_CLAIM if name in claims else Reason.MISSING_CLAIM, claim=name)


def _number(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if type(value) is int or type(value) is float:
        return value
    raise ProofRejected(Reason.BAD_CLAIM if name in claims else Reason.MISSING_CLAIM, claim=name)


def _same(text: str, other: str) -> bool:
    return compare_digest(text.encode("utf-8", "surrogatepass"), other.encode())
