"""Which runtimes can be run here, and how."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gatepost.apigateway.functions import node_runtime, python_runtime
from gatepost.apigateway.functions.code_folder import find_code
from gatepost.apigateway.functions.environment import environment
from gatepost.apigateway.functions.launch import Launch
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.place import Problem, TemplateError


class Prepared(NamedTuple):
    """A function that can be run.

    Attributes:
        launch: How a process of it is started.
        watched: The folders whose change means that the function has changed.
        notices: What the user should know.
    """

    launch: Launch
    watched: tuple[Path, ...]
    notices: tuple[str, ...]


def check_runtimes(functions: Iterable[Function]) -> None:
    """Find out, before anything is served, whether every function can be run.

    Raises:
        TemplateError: With every function that cannot, and what to do.
    """
    problems = [
        Problem(function.place, f"{function.logical_id}: {why}")
        for function in functions
        if (why := _obstacle(function))
    ]
    if problems:
        raise TemplateError(*problems)


def _obstacle(function: Function) -> str:
    """Return why a function cannot be run, or an empty string."""
    runtime = function.runtime
    if function.inline_code is None and (function.code is None or not function.code.is_dir()):
        return f"its code is not there: {function.code} is no folder"
    if runtime.startswith("python"):
        if not python_runtime.has_runtime_client():
            return "functions in Python need awslambdaric; run: pip install 'gatepost[aws]'"
        return ""
    if runtime.startswith("nodejs"):
        if node_runtime.find_node() is None:
            return "functions in Node.js need node, which is not on the path"
        if node_runtime.find_runtime_client(function.code or Path.cwd()) is None:
            return f"functions in Node.js need aws-lambda-ric; run in its folder or above: {node_runtime.INSTALL}"
        return ""
    if runtime.startswith("provided"):
        bootstrap = (function.code or Path()) / "bootstrap"
        return "" if os.access(bootstrap, os.X_OK) and bootstrap.is_file() else f"{bootstrap} is no program"
    return f"the runtime {runtime} cannot be run here; python3.x, nodejs and provided.al2023 can"


def prepare(function: Function, *, folder: Path, runtime: Path, handed_on: dict[str, str]) -> Prepared:
    """Return how a function is run; `check_runtimes` has nothing against it.

    Args:
        function: The function.
        folder: For its temporary files.
        runtime: The folder of the packages that every function in Python sees.
        handed_on: Variables that the user hands on to all functions.

    Raises:
        OSError: When inline code cannot be written.
    """
    code = find_code(function, folder / "inline")
    notices: tuple[str, ...] = (code.notice,) if code.notice else ()
    variables: dict[str, str] = {}
    programs: tuple[Path, ...] = ()
    command: tuple[str, ...]
    if function.runtime.startswith("python"):
        python = python_runtime.run_python(function, code.folder, runtime)
        command, programs, variables = python.command, (python.programs,), python.variables
        notices += python.notices
    elif function.runtime.startswith("nodejs"):
        node = node_runtime.find_node() or "node"
        client = node_runtime.find_runtime_client(function.code or Path.cwd()) or Path("aws-lambda-ric")
        command = node_runtime.run_node(function, node, client)
        programs = (Path(node).parent,)
        modules = [str(layer / "nodejs" / "node_modules") for layer in function.layers]
        variables["NODE_PATH"] = os.pathsep.join([*modules, str(code.folder / "node_modules")])
    else:
        command = (str(code.folder / "bootstrap"),)

    def make_environment(api: str, own_folder: Path) -> dict[str, str]:
        made = environment(
            function, task_root=code.folder, api=api, own_folder=own_folder, path=programs, handed_on=handed_on
        )
        return {**made, **variables}

    return Prepared(Launch(command, code.folder, make_environment), (code.folder, *function.layers), notices)
