"""Whom the user of a command trusts: options on the line, turned into an `Issuer` and its keys."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.jose import KeySet
    from gatepost.trust.issuer import Issuer, IssuerOptions, TokenType
    from gatepost.trust.key_source import KeySource


def keys_from(
    *,
    jwks_url: str | None,
    jwks_file: Path | None,
    pem_file: Path | None,
    secret_file: Path | None,
    ca_file: Path | None,
    http_hosts: Sequence[str],
) -> "KeySource | KeySet | None":
    """Return where the keys come from, or `None` when no option says it: then discovery, or the vendor's own place.

    Raises:
        Failure: When several places are named, or a file cannot be read.
        ConfigurationError: When a file holds no keys that can be trusted.
    """
    from gatepost.jose import KeySet
    from gatepost.trust.discovery import Discovery
    from gatepost.trust.jwks_url import JwksUrl

    named = [
        name
        for name, value in (
            ("--jwks-url", jwks_url),
            ("--jwks-file", jwks_file),
            ("--pem-file", pem_file),
            ("--secret-file", secret_file),
        )
        if value is not None
    ]
    if len(named) > 1:
        raise Failure(f"{' and '.join(named)} both say where the keys are; give one of them")
    if jwks_file is not None:
        return KeySet.from_jwks(read_file(jwks_file))
    if pem_file is not None:
        return KeySet.from_pem(read_file(pem_file))
    if secret_file is not None:
        return KeySet.from_secret(read_file(secret_file))
    ca = None if ca_file is None else str(ca_file)
    if jwks_url is not None:
        return JwksUrl(jwks_url, ca_file=ca, http_hosts=http_hosts)
    return None if ca is None and not http_hosts else Discovery(ca_file=ca, http_hosts=http_hosts)


def issuer_from(
    *,
    issuer: str | None,
    vendor: str | None,
    settings: Sequence[str],
    audience: Sequence[str],
    keys: "KeySource | KeySet | None",
    algorithms: Sequence[str],
    token_type: "TokenType | None",
    leeway: float | None,
    client_id_as_audience: bool,
) -> "Issuer":
    """Return the issuer that the options describe; an empty `audience` accepts every audience.

    Raises:
        Failure: When neither or both of an identifier and a vendor are given, or a vendor's setting is wrong.
        ConfigurationError: When a value makes no sense, or the keys' URL may not be fetched.
    """
    from gatepost.jose import KeySet
    from gatepost.trust.issuer import Issuer
    from gatepost.trust.vendors import vendor as vendor_named

    options: IssuerOptions = {}
    if keys is not None:
        options["keys"] = keys
    if algorithms:
        options["algorithms"] = tuple(algorithms)
    elif isinstance(keys, KeySet) and keys.symmetric:
        options["algorithms"] = keys.algorithms
    if token_type is not None:
        options["token_type"] = token_type
    if leeway is not None:
        options["leeway"] = leeway
    if client_id_as_audience:
        options["client_id_as_audience"] = True
    audiences = tuple(audience) or None
    if issuer is not None and vendor is not None:
        raise Failure("--issuer and --vendor both say who is trusted; give one of them")
    if vendor is not None:
        function = vendor_named(vendor)
        return function(**_settings(vendor, function, settings), audience=audiences, **options)
    if settings:
        raise Failure("--set is for a vendor's parameters; name it with --vendor")
    if issuer is None:
        raise Failure("say whom you trust: --issuer URL, or --vendor NAME")
    return Issuer(issuer, audience=audiences, **options)


def read_file(path: Path) -> bytes:
    """Return what the file holds.

    Raises:
        Failure: When it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None


def _settings(vendor: str, function: Callable[..., object], settings: Sequence[str]) -> dict[str, object]:
    """Return the vendor's own parameters, from `NAME=VALUE` each; an empty value means `None`."""
    known = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD and name not in {"audience", "ca_file"}
    }
    values: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.replace("-", "_")
        if not equals or name not in known:
            raise Failure(f"--set {setting}: {vendor} has {_list(known)}, each written NAME=VALUE")
        values[name] = int(value) if isinstance(known[name].default, int) and value.isdigit() else value or None
    missing = [name for name, parameter in known.items() if parameter.default is parameter.empty and name not in values]
    if missing:
        raise Failure(f"{vendor} needs {' '.join(f'--set {name}=…' for name in missing)}")
    return values


def _list(names: "Sequence[str] | dict[str, inspect.Parameter]") -> str:
    return ", ".join(names) or "no parameters"
