"""What a template may name: everything else is refused when it is read."""

from gatepost.apigateway.answers.json_path import JsonPath
from gatepost.apigateway.answers.templates.errors import UnsupportedTemplate
from gatepost.apigateway.answers.templates.syntax import Call, Index, Literal, Property, Reference, Step

# The methods of texts, lists, maps and their entries, each with how many arguments it may take. Regular expressions
# (`matches`, `replaceAll`) are not among them: Java's are others than Python's.
METHODS = {
    "add": (1,),
    "concat": (1,),
    "contains": (1,),
    "containsKey": (1,),
    "endsWith": (1,),
    "entrySet": (0,),
    "equals": (1,),
    "equalsIgnoreCase": (1,),
    "get": (1,),
    "getKey": (0,),
    "getValue": (0,),
    "indexOf": (1,),
    "isEmpty": (0,),
    "keySet": (0,),
    "length": (0,),
    "put": (2,),
    "replace": (2,),
    "size": (0,),
    "startsWith": (1,),
    "substring": (1, 2),
    "toLowerCase": (0,),
    "toString": (0,),
    "toUpperCase": (0,),
    "trim": (0,),
    "values": (0,),
}
UTIL = frozenset({"base64Decode", "base64Encode", "escapeJavaScript", "parseJson", "urlDecode", "urlEncode"})
INPUT = {"json": (1,), "params": (0, 1), "path": (1,)}
OVERRIDE = "responseOverride"


def check_reference(reference: Reference) -> None:
    """Refuse a reference to something that the templates do not know.

    Raises:
        UnsupportedTemplate: With what it says in the template.
    """
    steps = reference.steps
    if reference.root == "util":
        if not steps or not isinstance(steps[0], Call) or steps[0].name not in UTIL or len(steps[0].arguments) != 1:
            raise UnsupportedTemplate(f"{reference.source} is not supported; of $util there are {_names(UTIL)}")
        steps = steps[1:]
    elif reference.root == "input":
        _check_input(reference)
        steps = steps[1:]
    for step in steps:
        _check_method(step, reference)


def check_target(reference: Reference) -> None:
    """Refuse to set anything but a variable of the template itself, or the response's status and headers.

    Raises:
        UnsupportedTemplate: With what it says in the template.
    """
    if reference.root == "context":
        if override(reference) is not None:
            return
        raise UnsupportedTemplate(
            f"{reference.source} cannot be set; of $context there are responseOverride.status and .header.NAME"
        )
    if reference.steps or reference.root in {"input", "util", "stageVariables", "foreach"}:
        raise UnsupportedTemplate(f"{reference.source} cannot be set; set a variable of one name")


def override(reference: Reference) -> str | None:
    """Return `status`, or `header.NAME`, when a reference is one to `$context.responseOverride`."""
    names = [name_of(step) for step in reference.steps]
    if None in names or not names or names[0] != OVERRIDE:
        return None
    if names[1:] == ["status"]:
        return "status"
    return f"header.{names[2]}" if len(names) == 3 and names[1] == "header" else None


def name_of(step: Step) -> str | None:
    """Return the name in `.name` or `['name']`, or `None` for other steps."""
    if isinstance(step, Property):
        return step.name
    if isinstance(step, Index) and isinstance(step.expression, Literal) and isinstance(step.expression.value, str):
        return step.expression.value
    return None


def _check_input(reference: Reference) -> None:
    first = reference.steps[0] if reference.steps else None
    if isinstance(first, Property) and first.name == "body":
        return
    if isinstance(first, Call) and len(first.arguments) in INPUT.get(first.name, ()):
        path = first.arguments[0] if first.arguments and first.name != "params" else None
        if not isinstance(path, Literal) or (isinstance(path.value, str) and JsonPath.supports(path.value)):
            return
        raise UnsupportedTemplate(f"{reference.source}: of JSONPath there are $, $.member, $['member'] and $.list[0]")
    raise UnsupportedTemplate(f"{reference.source} is not supported; of $input there are body, {_names(INPUT)}")


def _check_method(step: Step, reference: Reference) -> None:
    if not isinstance(step, Call):
        return
    arguments = METHODS.get(step.name)
    if arguments is None:
        raise UnsupportedTemplate(f"{reference.source}: the method {step.name} is not supported")
    if len(step.arguments) not in arguments:
        raise UnsupportedTemplate(f"{reference.source}: {step.name} does not take {len(step.arguments)} arguments")


def _names(names: "frozenset[str] | dict[str, tuple[int, ...]]") -> str:
    return ", ".join(f"{name}()" for name in sorted(names))
