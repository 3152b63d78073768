"""SAM templates turned into CloudFormation by AWS's own translator, without a question to AWS."""

import re
from typing import Any

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import mark_of
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resources import Resources
from gatepost.apigateway.template.standing_in import translator

_TRANSFORM = re.compile(r"AWS::Serverless-\d{4}-\d{2}-\d{2}")
_HARMLESS = {"AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23"}
_TRANSLATED = {
    "AWS::Serverless::Api",
    "AWS::Serverless::Connector",
    "AWS::Serverless::Function",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::LayerVersion",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::WebSocketApi",
}
_ONE_CODE = "Only one of 'InlineCode' or 'CodeUri' can be set"
_NAMED = re.compile(r"(?:Resource with id|Event with id) \[([^\]]+)\]")


class _Session:
    """What the translator takes from boto3: the region."""

    def __init__(self, region: str) -> None:
        self.region_name = region


def transforms(template: dict[str, Any], report: Report, file: str) -> bool:
    """Tell whether a template is a SAM template; report every other transform."""
    listed = template.get("Transform", [])
    found = False
    for each in listed if isinstance(listed, list) else [listed]:
        name = each.get("Name") if isinstance(each, dict) else each
        if isinstance(name, str) and _TRANSFORM.fullmatch(name):
            found = True
        elif name not in _HARMLESS:
            key = next(key for key in template if key == "Transform")
            line = getattr(getattr(key, "start_mark", None), "line", 0)
            report.problem(Place(file, line), f"The transform {name} runs on AWS alone and is not supported.")
    return found


def set_aside(template: dict[str, Any], resources: Resources, report: Report) -> None:
    """Take resources out of `template` that have nothing to do with serving and would need AWS to be translated."""
    for resource in resources:
        if not resource.kind.startswith("AWS::Serverless::") or resource.kind in _TRANSLATED:
            continue
        if resource.kind == "AWS::Serverless::Application":
            report.problem(resource.place, "Nested applications are not supported. Serve their templates one by one.")
        else:
            report.notice(resource.place, f"{resource.kind} is left out.")
        del template["Resources"][resource.logical_id]


def translate(
    template: dict[str, Any], parameters: dict[str, str | list[str]], region: str, resources: Resources, report: Report
) -> dict[str, Any]:
    """Return the CloudFormation template that AWS makes of a SAM template.

    Args:
        template: The SAM template; it is changed.
        parameters: The values of its parameters, with the pseudo parameters.
        region: The region.
        resources: Its resources.
        report: Where the translator's objections go; an empty template is returned with any.
    """
    if not template["Resources"]:
        return {}  # each was set aside
    module = translator()
    values = {name: ",".join(value) if isinstance(value, list) else value for name, value in parameters.items()}
    at_work = module.Translator({}, module.Parser(), boto_session=_Session(region))
    try:
        translated: dict[str, Any] = at_work.translate(template, values, get_managed_policy_map=dict)
    except module.InvalidDocumentException as error:
        for cause in error.causes or (error,):
            _object(str(cause.message), resources, report, template)
        return {}
    except Exception as error:  # noqa: BLE001  # the translator is not ready for every shape of a template
        report.problem(_section(template, ""), f"AWS's translator cannot read the template: {error!r}.")
        return {}
    finally:
        at_work.metrics.publish()  # counted for AWS, and published to nobody; it warns when that is left out
    return translated


def _object(message: str, resources: Resources, report: Report, template: dict[str, Any]) -> None:
    named = _NAMED.search(message)
    resource = resources.get(named[1]) if named is not None else None
    if resource is not None and _ONE_CODE in message and not {"CodeUri", "InlineCode"} & set(resource.properties):
        message = "The function has no code: add CodeUri."  # the translator says that both cannot be set
    place = resource.place if resource is not None else _section(template, message)
    report.problem(place, " ".join(message.split()))


def _section(template: dict[str, Any], message: str) -> Place:
    """Return where the section of the template stands that a message names, or its first one."""
    mark = next((mark_of(key) for key in template if f"'{key}'" in message), None)
    mark = mark or next((mark_of(key) for key in template), None)
    return Place(mark.file, mark.line) if mark is not None else Place("template")
