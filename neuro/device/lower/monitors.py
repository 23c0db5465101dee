"""Lower the three monitors: record into arrays of our own, which Brian2 receives in portions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.monitors import EventRecorder, RateRecorder, Recorder, StateRecorder
from neuro.device.source import Getter, Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def _bindings(recorder: Recorder, prefix: str) -> dict[str, Getter]:
    def getter(name: str) -> Getter:
        return lambda: recorder.arrays[name]

    return {f"{prefix}_{name}": getter(name) for name in recorder.arrays}


def _step(code: NumbaCodeObject, body: list[str], recorder: Recorder, room: str) -> Step:
    prefix = f"_record_{code.owner.name}"
    extra = _bindings(recorder, prefix)
    step = code.make_step(body, extra)
    # The condition is written in the loop itself, so what it names has to be bound there.
    bindings = dict(step.bindings) | code.bindings() | extra
    return Step(step.lines, step.kernels, bindings, room, recorder.flush, recorder.flush)


def lower_spikes(code: NumbaCodeObject) -> Step:
    """Record the events of a group or of a part of it."""
    monitor = code.owner
    recorder = EventRecorder(monitor, list(code.template_kwds["record_variables"]))
    r = f"_record_{monitor.name}"
    space = code.array(code.template_kwds["eventspace_variable"])
    count = code.array(code.variables["count"])
    write = [f"{r}_{name}[_row] = _to_record_{name}" for name in recorder.names]
    body = [
        f"_events = {space}[{space}.shape[0] - 1]",
        "if _events > 0:",
        *indented(
            [
                *code.scalar[None],
                f"_row = {r}__rows[0]",
                "for _k in range(_events):",
                f"    _idx = {space}[_k]",
                "    if _idx >= _source_start and _idx < _source_stop:",
                *indented([*code.vector[None], *write], 2),
                f"        {count}[_idx - _source_start] += 1",
                "        _row += 1",
                f"{r}__rows[0] = _row",
            ]
        ),
    ]
    room = f"{r}__rows[0] + {space}[{space}.shape[0] - 1] <= {r}__room[0]"
    return _step(code, body, recorder, room)


def lower_states(code: NumbaCodeObject) -> Step:
    """Record variables of chosen elements."""
    monitor = code.owner
    names = sorted(code.template_kwds["_recorded_variables"])
    recorder = StateRecorder(monitor, names)
    r = f"_record_{monitor.name}"
    indices = code.array(code.variables["_indices"])
    write = [f"{r}_{name}[_row, _k] = _to_record_{name}" for name in names]
    visit = [f"_idx = {indices}[_k]", *code.vector[None]]
    loop = f"for _k in range({indices}.shape[0]):"
    # Brian2 visits the elements once per variable; it shows where a function draws numbers.
    is_stateless = all(code.variables[name].stateless for name in code.functions)
    groups = [write] if is_stateless else [[line] for line in write]
    loops = [line for group in groups for line in (loop, *indented([*visit, *group]))]
    body = [
        f"_row = {r}__rows[0]",
        f"{r}_t[_row] = {code.value('_clock_t')}",
        *code.scalar[None],
        *loops,
        f"{r}__rows[0] = _row + 1",
    ]
    return _step(code, body, recorder, f"{r}__rows[0] < {r}__room[0]")


def lower_rate(code: NumbaCodeObject) -> Step:
    """Record the mean rate of a population in this step."""
    recorder = RateRecorder(code.owner)
    r = f"_record_{code.owner.name}"
    space = code.array(code.variables["_spikespace"])
    dt, size = code.value("_clock_dt"), code.value("_num_source_neurons")
    body = [
        "_n = 0",
        f"for _k in range({space}[{space}.shape[0] - 1]):",
        f"    if {space}[_k] >= _source_start and {space}[_k] < _source_stop:",
        "        _n += 1",
        f"_row = {r}__rows[0]",
        f"{r}_t[_row] = {code.value('_clock_t')}",
        f"{r}_rate[_row] = np.float64(_n) / {dt} / {size}",
        f"{r}__rows[0] = _row + 1",
    ]
    return _step(code, body, recorder, f"{r}__rows[0] < {r}__room[0]")


_SOURCE = frozenset({"_source_start", "_source_stop"})
SPIKES = Template(lower_spikes, variables=frozenset({"N", "_clock_t", "count"}) | _SOURCE)
STATES = Template(lower_states, variables=frozenset({"t", "_clock_t", "_indices", "N"}))
RATE = Template(
    lower_rate,
    variables=frozenset(
        {"N", "t", "rate", "_clock_t", "_clock_dt", "_spikespace", "_num_source_neurons"}
    )
    | _SOURCE,
)
