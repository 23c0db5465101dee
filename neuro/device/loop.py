"""Drive a compiled time loop: portions of time, objects in Python, full buffers.

A portion lasts less than `PORTION` seconds of wall time, so that progress reports, `stop()` and
Ctrl+C get their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from neuro.device import alarm, body
from neuro.device.fuse import Program
from neuro.device.rng import Stream
from neuro.interrupt import held_back

#: Wall time of one portion in seconds.
PORTION = 0.1
#: Wall time after which a portion is cut short because its steps have turned slow, in seconds.
LONGEST = 0.3
#: Steps of the first portion, whose speed is not known.
FIRST_STEPS = 8


class Loop:
    """Run a program for portions of time.

    Parameters
    ----------
    program
        The fused objects.
    stream
        Shares numpy's random state with kernels.
    """

    def __init__(self, program: Program, stream: Stream) -> None:
        self.program = program
        self.stream = stream
        self.n_steps = FIRST_STEPS
        self._is_inside = False

    def enter(self) -> None:
        """Prepare for compiled code: find the arrays and take over the random state."""
        self.program.bind()
        self._is_inside = True
        if self.program.uses_stream:
            self.stream.load()

    def leave(self) -> None:
        """Prepare for Python code: hand over recordings and the random state, once."""
        if not self._is_inside:  # Python code has raised an error, and drawn numbers before
            return
        self._is_inside = False
        if self.program.uses_stream:
            self.stream.store()
        self.program.flush()

    def portion(self, is_stopped: Callable[[], bool], before_python: Callable[[Any], None]) -> bool:
        """Run for about `PORTION` seconds and return whether the run is over.

        Parameters
        ----------
        is_stopped
            Asked after each object that ran in Python; the current step is then finished.
        before_python
            Called with the object that is about to run in Python.
        """
        control = self.program.control
        begin = time.perf_counter()
        n_steps = control[body.BUDGET] = self.n_steps
        self.enter()
        alarm.set_deadline(control, LONGEST)
        try:
            while (reason := self._run_compiled()) == body.PYTHON:
                self._run_python(before_python)
                if is_stopped() or time.perf_counter() - begin > PORTION:
                    control[body.BUDGET] = 1
        finally:
            alarm.set_deadline(control, 0)
            self.leave()
        self._adapt(n_steps - int(control[body.BUDGET]), time.perf_counter() - begin)
        return reason == body.OVER

    def _run_compiled(self) -> int:
        """Run to the next object in Python, or to the end of the portion; return which.

        Ctrl+C waits for it: compiled code asks for room in the middle of a step, and what came
        before in that step would be done again by the next run.
        """
        with held_back():
            while (reason := self.program()) == body.ROOM:
                self._make_room()
        return reason

    def _make_room(self) -> None:
        step = self.program.items[self.program.control[body.PLACE] - 1].step
        assert step is not None
        assert step.make_room is not None
        step.make_room()
        self.program.bind()

    def _run_python(self, before_python: Callable[[Any], None]) -> None:
        place = int(self.program.control[body.PLACE])
        owner = self.program.items[place - 1].owner
        self.leave()
        before_python(owner)
        begin = time.perf_counter()
        owner.run()
        if self.program.profile is not None:
            self.program.profile.python_seconds[place] += time.perf_counter() - begin
        self.enter()

    def _adapt(self, n_done: int, seconds: float) -> None:
        if n_done > 0 and seconds > 0:
            fitting = int(n_done * PORTION / seconds)
            self.n_steps = max(1, min(fitting, 16 * self.n_steps))
