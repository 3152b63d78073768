"""The program as a whole: help, version, and how it ends when it is used wrongly."""

import subprocess
import sys
import time

import pytest

import gatepost
from tests.cli.conftest import Run


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_the_commands(run: Run) -> None:
    ended = run("--help")
    assert ended.status == 0
    for command in ("verify", "inspect", "jwks", "keys", "issuer", "demo"):
        assert f"\n  {command} " in ended.out


def test_without_arguments_it_shows_its_help(run: Run) -> None:
    assert run() == run("--help")


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version") == (0, f"gatepost {gatepost.__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), "no such command 'nonsense'"),
        (("verify",), "missing argument 'TOKEN'"),
        (("verify", "x", "--nonsense"), "no such option: --nonsense"),
        (("verify", "x", "--leeway", "soon"), "'--leeway'"),
        (("verify", "x", "--token-type", "refresh"), "'access', 'id', 'any'"),
        (("verify", "x", "y"), "unexpected extra argument"),
        (("keys",), "missing command"),
        (("demo", "--port", "66000"), "'--port'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_misuse_is_one_line_that_says_where_help_is(run: Run, arguments: tuple[str, ...], words: str) -> None:
    ended = run(*arguments)
    assert ended.status == 2
    assert ended.out == ""
    assert ended.err.startswith("gatepost: ")
    assert words in ended.err
    assert ended.err.count("\n") == 1
    assert "--help" in ended.err


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    script = (
        f"import sys; sys.modules['{missing}'] = None; from gatepost.cli import main; sys.exit(main(['inspect', 'x']))"
    )
    ended = python("-c", script)
    assert ended.returncode == 2
    assert ended.stderr == f"gatepost: the command line needs {missing}; run: pip install 'gatepost[server]'\n"


def test_without_flask_the_demo_says_what_to_install() -> None:
    script = "import sys; sys.modules['flask'] = None; from gatepost.cli import main; sys.exit(main(['demo']))"
    ended = python("-c", script)
    assert ended.returncode == 2
    assert ended.stderr == "gatepost: the demo's API needs Flask; run: pip install 'gatepost[server,flask]'\n"


def test_it_runs_as_a_module() -> None:
    ended = python("-m", "gatepost", "--version")
    assert (ended.returncode, ended.stdout) == (0, f"gatepost {gatepost.__version__}\n")


def test_help_loads_neither_the_network_nor_the_cryptography() -> None:
    script = (
        "import sys; from gatepost.cli import main; main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('urllib3', 'cryptography', 'rich', 'flask', 'ssl', 'asyncio')))"
    )
    assert python("-c", script).returncode == 0


def test_help_is_quick() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        assert python("-m", "gatepost", "--help").returncode == 0
        return time.perf_counter() - start

    # The best of some, for other programs run here too. The promise is 0.3 s on a machine at rest.
    assert min(seconds() for _ in range(5)) < 0.6
