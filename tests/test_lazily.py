"""Public names that are imported on first use."""

import math
import sys

import pytest

from gatepost.lazily import exports


def test_a_name_is_looked_up_in_its_module_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    getattribute, names = exports("package", {"sqrt": "math", "pi": "math", "s": "this"})
    assert getattribute("sqrt") is math.sqrt
    assert names() == ["pi", "s", "sqrt"]
    assert "this" not in sys.modules


def test_another_name_is_an_attribute_error_of_the_package() -> None:
    getattribute, _ = exports("package", {"sqrt": "math"})
    for name in ("pi", "math", "__path__"):
        with pytest.raises(AttributeError, match=f"module 'package' has no attribute '{name}'"):
            getattribute(name)
