"""`gatepost lambda package`: a Lambda authorizer as a zip file with nothing in it that it does not need."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.reproducible_zip import Member, write_zip

_PLATFORMS = {"x86_64": "x86_64", "arm64": "aarch64"}

# Amazon Linux 2023, which runs Python 3.12 and later, has glibc 2.34; Amazon Linux 2 has 2.26.
_GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34, "3.14": 34}

# What verifying tokens needs of Gatepost: the core, the policy and this gate.
_ROOMS = ("jose", "trust", "verification", "policy")
_MODULES = ("__init__.py", "errors.py", "frozen.py", "lazily.py")
_GATE = (
    "gates/__init__.py",
    "gates/demand.py",
    "gates/refusal.py",
    "gates/aws_lambda/*.py",
)


def package(
    *,
    handler: Annotated[
        list[Path], typer.Option(metavar="FILE", help="A source file of the function; may be repeated.")
    ],
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help="The policy file to put in.")] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The keys of gatepost lambda bake-keys to put in.")
    ] = None,
    requirements: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the function needs besides, as pip has it.")
    ] = None,
    python: Annotated[
        Literal["3.11", "3.12", "3.13", "3.14"], typer.Option(help="The Python of the function's runtime.")
    ] = "3.13",
    architecture: Annotated[Literal["x86_64", "arm64"], typer.Option(help="The function's architecture.")] = "x86_64",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write it.")] = Path(
        "authorizer.zip"
    ),
) -> int:
    """Write a zip file for AWS Lambda: the function's files, cryptography, urllib3 and the part of Gatepost it needs.

    The libraries are downloaded for the function's platform, as pip is configured, whatever machine this is. The same
    input makes the same file, to the octet.

    Example: gatepost lambda package --handler authorizer.py --policy gatepost.toml --keys keys.json -o authorizer.zip
    """
    given = [*handler, *(path for path in (policy, keys) if path is not None)]
    members = [Member(path.name, _read(path)) for path in given]
    with tempfile.TemporaryDirectory(prefix="gatepost-package-") as folder:
        place = Path(folder)
        _install(place, requirements, python, architecture)
        members += [Member(str(path.relative_to(place)), path.read_bytes()) for path in _wanted(place)]
    members += _gatepost()
    try:
        size = write_zip(out, members)
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from None
    except ValueError as error:
        raise Failure(f"{error}; give one of them another name") from None
    unpacked = sum(len(member.data) for member in members)
    typer.echo(f"{out}: {size / 1e6:.1f} MB, {unpacked / 1e6:.1f} MB unpacked, for Python {python} on {architecture}")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None


def _install(place: Path, requirements: Path | None, python: str, architecture: str) -> None:
    """Install the libraries for the function's platform into a folder."""
    machine = _PLATFORMS[architecture]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(_GLIBC[python], 16, -1)]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--target", str(place)]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}", "--no-compile"]
    for platform in (*platforms, f"manylinux2014_{machine}"):
        command += ["--platform", platform]
    command += ["cryptography>=48", "urllib3>=2.6.3"]
    if requirements is not None:
        _read(requirements)
        command += ["--requirement", str(requirements)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # no shell
    if ended.returncode:
        last = next((line for line in reversed(ended.stderr.splitlines()) if line.strip()), "pip failed")
        raise Failure(f"the libraries for Python {python} on {architecture} cannot be had: {last}")


def _wanted(place: Path) -> list[Path]:
    """Return the files of the libraries that a function needs: no tests, no byte code, no programs, no records."""
    return [
        path
        for path in sorted(place.rglob("*"))
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(place).parts) and not _is_record(path, place)
    ]


_LEFT_OUT = frozenset({"__pycache__", "bin", "tests", "test"})


def _is_record(path: Path, place: Path) -> bool:
    """Tell whether it says only how something was installed; the metadata with its version and licence stays."""
    top = path.relative_to(place).parts[0]
    return (top.endswith(".dist-info") and path.name in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}) or (
        path.suffix in {".pyi", ".pyc"}
    )


def _gatepost() -> list[Member]:
    """Return the modules of this Gatepost that an authorizer needs."""
    import gatepost

    home = Path(gatepost.__file__).parent
    paths = [home / name for name in _MODULES]
    for pattern in (*(f"{room}/**/*.py" for room in _ROOMS), *_GATE):
        paths += sorted(home.glob(pattern))
    return [Member(f"gatepost/{path.relative_to(home)}", path.read_bytes()) for path in paths]
