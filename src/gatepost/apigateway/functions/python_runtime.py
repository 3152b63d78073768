"""How functions in Python are run: which interpreter, and which packages it sees.

A function sees what it would see on AWS: its own folder, its layers, AWS's runtime client and, where this environment
has it, boto3. Nothing else that happens to be installed here, or a missing dependency would show up only on AWS.
"""

import os
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from gatepost.apigateway.functions import interpreters
from gatepost.apigateway.model.function import Function

_CLIENT = Path(__file__).with_name("client")
_RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot_restore_py")
# What /var/runtime has on AWS.
_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


class Python(NamedTuple):
    """How a function in Python is run.

    Attributes:
        command: The program and its arguments.
        programs: The folder of the interpreter.
        variables: What the environment needs besides.
        notices: What the user should know.
    """

    command: tuple[str, ...]
    programs: Path
    variables: dict[str, str]
    notices: tuple[str, ...]


def has_runtime_client() -> bool:
    """Return whether awslambdaric is installed."""
    return all(find_spec(name) is not None for name in _RUNTIME_CLIENT)


def link_runtime(folder: Path) -> None:
    """Make a folder that stands for `/var/runtime`: links to the few packages that every function sees."""
    folder.mkdir()
    (folder / "runtime_client.py").symlink_to(_CLIENT / "runtime_client.py")
    for name in (*_RUNTIME_CLIENT, *_SDK):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            continue
        home = Path(spec.origin)
        # A module may claim to be a package once it is imported, as six does.
        source = home.parent if home.name == "__init__.py" else home
        (folder / source.name).symlink_to(source.resolve())


def run_python(function: Function, code: Path, runtime: Path) -> Python:
    """Return how to run a function.

    Args:
        function: The function.
        code: The folder of its code.
        runtime: The folder that `link_runtime` made.
    """
    notices = []
    version = function.runtime.removeprefix("python")
    program = interpreters.find_interpreter(version)
    if program is None:
        program = interpreters.this_interpreter()
        notices.append(
            f"{function.logical_id} runs under Python {interpreters.running()}: there is no python{version} on the path"
        )
        version = interpreters.running()
    path = [code]
    for layer in function.layers:
        path += [layer / "python" / "lib" / f"python{version}" / "site-packages", layer / "python"]
    path.append(runtime)
    if _lacks_packages(code, function.layers):
        if version == interpreters.running():
            path += installed_here()
            notices.append(
                f"{function.logical_id} has a requirements.txt but no packages beside it: it runs with those of this "
                "environment; `sam build` gives it its own"
            )
        else:
            notices.append(
                f"{function.logical_id} has a requirements.txt but no packages beside it: run `sam build`, or "
                f"python{version} -m pip install -r requirements.txt --target {code}"
            )
    own = function.environment.get("PYTHONPATH")
    variables = {
        "PYTHONPATH": os.pathsep.join([*([own] if own else ()), *map(str, path)]),
        # As on AWS, where /var/task cannot be written to; and a change within a second is never mistaken for none.
        "PYTHONDONTWRITEBYTECODE": function.environment.get("PYTHONDONTWRITEBYTECODE", "1"),
    }
    command = (program, "-S", str(_CLIENT / "launch.py"), function.handler)
    return Python(command, Path(program).parent, variables, tuple(notices))


def installed_here() -> list[Path]:
    """Return the folders of what is installed in this environment, editable packages too, without Python's own."""
    own = {Path(folder).resolve() for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))}
    own |= {folder / "lib-dynload" for folder in own}
    started_from = Path(sys.argv[0] or ".").resolve().parent
    folders = [Path(entry).resolve() for entry in sys.path if entry]
    return [folder for folder in folders if folder.is_dir() and folder not in {*own, started_from}]


def _lacks_packages(code: Path, layers: tuple[Path, ...]) -> bool:
    """Return whether packages are wanted that nobody has installed."""
    wanted = code / "requirements.txt"
    try:
        lines = wanted.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    if not any(line.split("#", 1)[0].strip() for line in lines):
        return False
    folders = (code, *(layer / "python" for layer in layers))
    return not any(any(folder.glob("*.dist-info")) for folder in folders if folder.is_dir())
