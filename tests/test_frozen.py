"""Frozen values: set once, compared by what they hold, and shown without what is private."""

import copy

import pytest

from gatepost.frozen import Frozen


class Point(Frozen):
    __slots__ = ("_secret", "x", "y")

    x: int
    y: int
    _secret: str

    def __init__(self, x: int, y: int, secret: str = "") -> None:
        self._set(x=x, y=y, _secret=secret)


class NamedPoint(Point):
    __slots__ = ("name",)

    name: str

    def __init__(self, x: int, y: int, name: str) -> None:
        super().__init__(x, y)
        self._set(name=name)


def test_an_attribute_can_be_neither_set_nor_deleted_nor_added() -> None:
    point = Point(1, 2)
    for name in ("x", "_secret", "z"):
        with pytest.raises(AttributeError, match=f"Point is frozen: {name} cannot be set"):
            setattr(point, name, 3)
        with pytest.raises(AttributeError, match=f"Point is frozen: {name} cannot be deleted"):
            delattr(point, name)
    assert (point.x, point.y) == (1, 2)
    assert not hasattr(point, "__dict__")


def test_values_are_equal_when_class_and_attributes_are() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert Point(1, 2) != Point(2, 1)
    assert Point(1, 2, "a") != Point(1, 2, "b")
    assert Point(1, 2) != NamedPoint(1, 2, "")
    assert NamedPoint(1, 2, "a") != NamedPoint(1, 2, "b")
    assert NamedPoint(1, 2, "a") != NamedPoint(1, 3, "a")
    assert Point(1, 2) != (1, 2)


def test_what_is_private_does_not_show() -> None:
    assert repr(Point(1, 2, "canary")) == "Point(x=1, y=2)"
    assert repr(NamedPoint(1, 2, "origin")) == "NamedPoint(x=1, y=2, name='origin')"


def test_a_copy_of_what_cannot_change_is_itself() -> None:
    point = NamedPoint(1, 2, "origin")
    assert copy.copy(point) is copy.deepcopy(point) is point
    assert copy.deepcopy([point])[0] is point
