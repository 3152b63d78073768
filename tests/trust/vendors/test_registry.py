"""The vendors by name, each imported when it is first used."""

import importlib
import subprocess
import sys
from types import FunctionType

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust import vendors


@pytest.mark.parametrize("name", vendors.NAMES)
def test_a_vendor_is_a_function_of_its_name(name: str) -> None:
    function = vendors.vendor(name)
    assert isinstance(function, FunctionType)
    assert function.__name__ == name
    assert function.__module__ == f"gatepost.trust.vendors.{name}"


@pytest.mark.parametrize("name", vendors.NAMES)
def test_importing_its_file_does_not_hide_the_function(name: str) -> None:
    importlib.import_module(f"gatepost.trust.vendors.{name}")
    assert isinstance(getattr(vendors, name), FunctionType)


@pytest.mark.parametrize("name", vendors.NAMES)
def test_every_vendor_says_where_it_knows_from(name: str) -> None:
    assert "Source: " in (vendors.vendor(name).__doc__ or "")


def test_an_unknown_vendor_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="auth0, authgear, cognito"):
        vendors.vendor("okto")


def test_the_package_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="okto"):
        _ = vendors.okto


def test_only_the_vendor_that_is_used_is_loaded() -> None:
    program = (
        "import sys, gatepost; from gatepost.trust.vendors import okta;"
        "print(*sorted(name.rpartition('.')[2] for name in sys.modules if name.startswith('gatepost.trust.vendors.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["address", "okta"]
