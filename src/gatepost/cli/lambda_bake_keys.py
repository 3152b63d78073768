"""`gatepost lambda bake-keys`: the keys of issuers, as they are now, in a file for a deployment."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from gatepost.cli import options
from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.trust.remote import RemoteKeys


class Entry(TypedDict):
    """The keys of one issuer: how and where they were found, and the JWK set."""

    discovered: bool
    jwks_uri: str
    jwks: dict[str, list[dict[str, str]]]


class Snapshot(TypedDict):
    """What the file holds: when the keys were fetched, in seconds since 1970, and the keys by issuer."""

    baked_at: int
    issuers: dict[str, Entry]


def bake_keys(
    *,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The policy file whose issuers' keys are wanted.")
    ] = None,
    issuer: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="In place of a policy: an issuer; may be repeated.")
    ] = None,
    jwks_url: options.JwksUrl = None,
    ca_file: options.CaFile = None,
    http_host: options.HttpHost = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write them.")] = Path("keys.json"),
) -> int:
    """Write the keys of issuers into a file, so that a Lambda authorizer's cold start needs no network.

    They are public keys, found as a verifier finds them: by discovery, at the URL that the policy or --jwks-url names.
    The file says when they were fetched. Fetch them anew with every deployment.

    Example: gatepost lambda bake-keys --policy gatepost.toml -o keys.json
    """
    sources = _sources(policy, issuer or (), jwks_url, ca_file, http_host or ())
    document = snapshot(sources)
    try:
        out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from None
    for identifier, entry in document["issuers"].items():
        typer.echo(f"{identifier}: {len(entry['jwks']['keys'])} keys from {entry['jwks_uri']}")
    typer.echo(f"Written to {out}; no private key is in it.")
    return 0


def snapshot(sources: "dict[str, RemoteKeys]") -> Snapshot:
    """Return the document, with the keys of each issuer as they are now.

    Raises:
        KeysUnavailable: When those of an issuer cannot be had.
    """
    from gatepost.cli.published import key_set
    from gatepost.errors import KeysUnavailable
    from gatepost.trust.discovery import Discovery, discover
    from gatepost.trust.fetch import FetchFailed
    from gatepost.trust.jwks_url import JwksUrl

    issuers: dict[str, Entry] = {}
    for identifier, source in sources.items():
        keys = key_set(source, identifier)  # type: ignore[arg-type]  # Discovery or JwksUrl
        try:
            place = (
                source.url
                if isinstance(source, JwksUrl)
                else discover(identifier, source.make_fetcher(), source.http_hosts)
            )
        except FetchFailed as error:
            raise KeysUnavailable(f"the keys of {identifier} cannot be had: {error}") from None
        issuers[identifier] = {
            "discovered": isinstance(source, Discovery),
            "jwks_uri": place,
            "jwks": keys.to_jwks(),
        }
    return {"baked_at": int(time.time()), "issuers": issuers}


def _sources(
    policy: Path | None, issuers: Sequence[str], jwks_url: str | None, ca_file: Path | None, http_hosts: Sequence[str]
) -> "dict[str, RemoteKeys]":
    from gatepost.trust.discovery import Discovery
    from gatepost.trust.jwks_url import JwksUrl
    from gatepost.trust.remote import RemoteKeys

    if (policy is None) == (not issuers):
        raise Failure("say whose keys: --policy gatepost.toml, or --issuer URL")
    if jwks_url is not None and len(issuers) != 1:
        raise Failure("--jwks-url says where the keys of one --issuer are; name that one")
    if policy is None:
        ca = None if ca_file is None else str(ca_file)
        if jwks_url is not None:
            return {issuers[0]: JwksUrl(jwks_url, ca_file=ca, http_hosts=http_hosts)}
        return {issuer: Discovery(ca_file=ca, http_hosts=http_hosts) for issuer in issuers}
    if ca_file is not None or http_hosts:
        raise Failure("with --policy, ca_file and http_hosts stand in the file, at their issuer")
    from gatepost.policy.policy_file import read

    found: dict[str, RemoteKeys] = {
        trusted.issuer.identifier: trusted.issuer.keys
        for trusted in read(policy).trusted.values()
        if trusted.jwts and isinstance(trusted.issuer.keys, RemoteKeys)
    }
    if not found:
        raise Failure(f"{policy} has no issuer whose keys are fetched; there is nothing to bake")
    return found
