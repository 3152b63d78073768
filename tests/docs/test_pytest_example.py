"""The tests that the tutorial shows pass, as somebody would run them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, blocks

TUTORIAL = ROOT / "docs/tutorials/testing-with-local-issuer.md"


def test_the_tests_of_the_tutorial_pass(tmp_path: Path) -> None:
    (tmp_path / "test_tutorial.py").write_text(blocks(TUTORIAL, "python")[0].text)
    # Without other plugins, and with this one by name: the environment's may be older than the source.
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-W",
            "error",
            "-p",
            "gatepost.testing.pytest_plugin",
            "test_tutorial.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    assert "2 passed" in finished.stdout
