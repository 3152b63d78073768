"""Whether the gateway can run a mapping template, asked while the template is read."""

from gatepost.apigateway.template.node import Node


def templates(node: Node, *names: str) -> dict[str, str]:
    """Return the templates of a member by content type; report each that holds what is not supported."""
    member = node.get(*names)
    found = {}
    for content_type, text in member.items() if member is not None else ():
        found[content_type] = text.own_text()
        reason = _refusal(found[content_type])
        if reason is not None:
            text.problem(f"The template cannot be run: {reason}")
    return found


def _refusal(text: str) -> str | None:
    from gatepost.apigateway.answers.templates import Template, UnsupportedTemplate

    try:
        Template(text)
    except UnsupportedTemplate as error:
        return str(error)
    return None
