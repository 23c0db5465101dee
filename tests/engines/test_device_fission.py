"""Statements of synapses are divided between loops only where nobody can tell."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neuro.device.fast.fission import by_side, by_stage
from neuro.device.fast.update import times_of_neurons
from neuro.device.fast.verbatim import verbatim

PRE = """
_postsynaptic_idx = _post
a = A[_idx]
v = V[_postsynaptic_idx]
w = W[_idx]
free = F[_postsynaptic_idx]
if free:
    v = np.float64(v + (w))
a = np.float64(a * exp_fused(t - last))
w = np.float64(clip(w + a, 0.0, 1.0))
A[_idx] = a
W[_idx] = w
V[_postsynaptic_idx] = v
""".strip().split("\n")


def test_what_targets_receive_is_a_loop_of_its_own() -> None:
    received, changed = (set(part) for part in by_side(PRE))
    assert "if free:\n    v = np.float64(v + (w))" in received
    assert {"w = W[_idx]", "V[_postsynaptic_idx] = v"} <= received
    assert not any("clip" in line or "A[" in line for line in received)
    assert {"w = W[_idx]", "A[_idx] = a", "W[_idx] = w"} <= changed
    assert not any("V[" in line for line in changed)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["v = V[_post]", "w = W[_idx]", "w = w + v", "v = v + 1", "W[_idx] = w",
                      "V[_post] = v"], id="reads what targets receive"),
        pytest.param(["v = V[_post]", "w = W[_idx]", "v = v + f(w)", "w = w + 1", "W[_idx] = w",
                      "V[_post] = v"], id="computes the costly part twice"),
        pytest.param(["w = W[_idx]", "w = w + 1", "W[_idx] = w"], id="one side"),
    ],
)  # fmt: skip
def test_other_statements_stay_together(lines: list[str]) -> None:
    assert by_side(lines) == [lines]


def test_an_event_is_gathered_computed_and_scattered() -> None:
    stages = by_stage(["t = T[_post, _event]", "w = W[_idx]", "x = exp(t)", "w = w + x",
                       "W[_idx] = w"])  # fmt: skip
    assert stages is not None
    assert stages.gather == ("t = T[_post, _event]", "w = W[_idx]")
    assert stages.compute == ("x = exp(t)", "w = w + x")
    assert stages.scatter == ("W[_idx] = w",)
    assert (stages.read, stages.written) == (("t", "w"), ("w",))
    maybe = by_stage(["c = C[_idx]", "w = W[_idx]", "if f(c):\n    w = 1.0", "W[_idx] = w"])
    assert maybe is not None
    assert maybe.read == ("c", "w")
    assert by_stage(["w = W[_idx]", "w = f(w)", "x = X[w]", "W[_idx] = x"]) is None
    assert by_stage(["w = W[_idx]", "w = w + 1", "W[_idx] = w"]) is None


def _synapses(i: Any, j: Any, last: Any, now: float = 1.0) -> Any:
    def variable(values: Any) -> Any:
        array = np.asarray(values)
        return SimpleNamespace(get_value=lambda: array)

    class Side(SimpleNamespace):
        def __len__(self) -> int:
            return int(self.size)

    names = {"_synaptic_pre": i, "_synaptic_post": j, "lastupdate": np.array(last, dtype=float)}
    return SimpleNamespace(
        variables={name: variable(values) for name, values in names.items()},
        source=Side(start=0, size=3),
        target=Side(start=1, size=2),
        clock=SimpleNamespace(variables={"t": variable([now])}),
    )


def test_the_last_event_of_a_synapse_is_the_later_one_of_its_neurons() -> None:
    i, j = np.array([0, 0, 1, 1, 2]), np.array([1, 2, 1, 2, 2])
    of_source, of_target = np.array([0.1, 0.5, 0.3]), np.array([-1.0, 0.2, 0.4])
    last = np.maximum(of_source[i], of_target[j])
    times = times_of_neurons(_synapses(i, j, last))
    assert times is not None
    np.testing.assert_array_equal(np.maximum(times[0][i], times[1][j]), last)
    assert times_of_neurons(_synapses([0, 1], [1, 2], [0.0, 0.0])) is not None
    assert times_of_neurons(_synapses([], [], [])) is not None


@pytest.mark.parametrize(
    "last",
    [
        pytest.param([0.1, 0.0, 0.0, 0.1], id="differs"),
        pytest.param([0.0, 0.0, 0.0, 2.0], id="lies ahead"),
        pytest.param([2.0, 2.0, 2.0, 2.0], id="all lie ahead"),
        pytest.param([0.0, np.nan, 0.0, 0.0], id="is no number"),
    ],
)
def test_other_times_are_known_by_synapses_only(last: list[float]) -> None:
    assert times_of_neurons(_synapses([0, 0, 1, 1], [1, 2, 1, 2], last)) is None


def test_what_depends_on_the_event_is_computed_for_each() -> None:
    names = {name: name for name in ("t", "tau", "w", "lastupdate")}
    code = SimpleNamespace(
        scalar={None: ["t = T[0]", "rate = 1.0 / tau", "phase = t * rate"]},
        vector={None: ["w = W[_idx]", "lastupdate = L[_idx]", "w = w + phase - lastupdate",
                       "lastupdate = t", "W[_idx] = w", "L[_idx] = lastupdate"]},
        variables=names,
        array=lambda name: {"t": "T", "w": "W", "lastupdate": "L"}[name],
        load=lambda name: {"t": "T[0]", "w": "w = W[_idx]", "lastupdate": "lastupdate = L[_idx]"}[
            name
        ],
    )  # fmt: skip
    found = verbatim(code, {"t"}, {"lastupdate": "max(a, b)"}, {"lastupdate"})
    assert found.scalar == ["rate = 1.0 / tau"]
    kept = ["w = w + phase - lastupdate", "lastupdate = t", "W[_idx] = w"]
    assert found.vector == ["phase = t * rate", "w = W[_idx]", "lastupdate = max(a, b)", *kept]
