"""What is wrong with an issuer, before the first token: what AWS looks at when an authorizer is created, and traps."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from gatepost.apigateway.authorizers.discovery_document import TIME_LIMIT, make_fetcher, read_discovery, read_keys
from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.authorizer import JwtAuthorizer
from gatepost.apigateway.model.place import Place
from gatepost.errors import ConfigurationError
from gatepost.trust import location
from gatepost.trust.fetch import Fetcher, FetchFailed

HTTP_NOTICE = "the issuer {} is asked by plain http, which works on this machine alone: AWS takes https issuers"

_PLAIN_HTTP = (
    "{!r} is plain http, where anybody on the way can exchange the keys; use https, or an issuer on this machine"
)
_INVALID = (
    "Invalid issuer: {}. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'"
)


class IssuerTrap(NamedTuple):
    """Something about an issuer that will go wrong on AWS.

    Attributes:
        place: Where it stands in the template.
        name: What kind of trap it is, such as `issuer-without-keys`.
        message: What is wrong.
        remedy: What to do.
    """

    place: Place
    name: str
    message: str
    remedy: str


def refusal(issuer: str, cause: str) -> str:
    """Return what AWS says when the discovery document cannot be had, and why it cannot."""
    return f"{_INVALID.format(issuer)} ({cause}); start the issuer, or pass --allow-unreachable-issuers"


def objection(issuer: str) -> str | None:
    """Return why an issuer may not be asked, or `None` when it may."""
    try:
        location.check(issuer)
    except ConfigurationError as error:
        return _PLAIN_HTTP.format(location.shown(issuer)) if is_plain_http(issuer) else str(error)
    return None


def is_plain_http(issuer: str) -> bool:
    """Tell whether an issuer is one that would be asked without TLS."""
    try:
        parts = urlsplit(issuer)
        location.check(issuer, (parts.hostname or "",))
    except (ValueError, ConfigurationError):
        return False
    return parts.scheme == "http"


def issuer_notices(application: Application) -> tuple[str, ...]:
    """Return what the user should know about the issuers, though it is no trap: which are for local work alone."""
    return tuple(
        f"{each.place}: {HTTP_NOTICE.format(each.issuer)}" for each in _of(application) if _is_local_http(each.issuer)
    )


def issuer_traps(
    application: Application,
    *,
    fetcher: Fetcher | None = None,
    ca_file: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[IssuerTrap, ...]:
    """Return what is wrong with the issuers of an application; every issuer is asked once. It blocks.

    Args:
        application: The application.
        fetcher: What fetches, or `None` for urllib3 within AWS's limits.
        ca_file: A PEM file of CA certificates to trust besides the system's, or `None`.
        time_limit: Seconds that an issuer has for a document; AWS's own limit unless a test needs more.

    Raises:
        ConfigurationError: When the CA file is not there.
    """
    authorizers = _of(application)
    if authorizers and fetcher is None:
        fetcher = make_fetcher(ca_file, time_limit)
    return tuple(trap for each in authorizers if fetcher is not None for trap in _traps_of(each, fetcher))


def _of(application: Application) -> tuple[JwtAuthorizer, ...]:
    """Return one authorizer of each issuer."""
    found: dict[str, JwtAuthorizer] = {}
    for api in application.apis:
        for authorizer in api.authorizers.values():
            if isinstance(authorizer, JwtAuthorizer):
                found.setdefault(authorizer.issuer, authorizer)
    return tuple(found.values())


def _is_local_http(issuer: str) -> bool:
    return is_plain_http(issuer) and location.is_loopback(urlsplit(issuer).hostname or "")


def _traps_of(authorizer: JwtAuthorizer, fetcher: Fetcher) -> Iterator[IssuerTrap]:
    issuer, place = authorizer.issuer, authorizer.place
    why = objection(issuer)
    if why is not None:
        name = "plain-http-issuer" if is_plain_http(issuer) else "issuer-that-may-not-be-asked"
        yield IssuerTrap(place, name, why, "give the issuer's https URL, to the letter of `iss`")
        return
    try:
        document = read_discovery(issuer, fetcher)
    except FetchFailed as error:
        yield IssuerTrap(
            place,
            "issuer-without-discovery",
            f"{_INVALID.format(issuer)} ({error})",
            "on AWS an import goes on with a warning, and the routes of this authorizer vanish: make the issuer "
            "reachable, and set FailOnWarnings: true",
        )
        return
    if document.issuer != issuer:
        yield IssuerTrap(
            place,
            "issuer-mismatch",
            f"{document.url} names another issuer than {issuer}{_slash(document.issuer, issuer)}",
            "tokens will say what the document says; write the issuer just so, with or without its trailing slash",
        )
    try:
        keys = read_keys(document.jwks_uri, fetcher)
    except FetchFailed as error:
        remedy = "without keys every token is refused with: JWKS communication error"
        yield IssuerTrap(place, "issuer-without-keys", f"the keys of {issuer} cannot be had: {error}", remedy)
        return
    if not any(key.algorithm.startswith("RS") for key in keys.keys):
        kinds = ", ".join(sorted(keys.algorithms)) or "none that can verify a token"
        yield IssuerTrap(
            place,
            "issuer-without-rsa-keys",
            f"the keys of {issuer} are for {kinds}, and JWT authorizers take RS256, RS384 and RS512",
            "have the issuer sign with RS256, or use a Lambda authorizer (gatepost.gates.aws_lambda)",
        )


def _slash(found: str, issuer: str) -> str:
    return ": they differ just by a trailing slash" if found.rstrip("/") == issuer.rstrip("/") else ""
