"""`gatepost explain`: what a policy decides on a request, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options, policy_option, token_argument
from gatepost.cli.decision_line import decision_line
from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain, plain_json

if TYPE_CHECKING:
    from gatepost.policy.access_request import AccessRequest
    from gatepost.policy.decision import Decision


def explain(
    *,
    request: Annotated[
        str, typer.Option(metavar="REQUEST", help="The method and the path as they are sent, such as 'GET /user'.")
    ],
    policy: policy_option.Option = Path("gatepost.toml"),
    token: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The token that comes with it, or - for standard input.")
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(metavar="HEADER", help="A header, such as 'DPoP: …'; may be given several times."),
    ] = None,
    url: Annotated[
        str, typer.Option(metavar="URL", help="The URL that the client asked for, which a DPoP proof names.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The client's certificate in PEM form, for mutual TLS.")
    ] = None,
    as_json: options.Json = False,
) -> int:
    """Explain what a policy decides on a request: allow or deny on the first line, then the checks that led there.

    Neither the token nor anything else that is secret is printed, but headers for the upstream are, with the claims
    that are in them. A DPoP proof is not used up by it.

    Exit status: 0 for allow, 1 for deny, 2 when the policy cannot be used or the question is wrong.

    Example: gatepost explain --policy gatepost.toml --request "GET /user" --token -
    """
    from gatepost.verification.replay import MemoryReplayStore

    asked = _request(request, token, header or (), url, certificate)
    try:
        settings = policy_option.read_policy(policy)
    except policy_option.BrokenPolicy:
        return 2
    decision = settings.policy(token_cache=None, replays=MemoryReplayStore()).check(asked)
    if as_json:
        typer.echo(plain_json(_document(decision), indent=2))
    else:
        for line in _lines(decision):
            typer.echo(line)
    return 0 if decision.allowed else 1


def _request(
    request: str, token: str | None, headers: Sequence[str], url: str, certificate: Path | None
) -> "AccessRequest":
    from gatepost.cli.trusted import read_file
    from gatepost.policy.access_request import AccessRequest
    from gatepost.verification.client_certificate import ClientCertificate

    method, blank, target = request.strip().partition(" ")
    if not blank or not target.strip():
        raise Failure("--request is a method and a path, such as 'GET /user'")
    pairs = [_header(header) for header in headers]
    authorization = [value for name, value in pairs if name == "authorization"]
    proofs = [value for name, value in pairs if name == "dpop"]
    if token is not None:
        if authorization:
            raise Failure("--token and --header 'Authorization: …' both give a token; keep one")
        authorization = [f"{'DPoP' if proofs else 'Bearer'} {token_argument.read(token)}"]
    return AccessRequest(
        method,
        target.strip(),
        authorization=authorization,
        dpop=proofs,
        url=url,
        certificate=None if certificate is None else ClientCertificate.from_pem(read_file(certificate)),
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Failure("--header is a name, a colon and a value, such as 'DPoP: …'")
    return name.strip().lower(), value.strip()


def _lines(decision: "Decision") -> list[str]:
    from gatepost.policy.decision import Allow

    found = [decision_line(decision)]
    width = max((len(check.name) for check in decision.trace), default=0)
    for check in decision.trace:
        outcome = "passed" if check.passed else "failed"
        found.append(f"  {outcome}  {plain(check.name):{width}}  {plain(check.detail)}".rstrip())
    if isinstance(decision, Allow):
        found.extend(
            f"  upstream gets  {name}: {plain(value)}" if value else f"  upstream never gets  {name}"
            for name, value in decision.headers.items()
        )
        return found
    found.append(f"  {plain(decision.detail)}")
    found.extend(f"  client gets  {name}: {plain(value)}" for name, value in decision.response_headers())
    return found


def _document(decision: "Decision") -> dict[str, object]:
    """Return the decision for a program."""
    from gatepost.policy.decision import Allow

    trace = [{"check": check.name, "passed": check.passed, "detail": check.detail} for check in decision.trace]
    if isinstance(decision, Allow):
        return {
            "decision": "allow",
            "route": decision.route,
            "trace": trace,
            "upstream_headers": dict(decision.headers),
        }
    return {
        "decision": "deny",
        "status": decision.status,
        "reason": decision.reason,
        "detail": decision.detail,
        "route": decision.route,
        "trace": trace,
        "response_headers": decision.response_headers(),
    }
