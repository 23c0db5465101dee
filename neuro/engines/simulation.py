"""Run a Brian2 network stretch by stretch: recorded, watched, interruptible."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from neuro.engines.brian import brian2
from neuro.engines.complaints import explained
from neuro.engines.interruption import Interruption, listening
from neuro.engines.taps import Tap, empty, windows
from neuro.engines.watch import Watched, check
from neuro.errors import EnvironmentFault, Interrupted, SpecError

# Wall-clock seconds between two looks at monitors, numbers and Ctrl+C.
TICK = 0.25
# What is left of a stretch may be off by the rounding of a difference and of a sum.
ROUNDINGS = 4

Progress = Callable[[str, float, float], None]


def _nothing() -> None:
    return None


def _nothing_at(_start: float, _stop: float) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Describe a part of a run.

    Attributes
    ----------
    name : str
        For progress and messages.
    duration : float
        Model time in s.
    prepare : callable
        Called before it, to switch gates or change inputs.
    finish : callable
        Called after it with its begin and end in s.
    """

    name: str
    duration: float
    prepare: Callable[[], None] = _nothing
    finish: Callable[[float, float], None] = _nothing_at


@dataclass(frozen=True, slots=True)
class Place:
    """Say where in a run a network is; its own clock knows the time.

    Attributes
    ----------
    stretch : int
        Number of the stretch.
    start : float
        When that stretch began, in s.
    """

    stretch: int
    start: float


@dataclass(frozen=True, slots=True)
class Outlets:
    """Say who is told what while a network runs.

    Attributes
    ----------
    taps : sequence of Tap
        Monitors to be emptied.
    together : callable
        Returns a context manager; inside of it all taps are written up to one time, and `progress`
        is told that time.
    watched : sequence of Watched
        Variables that must stay numbers.
    snapshot : callable
        Called with the model time in s before the first and after every stretch; in standalone
        mode once, at the end.
    progress : callable
        Called several times a second with the name of the stretch, the model time in s and the
        wall-clock time in s since the simulation began.
    keep : callable
        Called as often, between two steps, when everything recorded was handed over, with the
        place in the run and whether the run ends here because the user asked it to; it may take
        the state of the network.
    """

    taps: Sequence[Tap] = ()
    together: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
    watched: Sequence[Watched] = ()
    snapshot: Callable[[float], None] = field(default=lambda _time: None)
    progress: Progress = field(default=lambda _name, _model, _wall: None)
    keep: Callable[[Place, bool], None] = field(default=lambda _place, _is_last: None)


NO_OUTLETS = Outlets()


def simulate(
    network: Any,
    stretches: Sequence[Stretch],
    outlets: Outlets = NO_OUTLETS,
    interruption: Interruption | None = None,
    begun: Place | None = None,
) -> None:
    """Run a network through all stretches.

    Parameters
    ----------
    network : brian2.Network
        Built under the engine that is active now (`neuro.engines.activation.activate`).
    stretches : sequence of Stretch
        What to run, in this order.
    outlets : Outlets
        Recording, watch and progress.
    interruption : Interruption, optional
        Where Ctrl+C arrives, if the caller listens already.
    begun : Place, optional
        Where the run goes on, if the network bears the state that it had there; not in standalone
        mode.

    Raises
    ------
    NumericalError
        When a watched variable became NaN or ran away.
    Interrupted
        When the user pressed Ctrl+C; everything up to the last step was handed over.
    SpecError
        When Brian2 cannot make code of the description.
    EnvironmentFault
        When C++ code cannot be compiled or run.
    """
    # The engine is Brian2's active device, which is global whether we like it or not.
    device = brian2.get_device()
    is_standalone = device is brian2.all_devices["cpp_standalone"]
    with contextlib.ExitStack() as stack:
        heard = interruption or stack.enter_context(listening())
        try:
            if is_standalone:
                _run_standalone(network, stretches, outlets, heard)
            else:
                _run_stretches(network, stretches, outlets, heard, begun)
        except KeyboardInterrupt:
            raise Interrupted(f"stopped by Ctrl+C at {_time(network) * 1e3:.6g} ms") from None


@dataclass(slots=True)
class _Tick:
    """Do what is due between two steps; hold an error until Brian2's loop has ended."""

    network: Any
    outlets: Outlets
    interruption: Interruption
    began: float
    place: Place
    stretch: str = ""
    last_good: float = 0.0
    error: BaseException | None = None

    def __call__(self, *_progress: Any) -> None:
        if self.error is not None:
            return
        try:
            self.look(_time(self.network))
            self.outlets.keep(self.place, False)
        except BaseException as error:
            self.error = error
        if self.error is not None or self.interruption.requested:
            self.network.stop()

    def look(self, now: float) -> None:
        _hand_over(self.outlets, self.stretch, now, self.began)
        empty(self.outlets.taps)
        check(self.outlets.watched, now, self.last_good)
        self.last_good = now


def _hand_over(outlets: Outlets, stretch: str, now: float, began: float) -> None:
    """Hand over what all monitors hold, such that none is ever ahead of the others."""
    for window in windows(outlets.taps, now):
        with outlets.together():
            window.hand_over()
            outlets.progress(stretch, window.until, time.monotonic() - began)


def _run_stretches(
    network: Any,
    stretches: Sequence[Stretch],
    outlets: Outlets,
    interruption: Interruption,
    begun: Place | None,
) -> None:
    first = begun or Place(0, _time(network))
    tick = _Tick(network, outlets, interruption, time.monotonic(), first, last_good=_time(network))
    if begun is None:
        outlets.snapshot(_time(network))
    for number, stretch in enumerate(stretches[first.stretch :], first.stretch):
        start = first.start if number == first.stretch else _time(network)
        tick.stretch, tick.place = stretch.name, Place(number, start)
        stretch.prepare()
        _run_one(network, stretch, tick)
        if tick.error is not None:
            raise tick.error
        tick.look(_time(network))
        if interruption.requested:
            outlets.keep(tick.place, True)
        outlets.snapshot(_time(network))
        stretch.finish(start, _time(network))
        if interruption.requested:
            raise Interrupted(f"stopped by Ctrl+C at {_time(network) * 1e3:.6g} ms")


def _left(now: float, start: float, duration: float) -> float:
    """Return how long a stretch has to run, such that it ends at the very bits it always ends at.

    Brian2 takes what is left and adds the time again, and both round.
    """
    if now == start:
        return duration
    end = start + duration
    left = max(0.0, end - now)
    for _ in range(ROUNDINGS):
        if not left or now + left == end:
            break
        left = math.nextafter(left, math.inf if now + left < end else 0.0)
    return left


def _run_one(network: Any, stretch: Stretch, tick: _Tick) -> None:
    """Run a stretch; Brian2 calls `tick` at its begin, its end and every TICK seconds."""
    left = _left(_time(network), tick.place.start, stretch.duration)

    def begin_or_tick(*progress: Any) -> None:
        # The first call comes when all code is compiled and the loop is about to begin.
        tick.interruption.stepping = True
        tick(*progress)

    # Overflow in the numpy target is found by the watch, with the name of the neuron.
    with explained(f"stretch '{stretch.name}'"), np.errstate(all="ignore"):
        try:
            network.run(
                left * brian2.second,
                report=begin_or_tick,
                report_period=TICK * brian2.second,
                namespace={},
            )
        finally:
            tick.interruption.stepping = False


def _run_standalone(
    network: Any, stretches: Sequence[Stretch], outlets: Outlets, interruption: Interruption
) -> None:
    began = time.monotonic()
    bounds = [0.0]
    with explained("standalone code"):
        for stretch in stretches:
            stretch.prepare()
            network.run(stretch.duration * brian2.second, namespace={})
            bounds.append(bounds[-1] + stretch.duration)
    outlets.progress("compiling", 0.0, time.monotonic() - began)
    _compile_and_run()
    _hand_over(outlets, stretches[-1].name if stretches else "", bounds[-1], began)
    outlets.snapshot(bounds[-1])
    for stretch, start, stop in zip(stretches, bounds[:-1], bounds[1:], strict=True):
        stretch.finish(start, stop)
    if interruption.requested:
        raise Interrupted("stopped by Ctrl+C")
    check(outlets.watched, bounds[-1], 0.0)


def _compile_and_run() -> None:
    device = brian2.get_device()
    if device.has_been_run:
        raise SpecError("engine 'brian2_standalone' runs a network once; build it again")
    try:
        device.build(directory=device.build_options["directory"], compile=True, run=False)
        device.run(with_output=False)
    except RuntimeError as error:
        raise EnvironmentFault(f"engine 'brian2_standalone': {error}") from error


def _time(network: Any) -> float:
    # Once stopped, Brian2's network holds a view of its clock's array here, not a number.
    return float(np.asarray(network.t_).item())
