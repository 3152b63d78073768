"""Mapping templates: the part of the Velocity Template Language that mock integrations use.

`$context`, `$stageVariables`, `$input`, `$util`, `#set`, `#if`, `#foreach` and the plain methods of texts, lists and
maps. Everything else is refused when the template is read, so that no request meets it.
"""

from gatepost.apigateway.answers.templates.errors import BodyIsNotJson, TemplateFailed, UnsupportedTemplate
from gatepost.apigateway.answers.templates.template import Rendered, Template

__all__ = ["BodyIsNotJson", "Rendered", "Template", "TemplateFailed", "UnsupportedTemplate"]
