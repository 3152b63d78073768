"""The OpenAPI document of an API: in the template, or in a file of its own."""

from gatepost.apigateway.model.place import Place, TemplateError
from gatepost.apigateway.template.decoding import decode
from gatepost.apigateway.template.node import Node, Value, mark_of
from gatepost.apigateway.template.reading import Reading


def api_document(node: Node, reading: Reading) -> Node | None:
    """Return the document of an API, or `None` when it has none.

    Args:
        node: The API's properties.
        reading: The template.
    """
    body = node.get("Body")
    location = node.get("BodyS3Location")
    if location is None:
        return body
    path = reading.artifacts.path(location.value)
    if path is None:
        location.problem("The document is not on this machine. Name a local file in DefinitionUri.")
        return None
    try:
        document = decode(path)
    except TemplateError as error:
        reading.report.problems.extend(error.problems)
        return None
    reading.files.append(str(path))
    found = Node(document, Place(str(path), 1, node.place.resource, ""), reading.report)
    _refuse_functions(document, found.place, found)
    return found


def _refuse_functions(value: Value, place: Place, node: Node) -> None:
    """Report intrinsic functions, which CloudFormation does not see in a file of its own."""
    if isinstance(value, dict):
        for key, member in value.items():
            if str(key).startswith("Fn::") or (key == "Ref" and len(value) == 1):
                mark = mark_of(key) or mark_of(value)
                at = place._replace(line=mark.line) if mark is not None else place
                node.report.problem(
                    at, f"{key} has no effect in this file. Use DefinitionBody with Fn::Transform and AWS::Include."
                )
            _refuse_functions(member, place, node)
    elif isinstance(value, list):
        for member in value:
            _refuse_functions(member, place, node)
