"""A template as an application: from the file to everything that is served."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatepost.apigateway.model.api import Api, Application
from gatepost.apigateway.model.place import Place, Problem, TemplateError
from gatepost.apigateway.template.decoding import decode
from gatepost.apigateway.template.http_api import quick_stage, read_http_api
from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.includes import Including
from gatepost.apigateway.template.intrinsics import Evaluator
from gatepost.apigateway.template.issuers import stand_ins
from gatepost.apigateway.template.limits import check_limits
from gatepost.apigateway.template.local_artifacts import LocalArtifacts
from gatepost.apigateway.template.node import Mark, Node, PlacedText
from gatepost.apigateway.template.other_resources import check_others
from gatepost.apigateway.template.overrides import read_samconfig
from gatepost.apigateway.template.parameters import pseudo_parameters, read_parameters
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resource_values import Values
from gatepost.apigateway.template.resources import Resources
from gatepost.apigateway.template.rest_api import read_rest_api
from gatepost.apigateway.template.sam import set_aside, transforms, translate
from gatepost.apigateway.template.sam_auth import check_auth
from gatepost.apigateway.template.sam_events import event_places
from gatepost.apigateway.template.stages import stages_of

_STACK = "local"


def load(
    path: Path,
    *,
    parameters: Mapping[str, str] = {},
    samconfig: Path | None = None,
    region: str = "us-east-1",
    account: str = "123456789012",
    needs_api: bool = True,
) -> Application:
    """Read a SAM or CloudFormation template.

    An API with several stages is one `Api` for each of them.

    Args:
        path: The template, in YAML or JSON.
        parameters: Values of its parameters, as texts.
        samconfig: A `samconfig.toml` with more of them; `parameters` come first.
        region: The region for ARNs and `AWS::Region`.
        account: The account for ARNs and `AWS::AccountId`.
        needs_api: Whether a template without an API is an error.

    Raises:
        TemplateError: When there is anything in it that cannot be served, with every place.
    """
    file = str(path)
    template = decode(path)
    report = Report()
    including = Including(path.parent, report)
    including.include(template, file)
    root = Node(template, Place(file), report)
    if not isinstance(template.get("Resources"), dict):
        raise TemplateError(Problem(Place(file, 1), "This is no template: it has no Resources."))
    given = {**_from_samconfig(samconfig, template), **parameters}
    values = {**read_parameters(root, given), **pseudo_parameters(region, account, _STACK)}
    report.stop()
    serverless = transforms(template, report, file)
    artifacts = LocalArtifacts(path.parent)
    made = Values(region, account, str(values["AWS::Partition"]))
    written = Resources(template, template, file, report)
    before = Evaluator(template, values, written, made, report)
    issuers = stand_ins(template, written, before, region)
    events = event_places(written)
    translated = template
    # The translator adds implicit APIs to the template itself; they stand where their first event does.
    originals = {"Resources": {**template["Resources"], **_implicit(events, template["Resources"])}}
    if serverless:
        check_auth(template, written, report)
        artifacts.hide(template, written, before)
        set_aside(template, written, report)
        translated = translate(template, values, region, written, report)
    report.stop()
    resources = Resources(translated, originals, file, report)
    evaluator = Evaluator(translated, values, resources, made, report)
    reading = Reading(
        resources, evaluator, artifacts, report, region=region, account=account, issuers=issuers, events=events
    )
    apis = _apis(reading)
    check_others(reading)
    functions = reading.functions.all()
    if needs_api and not apis:
        report.problem(Place(file), "The template has no API with a stage, so there is nothing to serve.")
    report.stop()
    files = tuple(dict.fromkeys((file, *including.files, *reading.files)))
    return Application(tuple(apis), functions, tuple(report.notices), files)


def _from_samconfig(path: Path | None, template: Mapping[str, Any]) -> dict[str, str]:
    """Return what a `samconfig.toml` says about parameters that the template has."""
    if path is None:
        return {}
    declared = template.get("Parameters")
    names = declared if isinstance(declared, dict) else {}
    return {name: value for name, value in read_samconfig(path).items() if name in names}


def _implicit(events: Mapping[tuple[str, str, str], Place], written: Mapping[str, Any]) -> dict[PlacedText, None]:
    """Return the names of APIs that stand in events alone, each with the place of its first event."""
    names: dict[PlacedText, None] = {}
    for (api, _, _), place in events.items():
        if api not in written:
            names.setdefault(PlacedText(api, Mark(place.file, place.line)), None)
    return names


def _apis(reading: Reading) -> list[Api]:
    apis = []
    for logical_id, node in reading.of("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
        resource = reading.resources.get(logical_id)
        http = resource is not None and resource.kind == "AWS::ApiGatewayV2::Api"
        if http and (node.text("ProtocolType") or "HTTP") != "HTTP":
            node["ProtocolType"].problem("WebSocket APIs are not supported.")
            continue
        stages = stages_of(made_id(logical_id), reading)
        quick = quick_stage(node) if http else None
        if quick is not None and all(stage.name != quick.name for stage in stages):
            stages.append(quick)
        if not stages:
            node.notice("The API has no stage, so no request reaches it. Add one.")
        for stage in stages:
            api = (
                read_http_api(logical_id, node, stage, reading)
                if http
                else read_rest_api(logical_id, node, stage, reading)
            )
            check_limits(api, node)
            apis.append(api)
    return apis
