"""Show how far a run is: bars on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, TextIO

# A line in a log file every so many seconds.
LINE_INTERVAL = 5.0


class Progress(Protocol):
    """Receive what a run does; used as a context manager."""

    def __enter__(self) -> Progress:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing."""
        ...

    def notice(self, text: str) -> None:
        """Tell the user something worth a line."""
        ...

    def stage(self, name: str, total: float = 0.0, unit: str = "") -> None:
        """Begin a stage; `total` is what `advance` will reach, 0 if unknown."""
        ...

    def advance(self, done: float, more: str = "") -> None:
        """Say how much of the stage is done, and what else there is to say."""
        ...


class Silent:
    """Show nothing."""

    def __enter__(self) -> Silent:
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
        """Drop it."""

    def stage(self, name: str, total: float = 0.0, unit: str = "") -> None:
        """Drop it."""

    def advance(self, done: float, more: str = "") -> None:
        """Drop it."""


class PlainLines:
    """Write one line per stage, and one every few seconds while it lasts.

    Parameters
    ----------
    stream : text file
        Where the lines go.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self._name, self._total, self._unit = "", 0.0, ""
        self._began = self._next = 0.0
        self._first: float | None = None

    def __enter__(self) -> PlainLines:
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
        """Write the text on a line of its own."""
        self._write(text)

    def stage(self, name: str, total: float = 0.0, unit: str = "") -> None:
        """Write the name of the stage."""
        self._name, self._total, self._unit = name, total, unit
        self._began, self._first = time.monotonic(), None
        self._next = self._began + LINE_INTERVAL
        self._write(f"{name} ..." if not total else f"{name} ({total:g} {unit}) ...")

    def advance(self, done: float, more: str = "") -> None:
        """Write how far the stage is, if the last line is a while ago."""
        now = time.monotonic()
        if self._first is None:
            self._first, self._began = done, now
        if now < self._next:
            return
        self._next = now + LINE_INTERVAL
        share = f" ({100 * done / self._total:.0f} %)" if self._total else ""
        told = [f"{done:g} {self._unit}{share}", more, self._left(done, now)]
        self._write(f"{self._name}: {', '.join(part for part in told if part)}")

    def _left(self, done: float, now: float) -> str:
        """Estimate how long the rest of the stage takes, from what was done since its begin."""
        if not self._total or self._first is None or done <= self._first or done >= self._total:
            return ""
        return time_left((now - self._began) * (self._total - done) / (done - self._first))

    def _write(self, text: str) -> None:
        self.stream.write(f"{text}\n")
        self.stream.flush()


def time_left(seconds: float) -> str:
    """Return how long something takes yet, in words."""
    minutes, rest = divmod(round(seconds), 60)
    return f"about {minutes} min {rest} s left" if minutes else f"about {rest} s left"


class Bars:
    """Draw a bar per stage on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bars = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[done]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            # A table printed meanwhile goes above the bars, unless the user sends it to a file.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._task: Any = None
        self._total, self._unit = 0.0, ""

    def __enter__(self) -> Bars:
        """Begin to draw."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are."""
        self._finish(done=kind is None)
        self._bars.stop()

    def notice(self, text: str) -> None:
        """Print the text above the bars."""
        self._bars.console.print(text)

    def stage(self, name: str, total: float = 0.0, unit: str = "") -> None:
        """Fill the bar of the last stage and begin another."""
        self._finish(done=True)
        self._total, self._unit = total, unit
        self._task = self._bars.add_task(name, total=total or None, done="")

    def advance(self, done: float, more: str = "") -> None:
        """Move the bar."""
        if self._task is not None:
            shown = f"{done:.4g}/{self._total:.4g} {self._unit}"
            shown += f", {more}" if more else ""
            self._bars.update(self._task, completed=done, done=shown)

    def _finish(self, done: bool) -> None:
        if self._task is not None and done:
            total = self._total or 1.0
            self._bars.update(self._task, total=total, completed=total)


def choose_progress(stream: TextIO | None = None) -> Progress:
    """Return bars if the stream is a terminal, plain lines otherwise.

    Parameters
    ----------
    stream : text file, optional
        Standard error by default.

    Returns
    -------
    Progress
        Not entered yet.
    """
    stream = stream or sys.stderr
    return Bars() if stream.isatty() else PlainLines(stream)
