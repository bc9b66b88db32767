"""Faces of rooms that are heavy to enter: a name is imported when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def face(room: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of the package ``room``.

    ``where`` maps each public name to its module in the room, ``module:name`` where it is called
    otherwise there (a function may not have the name of a module of its room); a module that
    begins with a point stands beside the room. Raises
    ``AttributeError`` for a name that is not public.
    """

    def find(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        module, _, inner = where[name].partition(":")
        return getattr(import_module(f".{module}", room), inner or name)

    return find
