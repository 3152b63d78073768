"""The fixtures, in a pytest of their own."""

import os
import subprocess
import sys
from pathlib import Path

import gatepost

PLUGIN = "gatepost.testing.pytest_plugin"


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Run a test file with this Gatepost and without any other plugin."""
    (folder / "test_it.py").write_text(source)
    own = {"PYTHONPATH": str(Path(gatepost.__file__).parents[1]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            PLUGIN,
            "-p",
            "no:cacheprovider",
            "-q",
            "--strict-markers",
            "-W",
            "error",
        ],
        cwd=folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )


def test_issuer_and_mint_token_go_together(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
def test_it(issuer, mint_token):
    assert issuer.vendor == "pingone"
    assert mint_token(scope="read").count(".") == 2
""",
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_marker_hands_its_arguments_on(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
import pytest

@pytest.mark.issuer("okta", algorithm="ES256")
def test_it(issuer):
    assert (issuer.vendor, issuer.algorithm) == ("okta", "ES256")

@pytest.mark.issuer(audience="https://orders.example.com")
def test_settings_alone(issuer):
    assert (issuer.vendor, issuer.audience) == ("pingone", ("https://orders.example.com",))
""",
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_a_fixture_chooses_the_vendor(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
import pytest

@pytest.fixture(params=["wso2", "cognito"])
def issuer_vendor(request):
    return request.param

def test_it(issuer, issuer_vendor):
    assert issuer.vendor == issuer_vendor
""",
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_loads_nothing_before_a_fixture_is_used(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
import sys

PLUGIN = "gatepost.testing.pytest_plugin"

def test_it():
    loaded = sorted(name for name in sys.modules if name.partition(".")[0] in {"gatepost", "cryptography"})
    assert loaded == ["gatepost", "gatepost.lazily", "gatepost.testing", PLUGIN]
""",
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
