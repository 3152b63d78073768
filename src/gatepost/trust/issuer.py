"""Who is trusted, for what, and by which rules: one issuer of tokens."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, get_args

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.jose.algorithms import ASYMMETRIC, SYMMETRIC, allowed

if TYPE_CHECKING:
    from gatepost.trust.key_source import KeySource

TokenType: TypeAlias = Literal["access", "id", "any"]


class IssuerOptions(TypedDict, total=False):
    """The options of `Issuer` that every vendor's function hands through."""

    algorithms: Iterable[str] | None
    keys: "KeySource | KeySet | None"
    token_type: TokenType
    leeway: float
    required_claims: Iterable[str]
    max_token_age: float | None
    aliases: Iterable[str]
    client_id_as_audience: bool
    require_at_jwt: bool


class Issuer(Frozen):
    """An issuer, and what its tokens have to be.

    Attributes:
        identifier: The exact value of `iss`.
        audience: The values of `aud` of which one has to be there; `None` when no audience is asked for.
        algorithms: The algorithms that its tokens may be signed with.
        keys: Where its keys come from.
        token_type: The kind of token that is accepted.
        leeway: Seconds of clock difference that are forgiven in `exp`, `nbf`, `iat` and `auth_time`.
        required_claims: Claims that have to be there, whatever their value.
        max_token_age: Seconds since `iat` after which a token is too old, or `None`.
        aliases: Other exact values of `iss` that mean this issuer.
        client_id_as_audience: Whether `client_id` stands in where `aud` is missing.
        require_at_jwt: Whether an access token has to say `typ: at+jwt`.
    """

    __slots__ = (
        "algorithms",
        "aliases",
        "audience",
        "client_id_as_audience",
        "identifier",
        "keys",
        "leeway",
        "max_token_age",
        "require_at_jwt",
        "required_claims",
        "token_type",
    )

    identifier: str
    audience: tuple[str, ...] | None
    algorithms: frozenset[str]
    keys: "KeySource | KeySet"
    token_type: TokenType
    leeway: float
    required_claims: tuple[str, ...]
    max_token_age: float | None
    aliases: tuple[str, ...]
    client_id_as_audience: bool
    require_at_jwt: bool

    def __init__(
        self,
        identifier: str,
        *,
        audience: str | Iterable[str] | None,
        algorithms: Iterable[str] | None = None,
        keys: "KeySource | KeySet | None" = None,
        token_type: TokenType = "access",
        leeway: float = 0,
        required_claims: Iterable[str] = (),
        max_token_age: float | None = None,
        aliases: Iterable[str] = (),
        client_id_as_audience: bool = False,
        require_at_jwt: bool = False,
    ) -> None:
        """Trust an issuer.

        Args:
            identifier: The exact value of `iss`, such as `https://auth.pingone.eu/<environment>/as`. Nothing is
                normalised: a trailing slash counts.
            audience: What `aud` has to name: one value, or several of which any will do. `None` accepts every
                audience, and has to be written: a token for another API of the same issuer is good here then.
            algorithms: Such as `("RS256", "ES256")`; `None` accepts all the asymmetric ones. HMAC algorithms have to
                be named, and work only with a key set made from a secret.
            keys: `Discovery()` (what `None` means), `JwksUrl(url)`, `JwksFile(path)`, or a `KeySet` as it is.
            token_type: `access` (RFC 9068 and the vendors' older forms), `id` (OpenID Connect Core §3.1.3.7), or
                `any`. An ID token never passes as an access token, nor the other way round.
            leeway: Seconds of clock difference to forgive.
            required_claims: Names of claims that have to be there besides `iss`, `exp` and the audience.
            max_token_age: Seconds since `iat` after which a token is refused as too old; it makes `iat` required.
            aliases: Other exact values of `iss` that mean this issuer, for issuers that changed their name.
            client_id_as_audience: Whether `client_id` is compared where `aud` is missing, as Cognito needs.
            require_at_jwt: Whether an access token without `typ: at+jwt` is refused (RFC 9068 §4).

        Raises:
            ConfigurationError: When a value makes no sense, or the keys' URL may not be fetched.
        """
        if keys is None:
            from gatepost.trust.discovery import Discovery

            keys = Discovery()
        _check_text("identifier", identifier)
        _check_seconds("leeway", leeway)
        if max_token_age is not None:
            _check_seconds("max_token_age", max_token_age)
        if token_type not in get_args(TokenType):
            raise ConfigurationError(f"token_type is one of {', '.join(get_args(TokenType))}, not {token_type!r}")
        _check_switch("client_id_as_audience", client_id_as_audience)
        _check_switch("require_at_jwt", require_at_jwt)
        accepted = ASYMMETRIC if algorithms is None else allowed(_texts("algorithms", algorithms, at_least=1))
        _check_keys(accepted, keys)
        if not isinstance(keys, KeySet):
            keys.check(identifier)
        self._set(
            identifier=identifier,
            audience=None if audience is None else _texts("audience", audience, at_least=1),
            algorithms=accepted,
            keys=keys,
            token_type=token_type,
            leeway=leeway,
            required_claims=_texts("required_claims", required_claims),
            max_token_age=max_token_age,
            aliases=_texts("aliases", aliases),
            client_id_as_audience=client_id_as_audience,
            require_at_jwt=require_at_jwt,
        )


def _check_keys(accepted: frozenset[str], keys: "KeySource | KeySet") -> None:
    if not isinstance(keys, KeySet) and (
        isinstance(keys, type) or not hasattr(keys, "check") or not hasattr(keys, "open")
    ):
        raise ConfigurationError("keys is a KeySet, Discovery(), JwksUrl(url), JwksFile(path), or None for Discovery()")
    symmetric = accepted & SYMMETRIC
    if symmetric and not (isinstance(keys, KeySet) and keys.symmetric):
        raise ConfigurationError(
            f"{min(symmetric)} works only with a key set made from a shared secret: keys=KeySet.from_secret(...)"
        )
    if symmetric and accepted - symmetric:
        raise ConfigurationError("HMAC and public-key algorithms cannot be accepted together from one issuer")
    if isinstance(keys, KeySet) and not keys.algorithms & accepted:
        wanted = ", ".join(sorted(keys.algorithms)) or "none: the set is empty"
        raise ConfigurationError(f"none of the issuer's keys is for an accepted algorithm; they are for {wanted}")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} is a string that is not empty, not {value!r}")


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} is True or False, not {value!r}")


def _check_seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ConfigurationError(f"{name} is a number of seconds, 0 or more, not {value!r}")


def _texts(name: str, values: object, *, at_least: int = 0) -> tuple[str, ...]:
    if not isinstance(values, Iterable):
        raise ConfigurationError(f"{name} is a string or several, not {values!r}")
    texts = (values,) if isinstance(values, str) else tuple(values)
    if len(texts) < at_least:
        raise ConfigurationError(f"{name} is empty; name at least one")
    for text in texts:
        _check_text(name, text)
    return texts
