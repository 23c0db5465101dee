"""Describe how one of Brian2's templates is lowered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neuro.device.source import Step

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def nothing(code: NumbaCodeObject) -> None:
    """Do nothing before or after a run."""


@dataclass(frozen=True, slots=True)
class Template:
    """Hold what Brian2 asks of a template, and the function that lowers it.

    Parameters
    ----------
    lower
        Makes a step of a code object.
    variables
        The variables that the lowering names beside those of the statements.
    iterate_all
        The indices that run over all elements.
    allows_scalar_write
        Whether the statements may write to shared variables.
    before_run, after_run
        What is done once per run, in Python.
    """

    lower: Callable[[NumbaCodeObject], Step]
    variables: frozenset[str] = frozenset()
    iterate_all: frozenset[str] = frozenset()
    allows_scalar_write: bool = False
    writes_read_only: frozenset[str] = frozenset()
    before_run: Callable[[NumbaCodeObject], None] = nothing
    after_run: Callable[[NumbaCodeObject], None] = nothing
    template_source: str = ""
