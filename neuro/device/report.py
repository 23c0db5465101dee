"""Tell how far a run has come: what Brian2's argument `report` stands for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from brian2.core.network import TextReport

#: Called with the elapsed wall time, the completed share, the start and the duration of a run.
Report = Callable[[Any, float, Any, Any], None]


def reporter(report: Any) -> Report | None:
    """Return the callback for Brian2's `report` argument."""
    if report is None:
        return None
    if report in ("text", "stdout"):
        return TextReport(sys.stdout)  # type: ignore[no-any-return]
    if report == "stderr":
        return TextReport(sys.stderr)  # type: ignore[no-any-return]
    if isinstance(report, str):
        raise ValueError(f'Do not know how to handle report argument "{report}".')
    if callable(report):
        return report  # type: ignore[no-any-return]
    raise TypeError(
        "Do not know how to handle report argument, it has to be one of 'text', 'stdout', "
        f"'stderr', or a callable function/object, but it is of type {type(report)}"
    )
