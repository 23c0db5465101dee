"""Show how far a run is, and leave it beside its segments for whoever watches."""

from __future__ import annotations

import time
from types import TracebackType

from experiments.progress import Progress
from neuro.recording import Beacon, Recorder

# Seconds between two words to who watches, unless a stage begins; a word takes a tenth of a
# millisecond.
INTERVAL = 0.5


class Broadcast:
    """Hand everything on to another progress, and some of it to the recorder.

    Parameters
    ----------
    shown : Progress
        Who shows it to the user; whoever entered it leaves it.
    recorder : Recorder
        Whose folder of segments tells it to others.
    """

    def __init__(self, shown: Progress, recorder: Recorder) -> None:
        self._shown, self._recorder = shown, recorder
        self._stage, self._total, self._unit = "", 0.0, ""
        self._began = self._stage_began = time.monotonic()
        self._next = 0.0

    def __enter__(self) -> Broadcast:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""

    def notice(self, text: str) -> None:
        """Hand it on."""
        self._shown.notice(text)

    def stage(self, name: str, total: float = 0.0, unit: str = "") -> None:
        """Hand it on, and tell it."""
        self._stage, self._total, self._unit = name, total, unit
        self._stage_began = time.monotonic()
        self._shown.stage(name, total, unit)
        self._tell(0.0, "")

    def advance(self, done: float, more: str = "") -> None:
        """Hand it on, and tell it if the last word is a while ago."""
        self._shown.advance(done, more)
        if time.monotonic() >= self._next:
            self._tell(done, more)

    def _tell(self, done: float, more: str) -> None:
        now = time.monotonic()
        self._next = now + INTERVAL
        since_stage, since_run = now - self._stage_began, now - self._began
        told = Beacon(
            self._stage, float(done), float(self._total), self._unit, more, since_stage, since_run
        )
        self._recorder.tell(told)
