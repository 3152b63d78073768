"""PingOne's expression language: the Spring Expression Language without Java, over plain JSON values.

`Template` is the value of an attribute, `Expression` what stands inside of `${…}`. Both are read once and evaluated
many times, without exceptions and within bounds; `check` says why a value cannot be saved.
"""

from gatepost.provider.expressions.evaluation import ABSENT, Absent
from gatepost.provider.expressions.expression import Expression
from gatepost.provider.expressions.refusals import ExpressionError
from gatepost.provider.expressions.roots import roots_for_token
from gatepost.provider.expressions.template import Template, check, template

__all__ = ["ABSENT", "Absent", "Expression", "ExpressionError", "Template", "check", "roots_for_token", "template"]
