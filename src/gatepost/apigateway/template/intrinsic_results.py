"""What an intrinsic function comes to when that is no value."""

from gatepost.apigateway.template.node import Unknown

NO_VALUE = object()
"""What `!Ref AWS::NoValue` gives: the member that holds it is not there."""

UNKNOWN = Unknown("")
"""What stands for a value that could not be had, and was reported."""


class Malformed(Exception):
    """A function has other arguments than it needs."""
