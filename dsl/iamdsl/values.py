"""`dataclass(frozen=True, slots=True)`, cheap to define: `from iamdsl.values import dataclass`.

The compiler starts on every commit, and its syntax tree and model are some seventy small classes. For each of them
`dataclasses` compiles seven functions from text; together that was a tenth of a cold compile (CPython 3.11). Here
the standard library makes the fields and the slots, only `__init__` is compiled, and the other methods are shared.
What comes out is a dataclass in every respect: `fields`, `replace`, `match` and pickling work, and type checkers
are shown the standard decorator. Fields may have defaults, but no factories: a value has no mutable parts. With
any other options this is the standard decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass"]


def _dataclass(**options: bool) -> Callable[[type], type]:
    return _value if options == {"frozen": True, "slots": True} else dataclasses.dataclass(**options)


def _value(cls: type) -> type:
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    compared = [item.name for item in fields(made) if item.compare]
    content = attrgetter(*compared) if compared else type

    def equal(self: object, other: object) -> bool:
        return content(self) == content(other) if other.__class__ is self.__class__ else NotImplemented

    made.__init__ = _initialiser(made)
    made.__eq__ = equal
    made.__hash__ = lambda self: hash(content(self))
    made.__repr__ = _represent
    made.__setattr__ = made.__delattr__ = _refuse
    made.__reduce__ = _reduce
    return made  # type: ignore[no-any-return]


def _initialiser(made: Any) -> object:
    """An `__init__` that puts each argument into its slot, past `__setattr__`."""
    names: dict[str, Any] = {}
    head, body = "def __init__(self", ""
    for item in fields(made):
        if item.default_factory is not MISSING:
            raise TypeError(f"the field {item.name} of the value {made.__name__} has a factory")
        names[f"_set_{item.name}"] = getattr(made, item.name).__set__
        names[f"_default_{item.name}"] = item.default
        head += f", {item.name}" if item.default is MISSING else f", {item.name}=_default_{item.name}"
        body += f"\n _set_{item.name}(self, {item.name})"
    if hasattr(made, "__post_init__"):
        body += "\n self.__post_init__()"
    exec(f"{head}):{body or ' pass'}", names)  # noqa: S102 - made of the names of fields
    return names["__init__"]


def _represent(self: Any) -> str:
    shown = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: object, name: str, _: object = None) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _reduce(self: Any) -> tuple[type, tuple[object, ...]]:
    return type(self), tuple(getattr(self, item.name) for item in fields(self))


if not TYPE_CHECKING:
    dataclass = _dataclass
