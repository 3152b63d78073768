"""`sam build`, from its own environment in build/sam-cli (`make test` makes it), and with this source of Gatepost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.gateway_run import RUNTIME

ROOT = Path(__file__).parents[2]
SAM = ROOT / "build" / "sam-cli" / "bin" / "sam"


def sam_build(template: Path, folder: Path) -> Path:
    """Build a template's functions without a container and return the folder of what was built.

    Args:
        template: The template.
        folder: Where to work.
    """
    if not SAM.exists():
        if os.environ.get("CI"):
            pytest.fail("aws-sam-cli is missing: run make build/sam-cli/.made")
        pytest.skip("aws-sam-cli is not there: run make build/sam-cli/.made")
    wheels, built = folder / "wheels", folder / "built"
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps"]
    subprocess.run([*wheel, "--wheel-dir", str(wheels), str(ROOT)], check=True, timeout=90)
    environment = dict(os.environ)
    environment |= {
        "PIP_FIND_LINKS": f"{wheels} {environment.get('PIP_FIND_LINKS', '')}".strip(),
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{Path(sys.executable).parent}:{environment.get('PATH', '')}",
        "HOME": str(folder),
    }
    command = [str(SAM), "build", "--template", str(template), "--build-dir", str(built)]
    ended = subprocess.run(
        [*command, "--parameter-overrides", f"PythonRuntime={RUNTIME}"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=110,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return built
