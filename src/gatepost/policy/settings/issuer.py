"""`[issuers.NAME]` in a policy file: whom to trust, by a vendor's name or by the issuer's own."""

import inspect
import re
import time
from collections.abc import Callable, Mapping
from typing import Literal, get_args, get_origin

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.jose import KeySet
from gatepost.jose.algorithms import KEY_TYPES
from gatepost.policy.settings.introspection import IntrospectionSettings, read_introspection
from gatepost.policy.settings.issuer_keys import KeySettings
from gatepost.policy.settings.nearest_name import quoted, suggestion
from gatepost.policy.settings.table import Table
from gatepost.policy.settings.watched_files import WatchedFiles
from gatepost.trust.issuer import Issuer, IssuerOptions, TokenType
from gatepost.trust.vendors import NAMES, vendor

_ALGORITHMS = (*KEY_TYPES, "EdDSA")

# How the library's messages write a setting with one element.
_AS_TUPLE = re.compile(r"(?P<name>[a-z_]+)=\('(?P<element>[^']*)',\)")

# How it asks for the keys of HMAC.
_SECRET_KEYS = "keys=KeySet.from_secret(...)"

# Parameters of the vendors' functions that are not theirs alone.
_SHARED = frozenset({"audience", "ca_file"})


class TrustedIssuer(Frozen):
    """An issuer, and in which forms its tokens are accepted.

    Attributes:
        issuer: The issuer.
        jwts: Whether JWTs of it are accepted.
        introspection: How to ask about its opaque tokens, or `None` when they are not accepted.
    """

    __slots__ = ("introspection", "issuer", "jwts")

    issuer: Issuer
    jwts: bool
    introspection: IntrospectionSettings | None

    def __init__(
        self, issuer: Issuer, *, jwts: bool = True, introspection: IntrospectionSettings | None = None
    ) -> None:
        self._set(issuer=issuer, jwts=jwts, introspection=introspection)


def read_issuer(table: Table, environ: Mapping[str, str], files: WatchedFiles) -> TrustedIssuer | None:
    """Return the issuer that a table describes, or `None` when something is wrong with it.

    Args:
        table: The table.
        environ: The environment's variables.
        files: Gets the files of secrets and certificates that the table names.
    """
    before = len(table.document.problems)
    make = _maker(table)
    audience = _audience(table)
    options = _options(table)
    keys = KeySettings(table, environ, files)
    jwts = table.flag("jwt") is not False
    asking = table.table("introspection", f"{table.title[:-1]}.introspection]")
    introspection = None if asking is None else read_introspection(asking, environ, files, keys.remote)
    if not jwts and "introspection" not in table:
        table.complain(f"without JWTs {table.title} needs {table.title[:-1]}.introspection]", "jwt")
    table.finish()
    if make is None or len(table.document.problems) > before:
        return None
    if keys.keys is not None:
        options["keys"] = keys.keys
        if isinstance(keys.keys, KeySet):
            options.setdefault("algorithms", keys.keys.algorithms)
    try:
        issuer = make(audience=audience, **options)
        if keys.remote and keys.keys is None:
            options["keys"] = keys.elsewhere(issuer.keys)
            issuer = make(audience=audience, **options)
    except ConfigurationError as error:
        table.complain(*_at_fault(table, str(error)))
        return None
    if asking is not None and introspection is not None:
        try:
            introspection.open(issuer, time.time)
        except ConfigurationError as error:
            asking.complain(*_at_fault(asking, str(error)))
            return None
    return TrustedIssuer(issuer, jwts=jwts, introspection=introspection)


def _maker(table: Table) -> Callable[..., Issuer] | None:
    """Return what makes the issuer out of its audience and options."""
    name = table.text("vendor")
    if name is not None:
        return _vendor_maker(table, name)
    identifier = table.text("issuer")
    if identifier is not None:
        return lambda **options: Issuer(identifier, **options)
    if "vendor" not in table and "issuer" not in table:
        table.complain(f'{table.title} says not who it is: write vendor = "pingone", or issuer = "https://…"')
    return None


def _vendor_maker(table: Table, name: str) -> Callable[..., Issuer] | None:
    if name not in NAMES:
        table.complain(f"unknown vendor {quoted(name)}{suggestion(name, NAMES)}", "vendor")
        return None
    function = vendor(name)
    given: dict[str, object] = {}
    missing: list[str] = []
    own = _parameters(function)
    for parameter in own.values():
        key = _spelling(table, parameter.name)
        value = _setting(table, key, parameter)
        if value is not None:
            given[parameter.name] = value
        elif key not in table and parameter.default is parameter.empty:
            missing.append(parameter.name.removesuffix("_id"))
    for key in missing:
        table.complain(f"{table.title} lacks {quoted(key)}, which the vendor {name} needs")
    if "issuer" not in own and "issuer" in table:
        table.complain('"vendor" and "issuer" both say who is trusted; keep one', "issuer")
    return None if missing else lambda **options: function(**given, **options)


def _parameters(function: Callable[..., Issuer]) -> dict[str, inspect.Parameter]:
    """Return the parameters that are the vendor's own."""
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD and name not in _SHARED
    }


def _spelling(table: Table, parameter: str) -> str:
    """Return the key for a parameter: `environment_id` may be written `environment`."""
    short = parameter.removesuffix("_id")
    if short == parameter or short not in table:
        return parameter
    if parameter in table:
        table.complain(f"{quoted(short)} and {quoted(parameter)} are the same; keep one", parameter)
    return short


def _setting(table: Table, key: str, parameter: inspect.Parameter) -> object:
    """Return the value for a vendor's parameter, as its annotation wants it."""
    if get_origin(parameter.annotation) is not Literal:
        return table.text(key)
    choices = get_args(parameter.annotation)
    if all(isinstance(choice, str) for choice in choices):
        return table.one_of(key, choices)
    value = table.value(key)
    if value is None or any(type(value) is type(choice) and value == choice for choice in choices):
        return value
    table.complain(f"{quoted(key)} is one of {', '.join(map(str, choices))}", key)
    return None


def _audience(table: Table) -> tuple[str, ...] | None:
    audience, of_all = table.texts("audience", or_one=True), table.flag("any_audience")
    if "audience" in table and of_all:
        table.complain('"audience" and "any_audience" contradict each other; keep one', "any_audience")
    elif "audience" not in table and not of_all:
        table.complain(
            f'{table.title} lacks "audience": whom its tokens are for; '
            f"any_audience = true accepts tokens for other APIs too"
        )
    return audience


def _options(table: Table) -> IssuerOptions:
    found: IssuerOptions = {}
    if (algorithms := table.some_of("algorithms", _ALGORITHMS, "algorithm")) is not None:
        found["algorithms"] = algorithms
    if (token_type := table.one_of("token_type", get_args(TokenType))) is not None:
        found["token_type"] = token_type
    if (leeway := table.seconds("leeway")) is not None:
        found["leeway"] = leeway
    if (required_claims := table.texts("required_claims")) is not None:
        found["required_claims"] = required_claims
    if (max_token_age := table.seconds("max_token_age")) is not None:
        found["max_token_age"] = max_token_age
    if (aliases := table.texts("aliases")) is not None:
        found["aliases"] = aliases
    if (stands_in := table.flag("client_id_as_audience")) is not None:
        found["client_id_as_audience"] = stands_in
    if (require_at_jwt := table.flag("require_at_jwt")) is not None:
        found["require_at_jwt"] = require_at_jwt
    return found


def _at_fault(table: Table, message: str) -> tuple[str, str | None]:
    """Return an error's message in the file's words, with the key that it speaks of if there is one."""
    keys = [key for key in table.given if key in message or f"{key}_id" in message]
    first = min(keys, key=message.find, default=None)
    if _SECRET_KEYS in message:
        first, message = "algorithms", message.replace(_SECRET_KEYS, 'secret_env = "NAME" or secret_file = "PATH"')
    if first is None:
        first = next((key for key in ("issuer", "vendor", "endpoint") if key in table.given), None)
    return _AS_TUPLE.sub(r'\g<name> = ["\g<element>"]', message), first
