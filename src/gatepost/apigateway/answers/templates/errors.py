"""What can go wrong with a mapping template."""

from gatepost.errors import ConfigurationError


class UnsupportedTemplate(ConfigurationError):
    """The template uses something that is not supported, or is not well-formed; the message says what, and where."""

    code = "unsupported_template"


class TemplateFailed(Exception):
    """A template could not be rendered for a request; the message says why."""


class BodyIsNotJson(TemplateFailed):
    """The template asks for a part of the body, which is not JSON."""
