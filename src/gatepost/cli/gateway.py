"""`gatepost gateway`: a SAM or CloudFormation template's APIs on this machine, with their authorizers enforced."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from gatepost.cli import options
from gatepost.cli.failure import Failure
from gatepost.cli.lambda_environment import AwsCredentials, PassEnv, handed_on

if TYPE_CHECKING:
    from gatepost.cli.gateway_template import Source

app = typer.Typer(help="Serve the APIs of a SAM template, or check it.", rich_markup_mode=None)

Template: TypeAlias = Annotated[
    Path | None, typer.Option("--template", metavar="FILE", help="The SAM or CloudFormation template, YAML or JSON.")
]
Overrides: TypeAlias = Annotated[
    str, typer.Option(metavar='"NAME=VALUE …"', help="Values of the template's parameters, as of sam deploy.")
]
SamConfig: TypeAlias = Annotated[
    Path | None, typer.Option("--samconfig", metavar="FILE", help="The samconfig.toml with parameter_overrides.")
]
Region: TypeAlias = Annotated[str, typer.Option(metavar="NAME", help="AWS::Region, and the region in ARNs.")]
Account: TypeAlias = Annotated[str, typer.Option(metavar="ID", help="AWS::AccountId, and the account in ARNs.")]


@app.callback(invoke_without_command=True)
def gateway(
    context: typer.Context,
    *,
    template: Template = None,
    port: Annotated[
        int,
        typer.Option(metavar="PORT", min=0, max=65535, help="The first API's port, 0 for free ones; others follow it."),
    ] = 3000,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    parameter_overrides: Overrides = "",
    samconfig: SamConfig = None,
    api: Annotated[
        str | None, typer.Option(metavar="LOGICAL_ID", help="Serve this one of the template's APIs alone.")
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print why each request is answered as it is.")] = False,
    trace_log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append the same to a file, as JSON lines.")
    ] = None,
    allow_unreachable_issuers: Annotated[
        bool,
        typer.Option("--allow-unreachable-issuers", help="Start though the discovery of an issuer fails."),
    ] = False,
    ca_file: options.CaFile = None,
    allow_iam: Annotated[
        str | None,
        typer.Option(
            metavar="ARN", help="Let requests to AWS_IAM routes pass as this principal; else they are refused."
        ),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Decide a point that AWS leaves open; may be repeated."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="How many processes a function may have.")
    ] = 4,
    pass_env: PassEnv = None,
    aws_credentials: AwsCredentials = False,
    region: Region = "us-east-1",
    account: Account = "123456789012",
) -> int:
    """Serve the APIs of a SAM or CloudFormation template on this machine, with their authorizers enforced.

    Functions run in processes of their own, without containers. The template and the code are read anew when they
    change. Why the last requests were answered as they were is at /_gatepost/trace, on this machine alone.

    Exit status: 2 when the template cannot be served, with a line for each reason; 130 after Ctrl-C.

    Example: gatepost gateway --template template.yaml --parameter-overrides "Issuer=http://127.0.0.1:9443" --trace
    """
    if context.invoked_subcommand is not None:
        return 0
    from gatepost.cli.gateway_assumptions import read_assumptions
    from gatepost.cli.gateway_serve import Wishes, serve

    return serve(
        _source(template, parameter_overrides, samconfig, region, account),
        Wishes(
            host=host,
            port=port,
            api=api,
            trace=trace,
            trace_log=trace_log,
            allow_unreachable_issuers=allow_unreachable_issuers,
            ca_file=ca_file,
            allow_iam=allow_iam,
            assumptions=read_assumptions(assume or ()),
            concurrency=concurrency,
            handed_on=handed_on(pass_env, credentials=aws_credentials),
        ),
    )


@app.command()
def check(
    *,
    template: Template = None,
    parameter_overrides: Overrides = "",
    samconfig: SamConfig = None,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what asks the issuers.")] = False,
    ca_file: options.CaFile = None,
    as_json: options.Json = False,
    region: Region = "us-east-1",
    account: Account = "123456789012",
) -> int:
    """Check a template for what surprises people on AWS, with what to do about each.

    An authorizer on the CORS preflight, a narrow policy with caching, a missing permission to invoke a function, an
    issuer whose discovery fails or that signs with other keys than RSA ones.

    Exit status: 0 when nothing is found, 1 with a line for each trap, or for each reason why it cannot be served.

    Example: gatepost gateway check --template template.yaml
    """
    from gatepost.cli.gateway_check import report

    source = _source(template, parameter_overrides, samconfig, region, account)
    return report(source, offline=offline, ca_file=ca_file, as_json=as_json)


def _source(template: Path | None, overrides: str, samconfig: Path | None, region: str, account: str) -> "Source":
    from gatepost.cli.gateway_template import Source

    if template is None:
        raise Failure("which template? name it: --template template.yaml")
    return Source(template, overrides, samconfig, region, account)
