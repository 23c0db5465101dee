"""Hold translated statements, and make them fit to stand inside others."""

from __future__ import annotations

import re
from typing import NamedTuple

from neuro.device.source import substitute

_ASSIGNED = re.compile(r"^\s*(\w+) = ", re.MULTILINE)


class Fragment(NamedTuple):
    """Hold translated statements: what is done once, and for each element."""

    scalar: list[str]
    vector: list[str]


def private(fragment: Fragment) -> Fragment:
    """Rename all that a fragment assigns, so that it can stand inside another."""
    names = {
        name: f"_r_{name}" for block in fragment for name in _ASSIGNED.findall("\n".join(block))
    }
    return Fragment(
        [substitute(line, names) for line in fragment.scalar],
        [substitute(line, names) for line in fragment.vector],
    )
