"""Rendering: from what a template consists of to the text that it writes."""

from typing import assert_never

from gatepost.apigateway.answers.templates.budget import Budget
from gatepost.apigateway.answers.templates.errors import TemplateFailed
from gatepost.apigateway.answers.templates.methods import call, member
from gatepost.apigateway.answers.templates.operators import COMPARE, arithmetic, holds, is_number, number_range
from gatepost.apigateway.answers.templates.scope import Scope
from gatepost.apigateway.answers.templates.syntax import (
    Call,
    Chain,
    Expression,
    ForEach,
    If,
    Index,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Node,
    Not,
    Property,
    Range,
    Reference,
    Set,
    Step,
    Text,
)
from gatepost.apigateway.answers.templates.util import util
from gatepost.apigateway.answers.templates.values import Loop, Value, text_of
from gatepost.apigateway.answers.templates.vocabulary import name_of, override

# A missing variable of a template's own shows as what the template says; those that API Gateway gives are empty.
_GIVEN = frozenset({"context", "input", "stageVariables", "util"})


class Renderer:
    """Renders one template for one request."""

    __slots__ = ("_budget", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._budget = Budget()

    def text(self, nodes: tuple[Node, ...]) -> str:
        """Return what the nodes write.

        Raises:
            TemplateFailed: When it cannot be done for this request.
        """
        return self._budget.text("".join([self._node(node) for node in nodes]))

    def _node(self, node: Node) -> str:
        self._budget.work()
        if isinstance(node, Text):
            return node.text
        if isinstance(node, Reference):
            return self._shown(node)
        if isinstance(node, Set):
            self._set(node)
            return ""
        if isinstance(node, If):
            return self._branch(node)
        return self._loop(node)

    def _shown(self, reference: Reference) -> str:
        value = self._reference(reference)
        if value is not None:
            return text_of(value, self._budget)
        return "" if reference.quiet or reference.root in _GIVEN else reference.source

    def _set(self, node: Set) -> None:
        value = self._value(node.expression)
        overridden = override(node.target) if node.target.root == "context" else None
        if overridden is None:
            # Velocity 1.7: null is not assigned, and the variable keeps what it had.
            if value is not None:
                self._scope.variables[node.target.root] = value
        elif overridden == "status":
            self._scope.status = _status(value)
        else:
            self._scope.headers[overridden[7:]] = text_of(value, self._budget)

    def _branch(self, node: If) -> str:
        for condition, body in node.branches:
            if condition is None or holds(self._value(condition)):
                return self.text(body)
        return ""

    def _loop(self, node: ForEach) -> str:
        items = self._value(node.expression)
        if isinstance(items, dict):
            items = list(items.values())
        if not isinstance(items, list):
            return ""
        variables = self._scope.variables
        before = {name: variables.get(name) for name in (node.name, "foreach", "velocityCount")}
        written = []
        # A copy, since the loop may add to the list that it goes through.
        for index, item in enumerate(list(items)):
            self._budget.round()
            variables[node.name] = item
            variables["foreach"] = Loop(index, index + 1, index + 1 == len(items))
            variables["velocityCount"] = index + 1
            written.append(self.text(node.body))
        variables.update(before)
        return "".join(written)

    def _value(self, expression: Expression) -> Value:
        self._budget.work()
        if isinstance(expression, Literal):
            return expression.value
        if isinstance(expression, Reference):
            return self._reference(expression)
        if isinstance(expression, Interpolated):
            return self.text(expression.body)
        if isinstance(expression, Chain):
            return self._chain(expression)
        if isinstance(expression, Not):
            return not holds(self._value(expression.expression))
        if isinstance(expression, ListOf):
            return [self._value(item) for item in expression.items]
        if isinstance(expression, MapOf):
            pairs = [(self._value(key), self._value(value)) for key, value in expression.items]
            return {text_of(key, self._budget): value for key, value in pairs}
        if isinstance(expression, Range):
            return number_range(self._value(expression.first), self._value(expression.last))
        assert_never(expression)

    def _chain(self, chain: Chain) -> Value:
        value = self._value(chain.first)
        for sign, operand in chain.rest:
            if sign == "||":
                value = holds(value) or holds(self._value(operand))
            elif sign == "&&":
                value = holds(value) and holds(self._value(operand))
            else:
                value = self._operation(sign, value, self._value(operand))
        return value

    def _operation(self, sign: str, left: Value, right: Value) -> Value:
        if sign in {"==", "!="}:
            return self._equal(left, right) == (sign == "==")
        numbers = is_number(left) and is_number(right)
        if sign in COMPARE:
            return numbers and COMPARE[sign](left, right)
        if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
            return self._budget.text(text_of(left, self._budget) + text_of(right, self._budget))
        if not numbers:
            return None
        return arithmetic(sign, left, right)

    def _equal(self, left: Value, right: Value) -> bool:
        if left is None or right is None:
            return left is right
        if type(left) is type(right) or (is_number(left) and is_number(right)):
            return bool(left == right)
        return text_of(left, self._budget) == text_of(right, self._budget)

    def _reference(self, reference: Reference) -> Value:
        if reference.root == "input":
            value, steps = self._input(reference.steps[0]), reference.steps[1:]
        elif reference.root == "util":
            value, steps = self._util(reference.steps[0]), reference.steps[1:]
        elif reference.root == "context":
            value, steps = self._context(reference.steps)
        elif reference.root == "stageVariables":
            value, steps = self._scope.stage_variables(), reference.steps
        else:
            value, steps = self._scope.variables.get(reference.root), reference.steps
        for step in steps:
            self._budget.work()
            value = self._step(value, step)
        return value

    def _step(self, value: Value, step: Step) -> Value:
        if value is None:
            return None
        if isinstance(step, Property):
            return member(value, step.name)
        if isinstance(step, Index):
            return member(value, self._value(step.expression))
        arguments = [self._value(argument) for argument in step.arguments]
        return call(value, step.name, arguments, self._budget)

    def _input(self, step: Step) -> Value:
        if not isinstance(step, Call):
            return self._scope.body()
        if not step.arguments:
            return self._scope.params()
        argument = text_of(self._value(step.arguments[0]), self._budget)
        if step.name == "params":
            return self._scope.param(argument)
        if step.name == "path":
            return self._scope.path(argument)
        return self._scope.json(argument, self._budget)

    def _util(self, step: Step) -> Value:
        if not isinstance(step, Call):
            return None
        value = self._value(step.arguments[0])
        made = util(step.name, "" if value is None else text_of(value, self._budget))
        return self._budget.text(made) if isinstance(made, str) else made

    def _context(self, steps: tuple[Step, ...]) -> tuple[str, tuple[Step, ...]]:
        names = []
        for step in steps:
            name = name_of(step)
            if name is None:
                break
            names.append(name)
        return self._scope.context(".".join(names)), steps[len(names) :]


def _status(value: Value) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError, OverflowError):
        status = 0
    if not 100 <= status <= 599:
        raise TemplateFailed("$context.responseOverride.status is no status")
    return status
