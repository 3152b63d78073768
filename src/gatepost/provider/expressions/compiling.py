"""From a syntax tree to a function of the evaluation and of what `#this` is."""

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from gatepost.provider.expressions import construction, limits, literals
from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries import LIBRARIES, METHODS
from gatepost.provider.expressions.libraries.function import Argument, Function
from gatepost.provider.expressions.navigation import (
    Run,
    by_name,
    element,
    named,
    projected,
    selected,
    whole,
)
from gatepost.provider.expressions.operators import SYMBOLS
from gatepost.provider.expressions.refusals import ExpressionError
from gatepost.provider.expressions.values import boolean, is_number, is_true, number

if TYPE_CHECKING:
    from lark import Token, Tree


Syntax: TypeAlias = Any  # a Tree or Token of lark, which are not typed by what they stand for


def compiled(tree: "Tree[Token]") -> Run:
    """Return what evaluates an expression.

    Raises:
        ExpressionError: When it is nested too deeply, or names what there is not.
    """
    return _Compiler().run(tree, 0)


def _column(tree: "Tree[Token]") -> int:
    first: Syntax = tree
    while getattr(first, "children", None):
        first = first.children[0]
    return int(getattr(first, "start_pos", 0)) + 1


class _Compiler:
    """Counts the parts of what it translates, so that a loop knows what one turn costs."""

    def __init__(self) -> None:
        self._parts = 0

    def run(self, tree: "Tree[Token]", depth: int) -> Run:
        if depth > limits.DEPTH:
            raise ExpressionError(f"The expression is nested deeper than {limits.DEPTH} levels", _column(tree))
        self._parts += 1
        # A table and not a lookup by the name of a rule: what can be reached is what is written here.
        return self._RULES[str(tree.data)](self, tree, depth + 1)

    def _all(self, trees: Syntax, depth: int) -> tuple[Run, ...]:
        return tuple(self.run(each, depth) for each in trees)

    # Conditions

    def _ternary(self, tree: Syntax, depth: int) -> Run:
        condition, then, otherwise = self._all(tree.children, depth)

        def run(evaluation: Evaluation, this: Value) -> Value:
            return then(evaluation, this) if is_true(condition(evaluation, this)) else otherwise(evaluation, this)

        return run

    def _elvis(self, tree: Syntax, depth: int) -> Run:
        value, otherwise = self._all(tree.children[::2], depth)

        def run(evaluation: Evaluation, this: Value) -> Value:
            found = value(evaluation, this)
            return otherwise(evaluation, this) if found is None or found == "" else found

        return run

    def _any_of(self, tree: Syntax, depth: int) -> Run:
        conditions = self._all(tree.children, depth)
        return lambda evaluation, this: any(is_true(each(evaluation, this)) for each in conditions)

    def _all_of(self, tree: Syntax, depth: int) -> Run:
        conditions = self._all(tree.children, depth)
        return lambda evaluation, this: all(is_true(each(evaluation, this)) for each in conditions)

    # Operators

    def _chain(self, tree: Syntax, depth: int) -> Run:
        first = self.run(tree.children[0], depth)
        rest = tuple(
            (SYMBOLS[str(symbol).lower()], self.run(operand, depth))
            for symbol, operand in zip(tree.children[1::2], tree.children[2::2], strict=True)
        )

        def run(evaluation: Evaluation, this: Value) -> Value:
            value = first(evaluation, this)
            for operator, operand in rest:
                value = operator(evaluation, value, operand(evaluation, this))
            return value

        return run

    def _matches(self, tree: Syntax, depth: int) -> Run:
        return self._called(LIBRARIES["regex"]["matches"], tree.children[::2], depth, _column(tree))

    def _unary(self, tree: Syntax, depth: int) -> Run:
        operand = self.run(tree.children[-1], depth)
        signs = [str(each).lower() for each in reversed(tree.children[:-1])]

        def run(evaluation: Evaluation, this: Value) -> Value:
            value = operand(evaluation, this)
            for sign in signs:
                if sign in {"-", "+"}:
                    value = number(-value if sign == "-" else value) if is_number(value) else None
                else:
                    condition = boolean(value)
                    value = None if condition is None else not condition
            return value

        return run

    # Literals

    def _constant(self, value: object) -> Run:
        return lambda evaluation, this: value

    def _number(self, tree: Syntax, _: int) -> Run:
        return self._constant(literals.number(str(tree.children[0]), _column(tree)))

    def _string(self, tree: Syntax, _: int) -> Run:
        return self._constant(literals.string(str(tree.children[0])))

    def _true(self, _: Syntax, __: int) -> Run:
        return self._constant(True)

    def _false(self, _: Syntax, __: int) -> Run:
        return self._constant(False)

    def _null(self, _: Syntax, __: int) -> Run:
        return self._constant(None)

    def _list(self, tree: Syntax, depth: int) -> Run:
        return construction.of_items(self._all(tree.children, depth))

    def _map(self, tree: Syntax, depth: int) -> Run:
        entries = [each.children for each in tree.children]
        return construction.of_entries([(self._key(key, depth), self.run(value, depth)) for key, value in entries])

    def _key(self, tree: Syntax, depth: int) -> Run:
        # A bare word is the key itself: {userId: 100001}.
        return self._constant(str(tree.children[0])) if tree.data == "name" else self.run(tree, depth)

    def _array(self, tree: Syntax, depth: int) -> Run:
        self._primitive(tree)
        return construction.of_items(self._all(tree.children[2:], depth))

    def _empty_array(self, tree: Syntax, depth: int) -> Run:
        zero, sizes = self._primitive(tree), tree.children[2:]
        if len(sizes) > limits.DIMENSIONS:
            raise ExpressionError(f"An array has at most {limits.DIMENSIONS} dimensions", _column(tree))
        return construction.of_sizes(self._all(sizes, depth), zero)

    def _primitive(self, tree: Syntax) -> object:
        name = tree.children[1]
        if name not in construction.PRIMITIVES:
            message = f"Only arrays of {', '.join(construction.PRIMITIVES)} can be made with 'new'"
            raise ExpressionError(message, name.start_pos + 1)
        return construction.PRIMITIVES[name]

    # What is there

    def _name(self, tree: Syntax, _: int) -> Run:
        return by_name((str(tree.children[0]),), rooted=False)

    def _variable(self, tree: Syntax, _: int) -> Run:
        name = str(tree.children[0])[1:]
        if name == "root":
            return _root
        if name == "this":
            return lambda evaluation, this: this if this is not evaluation.root else _root(evaluation, this)
        if name in LIBRARIES:
            raise ExpressionError(f"#{name} is a library: call one of its functions, #{name}.…(…)", _column(tree))
        raise ExpressionError(f"There is no variable #{name[:40]}; there are {_known_variables()}", _column(tree))

    def _call(self, tree: Syntax, _: int) -> Run:
        name = str(tree.children[0])
        if name == "T":
            raise ExpressionError("Types (T(…)) are not available: there are no Java classes", _column(tree))
        message = f"There is no function {name[:40]}(); functions belong to libraries, such as #string.trim(…)"
        raise ExpressionError(message, _column(tree))

    def _path(self, tree: Syntax, depth: int) -> Run:
        start, *steps = tree.children
        if start.data == "variable" and (library := str(start.children[0])[1:]) in LIBRARIES:
            run, steps = self._library(library, start, steps, depth)
        else:
            run, steps = self._beginning(start, steps, depth)
        for step in steps:
            self._parts += 1
            run = self._STEPS[str(step.data)](self, run, step, depth)
        return run

    def _beginning(self, start: Syntax, steps: list[Syntax], depth: int) -> tuple[Run, list[Syntax]]:
        """Return one function for a start and all the plain properties that follow it: the usual case, made fast."""
        names: list[str] = []
        while len(names) < len(steps) and steps[len(names)].data == "property":
            names.append(str(steps[len(names)].children[0]))
        rest = steps[len(names) :]
        self._parts += len(names)
        if start.data == "name":
            return by_name((str(start.children[0]), *names), rooted=False), rest
        if start.data == "variable" and names and (variable := str(start.children[0])) in {"#root", "#this"}:
            return by_name(tuple(names), rooted=variable == "#root"), rest
        return self.run(start, depth), steps

    def _library(self, library: str, start: Syntax, steps: list[Syntax], depth: int) -> tuple[Run, list[Syntax]]:
        functions = LIBRARIES[library]
        name = steps[0].children[0] if steps[0].data in {"method", "property"} else None
        if name is None or str(name) not in functions:
            known = ", ".join(sorted(functions))
            message = f"The library #{library} has no function {str(name)[:40]}(); it has {known}"
            raise ExpressionError(message, name.start_pos + 1 if name is not None else _column(start))
        if steps[0].data == "property":
            raise ExpressionError(f"The function #{library}.{name} has to be called: {name}(…)", name.start_pos + 1)
        arguments = steps[0].children[1].children
        return self._called(functions[str(name)], arguments, depth, name.start_pos + 1), steps[1:]

    # Steps

    def _property(self, run: Run, step: Syntax, _: int) -> Run:
        name = str(step.children[0])
        return lambda evaluation, this: named(run(evaluation, this), name)

    def _method(self, run: Run, step: Syntax, depth: int) -> Run:
        name = step.children[0]
        function = METHODS.get(str(name))
        if function is None:
            message = f"There is no method {str(name)[:40]}(); there are {', '.join(sorted(METHODS))}"
            raise ExpressionError(message, name.start_pos + 1)
        return self._called(function, step.children[1].children, depth, name.start_pos + 1, on=run)

    def _index(self, run: Run, step: Syntax, depth: int) -> Run:
        inside = step.children[0]
        if inside.data == "name":
            # object[property] is Spring's other way of writing object['property']; in a list it is an expression.
            word = str(inside.children[0])
            index = self.run(inside, depth)

            def by_word(evaluation: Evaluation, this: Value) -> Value:
                value = run(evaluation, this)
                return named(value, word) if isinstance(value, dict) else element(value, index(evaluation, this))

            return by_word
        index = self.run(inside, depth)
        return lambda evaluation, this: element(run(evaluation, this), index(evaluation, this))

    def _project(self, run: Run, step: Syntax, depth: int) -> Run:
        before = self._parts
        body = self.run(step.children[1], depth)
        return projected(run, body, self._parts - before)

    def _select(self, run: Run, step: Syntax, depth: int) -> Run:
        before = self._parts
        body = self.run(step.children[1], depth)
        return selected(run, body, self._parts - before, str(step.children[0])[-2])

    # Calls

    def _called(self, function: Function, arguments: Syntax, depth: int, column: int, on: Run | None = None) -> Run:
        given = [Argument(self.run(each, depth), _literal(each), _column(each)) for each in arguments]
        if on is not None:
            given.insert(0, Argument(on, None, column))
        return function.called(given, column, method=on is not None)

    _RULES: Final = {
        "ternary": _ternary,
        "elvis": _elvis,
        "any_of": _any_of,
        "all_of": _all_of,
        "relation": _chain,
        "matches": _matches,
        "chain": _chain,
        "unary": _unary,
        "path": _path,
        "number": _number,
        "string": _string,
        "true": _true,
        "false": _false,
        "null": _null,
        "name": _name,
        "call": _call,
        "variable": _variable,
        "list": _list,
        "map": _map,
        "array": _array,
        "empty_array": _empty_array,
    }
    _STEPS: Final = {
        "property": _property,
        "method": _method,
        "index": _index,
        "project": _project,
        "select": _select,
    }


def _root(evaluation: Evaluation, _: Value) -> Value:
    evaluation.spend(len(evaluation.root))
    return whole(evaluation.root)


def _literal(tree: Syntax) -> str | None:
    return literals.string(str(tree.children[0])) if tree.data == "string" else None


def _known_variables() -> str:
    return ", ".join(["#root", "#this", *(f"#{name}" for name in sorted(LIBRARIES))])
