"""The folder of a sweep: one sealed file for each point that is done, and a list of all points."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from experiments.provenance import told_program
from experiments.sweep.points import ID_DIGITS, Plan, Point
from neuro.errors import DamagedFileError, NeuroError
from neuro.recording import Recording, Status, read

T = TypeVar("T")

LIST = "sweep.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold why a point has no result.

    Attributes
    ----------
    point : Point
        The point.
    code : int
        The exit code that `engram run` would have had.
    message : str
        What it would have said.
    """

    point: Point
    code: int
    message: str


class Folder:
    """Know which points of a sweep are done.

    Parameters
    ----------
    path : Path
        The folder; made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, plan: Plan, failures: list[Failure]) -> None:
        """List all points, those of earlier sweeps in this folder too, at once or not at all.

        Parameters
        ----------
        plan : Plan
            The sweep.
        failures : list of Failure
            Points that have no result.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        known = {} if not self._list.exists() else {p.id: p for p in self.points()}
        known |= {point.id: point for point in plan.points}
        text = json.dumps(
            {
                "format": FORMAT,
                "config": str(plan.config),
                "axes": {
                    key: values for axis in plan.axes for key, values in axis.columns().items()
                },
                "repeats": plan.repeats,
                "points": [asdict(point) for point in known.values()],
                "failures": [
                    {"id": f.point.id, "code": f.code, "message": f.message} for f in failures
                ],
            },
            indent=1,
        )
        temporary = self._list.with_name(f".{LIST}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self._list)

    def points(self) -> list[Point]:
        """Return the points that were ever asked for.

        Raises
        ------
        DamagedFileError
            If the folder holds no list of a sweep.
        """
        return self._listed(lambda told: [_point(entry) for entry in told["points"]])

    def failures(self) -> list[Failure]:
        """Return the points of the last sweep that ended with an error.

        Raises
        ------
        DamagedFileError
            If the folder holds no list of a sweep.
        """

        def of(told: dict[str, Any]) -> list[Failure]:
            known = {entry["id"]: _point(entry) for entry in told["points"]}
            return [
                Failure(known[each["id"]], int(each["code"]), str(each["message"]))
                for each in told["failures"]
            ]

        return self._listed(of)

    def _listed(self, take: Callable[[dict[str, Any]], list[T]]) -> list[T]:
        try:
            return take(json.loads(self._list.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise DamagedFileError(f"{self.path}: no sweep here ({LIST} is missing)") from None
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedFileError(f"{self._list}: not the list of a sweep ({error})") from None

    def take(self, point: Point, what: Callable[[Recording], T]) -> T | None:
        """Return what is taken of the file of a point; None of one that is not done."""
        file = self.path / point.file
        if not file.exists():
            return None
        try:
            recording = read(file)
        except NeuroError:
            return None
        with recording:
            return what(recording) if _came_to_its_end(recording) else None

    @property
    def _list(self) -> Path:
        return self.path / LIST


def program_of(recording: Recording) -> str:
    """Return which state of the program made a recording."""
    return told_program(recording.provenance)


def _came_to_its_end(recording: Recording) -> bool:
    try:
        return recording.is_sealed and recording.status is Status.OK
    except NeuroError:
        return False


def _point(told: dict[str, Any]) -> Point:
    # The id becomes the name of a file.
    if not re.fullmatch(rf"[0-9a-f]{{{ID_DIGITS}}}", told["id"]):
        raise ValueError(f"'{told['id']}' is no id of a point")
    return Point(told["id"], tuple(told["overrides"]), dict(told["values"]), int(told["repeat"]))
