"""The cheap dataclasses behave as the standard library's."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from iamdsl import values


def make(decorator: Any) -> Any:
    class Point:
        """Two coordinates and a remark that does not count."""

        x: int
        y: tuple[int, ...] = (1, 2)
        remark: str = dataclasses.field(default="", compare=False, repr=False)

        @property
        def double(self) -> int:
            return 2 * self.x

    Point.__qualname__ = "Point"
    return decorator(frozen=True, slots=True)(Point)


ours, theirs = make(values.dataclass), make(dataclasses.dataclass)


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    text: str
    remark: str = dataclasses.field(default="", compare=False)


@values.dataclass(frozen=True, slots=True)
class Value:
    text: str
    remark: str = dataclasses.field(default="", compare=False)


@values.dataclass(frozen=True, slots=True)
class Checked:
    number: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", abs(self.number))


@values.dataclass(frozen=True, slots=True)
class Empty:
    pass


@pytest.mark.parametrize("kind", [ours, theirs])
def test_construction_and_defaults(kind: Any) -> None:
    point = kind(1)
    assert (point.x, point.y, point.remark, point.double) == (1, (1, 2), "", 2)
    assert kind(y=(3,), x=2, remark="r").y == (3,)
    for arguments in ((), (1, 2, 3, 4)):
        with pytest.raises(TypeError):
            kind(*arguments)
    assert list(inspect.signature(kind).parameters) == ["x", "y", "remark"]


@pytest.mark.parametrize("kind", [ours, theirs])
def test_equality_hash_and_text(kind: Any) -> None:
    assert kind(1, remark="a") == kind(1, remark="b")
    assert hash(kind(1, remark="a")) == hash(kind(1, remark="b"))
    assert kind(1) != kind(2)
    assert kind(1) != (1, (1, 2))
    assert repr(kind(1, remark="a")) == "Point(x=1, y=(1, 2))"
    assert ours(1) != theirs(1)


@pytest.mark.parametrize("kind", [ours, theirs])
def test_nothing_can_be_changed(kind: Any) -> None:
    point = kind(1)
    for change in (lambda: setattr(point, "x", 2), lambda: delattr(point, "x")):
        with pytest.raises(dataclasses.FrozenInstanceError, match=r"field 'x'"):
            change()
    with pytest.raises((AttributeError, TypeError)):
        point.z = 1
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize("kind", [Standard, Value])
def test_copies(kind: Any) -> None:
    value = kind("a", "r")
    assert dataclasses.replace(value, text="b") == kind("b")
    for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
        assert (twin.text, twin.remark) == ("a", "r")
    assert dataclasses.asdict(value) == {"text": "a", "remark": "r"}
    match value:
        case Standard(text) | Value(text):
            assert text == "a"


def test_a_check_after_construction_runs() -> None:
    assert Checked(-3) == Checked(3)


def test_a_value_without_fields() -> None:
    assert Empty() == Empty()
    assert {Empty(): 1}[Empty()] == 1


def test_values_have_no_factories() -> None:
    class Broken:
        items: list[int] = dataclasses.field(default_factory=list)

    with pytest.raises(TypeError, match="has a factory"):
        values.dataclass(frozen=True, slots=True)(Broken)


def test_other_options_are_the_standard_library_s() -> None:
    ordered = values.dataclass(frozen=True, slots=True, order=True)(type("T", (), {"__annotations__": {"a": "int"}}))
    assert ordered(1) < ordered(2)
