"""The command line: one module per command, and `main`, where the program starts."""

import sys
from collections.abc import Sequence

# What `pip install 'gatepost[server]'` brings; a plain `gatepost` verifies tokens without it.
_EXTRA = frozenset({"rich", "typer"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    0 when all is well, 1 when a token was refused or a check failed, 2 when the question was wrong or could not be
    answered, 130 after Ctrl-C. What went wrong is one line on standard error.

    Args:
        arguments: What follows the program's name; `None` takes the process's own.
    """
    try:
        from gatepost.cli.app import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        sys.stderr.write(f"gatepost: the command line needs {package}; run: pip install 'gatepost[server]'\n")
        return 2
    except KeyboardInterrupt:
        return 130
