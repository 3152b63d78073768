"""`gatepost authz`: the server that nginx, Caddy, Traefik and Envoy ask about every request."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    import socket

    from gatepost.gates.authz.identity_token import IdentityTokens


def authz(
    *,
    policy: Annotated[Path, typer.Option(metavar="FILE", help="The policy, gatepost.toml; read anew when it changes.")],
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="The port.")] = 9091,
    unix: Annotated[
        Path | None, typer.Option(metavar="PATH", help="In place of host and port: a Unix socket, all of it trusted.")
    ] = None,
    unix_mode: Annotated[str, typer.Option(metavar="OCTAL", help="The permissions of the Unix socket.")] = "660",
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=256, help="How many processes serve.")] = 1,
    token_cache: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="How many verified tokens each process remembers; unless given, the file says it."
        ),
    ] = None,
    trusted_peer: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="A proxy's address or network, besides loopback; may be repeated."),
    ] = None,
    grpc_port: Annotated[
        int | None, typer.Option(metavar="PORT", min=1, max=65535, help="Serve Envoy's gRPC ext_authz there as well.")
    ] = None,
    client_certificate_header: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The header in which the proxy, and nobody else, hands on the client's certificate."
        ),
    ] = None,
    identity_header: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Sign a JWT for the upstream into this header; its keys are at /jwks."),
    ] = None,
    identity_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The private key for it, in PEM form; a fresh one unless given.")
    ] = None,
    identity_issuer: Annotated[str, typer.Option(metavar="ISS", help="The iss of that JWT.")] = "gatepost",
    access_log: Annotated[
        Literal["all", "denied", "none"], typer.Option(help="Which decisions are written to standard output, as JSON.")
    ] = "all",
    drain: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="How long to go on serving once asked to end.")
    ] = 1.0,
) -> int:
    """Serve the decisions of a policy to nginx, Caddy, Traefik and Envoy.

    Endpoints: /nginx for auth_request, /forward for Caddy and Traefik, /envoy as path prefix for ext_authz over HTTP;
    /healthz, /readyz, /metrics, and /jwks with --identity-header.

    Only trusted peers may ask: loopback, whoever may open the Unix socket, and those of --trusted-peer.
    """
    try:
        import uvicorn  # noqa: F401
    except ModuleNotFoundError:
        raise Failure("this server needs uvicorn; run: pip install 'gatepost[server]'") from None
    from gatepost.gates.authz import serving
    from gatepost.gates.authz.trusted_peers import TrustedPeers
    from gatepost.policy.policy_file import FROM_FILE
    from gatepost.policy.reloading import ReloadingPolicy
    from gatepost.verification.client_certificate import ClientCertificate

    cache = FROM_FILE if token_cache is None else token_cache or None
    ReloadingPolicy(policy, token_cache=cache)  # says now what is wrong with it
    if workers > 1:
        _warn_of_lonely_memories(policy)
    TrustedPeers(trusted_peer or ())
    if client_certificate_header is not None:
        ClientCertificate.from_headers((), client_certificate_header)
    if grpc_port is not None:
        serving.check_grpc()
    identity = _identity(identity_header, identity_key, identity_issuer)
    listener, where = _listener(unix, unix_mode, host, port)
    typer.echo(f"gatepost authz: serving on {where}", err=True)
    return serving.serve(
        serving.Settings(
            policies=lambda: ReloadingPolicy(policy, token_cache=cache).current,
            listener=listener,
            trusted_peers=tuple(trusted_peer or ()),
            workers=workers,
            grpc=None if grpc_port is None else (host, grpc_port),
            log=access_log,
            identity=identity,
            certificate_header=client_certificate_header,
            drain=drain,
        )
    )


def _warn_of_lonely_memories(policy: Path) -> None:
    from gatepost.policy.policy_file import read

    settings = read(policy)
    bound = any(not demands.public and demands.dpop != "off" for _, demands in settings.routes)
    if bound and settings.store is None:
        typer.echo(
            "gatepost authz: each worker remembers DPoP proofs by itself, so that one could be used once with each; "
            'share the memory with [redis] in the policy, or write dpop = "off" on its routes',
            err=True,
        )


def _identity(header: str | None, key_file: Path | None, issuer: str) -> "IdentityTokens | None":
    from gatepost.cli.trusted import read_file
    from gatepost.gates.authz.identity_token import IdentityTokens
    from gatepost.jose import SigningKey

    if header is None:
        if key_file is not None:
            raise Failure("--identity-key signs the header of --identity-header; name that one too")
        return None
    key = SigningKey.generate("ES256") if key_file is None else SigningKey.from_pem(read_file(key_file))
    return IdentityTokens(key, issuer=issuer, header=header)


def _listener(unix: Path | None, mode: str, host: str, port: int) -> "tuple[socket.socket, str]":
    from gatepost.cli.loopback import cannot_use
    from gatepost.gates.authz import serving

    if unix is not None:
        try:
            return serving.listen_unix(unix, int(mode, 8)), f"unix:{unix}"
        except ValueError:
            raise Failure(f"--unix-mode is permissions in octal, such as 660, not {mode}") from None
        except OSError as error:
            raise Failure(f"{unix} cannot be listened on: {error.strerror}") from None
    try:
        listener = serving.listen(host, port)
    except OSError as error:
        raise cannot_use(port, error, "--port") from None
    return listener, f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
