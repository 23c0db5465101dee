"""Run a network on the device: what `Network.run` does, with a compiled loop inside."""

from __future__ import annotations

import gc
import sys
import time
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from brian2.core.namespace import get_local_namespace
from brian2.core.network import Network
from brian2.equations.equations import Equations
from brian2.groups.group import Group
from brian2.units import check_units, second
from numba.core.errors import NumbaError

from neuro.device import body, clocks, prepare
from neuro.device.fuse import Program
from neuro.device.loop import PORTION, Loop
from neuro.device.places import compiles, items
from neuro.device.report import Report, reporter
from neuro.device.synaptic.layout import Layout, Layouts

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice

#: Brian2 warns of numbers beyond this one.
LARGE = 1e50


def _is_suspicious(group: Group) -> bool:
    """Return whether a variable with an equation is NaN or larger than `LARGE` somewhere."""
    equations = getattr(group, "equations", None)
    if not isinstance(equations, Equations):
        return False
    arrays = [group.variables[name].get_value() for name in equations.diff_eq_names]
    # Minimum and maximum hand on NaN, for which no comparison is true.
    return not all(
        array.size == 0 or (float(array.min()) >= -LARGE and float(array.max()) <= LARGE)
        for array in arrays
    )


def _visible(level: int) -> Mapping[str, Any]:
    """Return the names that `get_local_namespace` would copy, without the copy."""
    frame = sys._getframe(level + 1)
    return ChainMap(frame.f_locals, frame.f_globals)


@check_units(duration=second, report_period=second)  # type: ignore[untyped-decorator]
def run(
    device: NumbaDevice,
    network: Any,
    duration: Any,
    report: Any = None,
    report_period: Any = 10 * second,
    namespace: Mapping[str, Any] | None = None,
    profile: bool | None = None,
    level: int = 0,
) -> None:
    """Run a network for `duration`; the arguments are those of `brian2.Network.run`."""
    if duration < 0:
        raise ValueError(f"Function 'run' expected a non-negative duration but got '{duration}'")
    if network not in device.prepared:
        # Brian2 warns of objects that are part of no network when they are collected.
        gc.collect()
    names = _visible(level + 4) if namespace is None else namespace
    t_start, t_end = network.t, network.t + duration
    known = prepare.kept(device, network, names)
    if known is None:
        # Preparing may change what the events that wait are to be replayed with.
        device.waiting.settle()
    if known is not None:
        namespace = names
    elif namespace is None:
        namespace = get_local_namespace(level=level + 4)
    objects = network.sorted_objects if known is None else known.objects
    network._clocks = {obj.clock for obj in objects}
    for clock in network._clocks:
        clocks.set_interval(clock, t_start, t_end)
    if known is None:
        prepare.before_run(device, network, namespace, objects)
    else:
        prepare.reuse(network, known, namespace)
    if len(objects) == 0:
        return
    if profile is None:
        profile = bool(device.build_options.get("profile", False))
    Run(
        device,
        network,
        objects,
        namespace,
        t_start,
        t_end,
        duration,
        reporter(report),
        float(report_period),
        profile,
    ).go()
    _after_run(network, objects)


def _after_run(network: Any, objects: Sequence[Any]) -> None:
    """Do what `Network.after_run` does, with objects that are sorted already."""
    if type(network) is not Network:
        network.after_run()
        return
    for obj in objects:
        if obj.active:
            obj.after_run()


class Run:
    """Hold one call of `Network.run`.

    Parameters
    ----------
    device, network, objects, namespace
        What runs, on what, the objects of the network in order, and the names that they may use.
    t_start, t_end, duration
        The interval of model time.
    report, report_period
        The progress callback and its period in seconds of wall time.
    is_profiled
        Whether to measure the time of each object.
    """

    def __init__(
        self,
        device: NumbaDevice,
        network: Any,
        objects: Sequence[Any],
        namespace: Mapping[str, Any],
        t_start: Any,
        t_end: Any,
        duration: Any,
        report: Report | None,
        report_period: float,
        is_profiled: bool,
    ) -> None:
        self.device, self.network, self.objects = device, network, objects
        self.namespace = namespace
        self.t_start, self.t_end, self.duration = t_start, t_end, duration
        self.report, self.report_period = report, report_period
        self.is_profiled = is_profiled
        self.clocks = sorted(network._clocks, key=lambda clock: str(clock.name))
        self.begin = 0.0

    def is_stopped(self) -> bool:
        """Return whether somebody called `stop`."""
        return bool(self.network._stopped or Network._globally_stopped)

    def go(self) -> None:
        """Run to the end, or until stopped."""
        loop = self.loop()
        self.begin = time.time()
        self.set_ends(loop)
        self._tell(0.0, 0.0)
        Network._globally_running = True
        try:
            self._portions(loop)
        except BaseException:
            self.network.t_ = self._now()
            raise
        finally:
            loop.program.dismiss()
            loop.program.wait()
            Network._globally_running = False
        self._finish()
        self.network._profiling_info = self._profiling_info(loop.program)

    def set_ends(self, loop: Loop) -> None:
        """Tell the loop to begin with a new step and at which step each clock ends."""
        loop.program.control[: body.STOPS] = 0
        for k, clock in enumerate(self.clocks):
            loop.program.control[body.STOPS + k] = clock._i_end

    def _profiling_info(self, program: Program) -> list[tuple[str, Any]] | None:
        """Return the time of each object, or None if it was not measured."""
        if program.profile is None:
            return None
        times = {obj.name: 0.0 for obj in self.objects if obj.active}
        for item, seconds in zip(program.items, program.profile.seconds(), strict=True):
            times[item.owner.name] += float(seconds)
        program.profile.reset()
        return [(name, time * second) for name, time in times.items()]

    def loop(self) -> Loop:
        """Return the compiled loop of the last run if it still fits, or a new one."""
        prepared = self.device.prepared[self.network]
        layout = self._layout()
        loop = prepared.loop
        if (
            loop is None
            or prepared.layout != layout
            or (loop.program.profile is not None) != self.is_profiled
        ):
            self.device.waiting.settle()
            program = self._program()
            loop = prepared.loop = Loop(program, self.device.stream)
            prepared.layout = self._layout()
        if not loop.program.begin():
            prepared.loop = None
            return self.loop()
        return loop

    def _layout(self) -> tuple[Layout, ...]:
        """Decide how synapses are visited."""
        prepared = self.device.prepared[self.network]
        if prepared.layouts is None:
            prepared.layouts = Layouts(self.device, self.objects)
        return prepared.layouts.decide(is_watched=self.report is not None)

    def _program(self) -> Program:
        """Compile the loop; objects whose code is beyond Numba run in Python."""
        found = items(self.objects, self.clocks, self.device)
        program = Program(found, self.clocks, self.device, self.is_profiled)
        try:
            program.compile()
        except NumbaError:
            beyond = {item.owner.name for item in found if not compiles(item, self.device)}
            if not beyond:
                raise
            for obj in self.objects:
                if obj.name in beyond:
                    prepare.in_python(self.device, obj, self.namespace, "Numba refuses its code")
            self.device.prepared[self.network].layouts = None
            self._layout()
            return self._program()
        return program

    def _portions(self, loop: Loop) -> None:
        limit = self.device._maximum_run_time
        next_report = self.begin + self.report_period
        is_over = False
        while not is_over and not self.is_stopped():
            self.network.t_ = self._now()
            if time.time() > next_report:
                loop.program.settle()
                self._tell(time.time() - self.begin, self._completed())
                next_report = time.time() + self.report_period
            is_over = loop.portion(self.is_stopped, self._before_python)
            loop.n_steps = max(1, min(loop.n_steps, self._most_steps(loop.n_steps)))
            if limit is not None and time.time() - self.begin > float(limit) and not is_over:
                self.network._stopped = True

    def _most_steps(self, n_steps: int) -> int:
        """Return how many steps a portion may have for reports to be in time."""
        return int(n_steps * min(1.0, self.report_period / PORTION)) if self.report else n_steps

    def _now(self) -> float:
        return float(min(clock.variables["t"].get_value()[0] for clock in self.clocks))

    def _completed(self) -> float:
        return float((self.network.t_ - float(self.t_start)) / float(self.t_end - self.t_start))

    def _before_python(self, obj: Any) -> None:
        self.network.t_ = obj.clock.variables["t"].get_value()[0]

    def _tell(self, elapsed: float, completed: float) -> None:
        if self.report is not None:
            self.report(elapsed * second, completed, self.t_start, self.duration)

    def _finish(self) -> None:
        end = time.time()
        self.network.t_ = self._now() if self.is_stopped() else float(self.t_end)
        self.device._last_run_time = end - self.begin
        completed = (self.network.t - self.t_start) / self.duration if self.duration > 0 else 1.0
        self.device._last_run_completed_fraction = completed
        for obj in self.objects:
            if isinstance(obj, Group) and _is_suspicious(obj):
                obj._check_for_invalid_states()
        self._tell(end - self.begin, completed)
