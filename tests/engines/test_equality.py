"""One description, the same spikes on every engine and target.

The network has refractoriness, fixed and drawn delays, heterogeneous cells, learning and
short-term depression, and spikes of a generator: nothing that an engine draws by itself.
"""

from pathlib import Path

import numpy as np
import pytest

from networks.build import Built, build, phases_of, set_phase
from networks.spec import Spec
from neuro.engines.activation import activate
from neuro.engines.brian import brian2
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.engines.taps import Tap

# NumPy, Cython and C++ may differ in the last bit of exp; a weight is a sum of some of them.
WEIGHT_TOLERANCE = 1e-12
N_SOURCE, N_CELLS, DURATION = 40, 30, 0.2


@pytest.fixture
def deterministic(specify) -> Spec:
    return specify(
        {
            "src": {"model": "spike_generator", "size": N_SOURCE},
            "exc": {
                "model": "lif",
                "size": N_CELLS,
                "parameters": {"tau_m": {"uniform": {"low": "12 ms", "high": "25 ms"}}},
                "initial": {"v": {"uniform": {"low": "-70 mV", "high": "-52 mV"}}},
            },
        },
        {
            "drive": {
                "source": "src",
                "target": "exc",
                "connectivity": {"rule": "fixed_indegree", "indegree": 15},
                "synapse": {"model": "exponential", "weight": "60 pA", "delay": "1.5 ms"},
                "plasticity": {"rule": "stdp_pair", "w_max": "100 pA"},
            },
            "rec": {
                "source": "exc",
                "target": "exc",
                "connectivity": {"rule": "pairwise_bernoulli", "p": 0.3, "allow_autapses": False},
                "synapse": {
                    "model": "tsodyks_markram",
                    "weight": {"uniform": {"low": "10 pA", "high": "60 pA"}},
                    "delay": {"uniform": {"low": "0.5 ms", "high": "8 ms"}},
                },
            },
        },
        record=("exc.spikes", "exc.v"),
        phases=[
            {"name": "learn", "duration": "100 ms"},
            {"name": "frozen", "duration": "100 ms", "plasticity": {"drive": False}},
        ],
    )


def input_spikes() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    steps = np.unique(rng.integers(0, 2000 * N_SOURCE, 1600))
    return (steps // N_SOURCE) * 1e-4, steps % N_SOURCE


def outcome(spec: Spec, engine: str, target: str | None, folder: Path | None = None) -> dict:
    spikes: list[tuple[np.ndarray, np.ndarray]] = []
    with activate(engine, target=target, folder=folder) as active:
        built = build(spec, spikes={"src": input_spikes()})
        monitor = built.monitors["exc_spikes"].monitor
        outlets = Outlets(taps=(Tap(monitor, lambda t, i: spikes.append((t, i))),))
        simulate(built.network, stretches(built), outlets)
        times, nodes = (np.concatenate(column) for column in zip(*spikes, strict=True))
        return {
            "target": active.target,
            "initial": built.initial_weights["rec"],
            "edges": np.array([built.edges["rec"].source, built.edges["rec"].target]),
            "times": times,
            "nodes": nodes,
            "weight": built.weights("drive"),
            "v": np.array(built.groups["exc"].v_[:]),
            "clock": brian2.defaultclock.dt_,
        }


def stretches(built: Built) -> list[Stretch]:
    return [
        Stretch(phase.name, phase.duration.value, lambda p=phase: set_phase(built, p))
        for phase in phases_of(built.spec)
    ]


def check_equal(left: dict, right: dict) -> None:
    for name in ("initial", "edges", "times", "nodes"):
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    np.testing.assert_allclose(left["weight"], right["weight"], rtol=WEIGHT_TOLERANCE, atol=0)
    np.testing.assert_allclose(left["v"], right["v"], rtol=WEIGHT_TOLERANCE, atol=0)


def test_two_builds_in_one_process_are_equal(deterministic):
    first = outcome(deterministic, "brian2", "numpy")
    second = outcome(deterministic, "brian2", "numpy")
    assert first["times"].size > 100
    check_equal(first, second)
    assert np.array_equal(first["v"], second["v"])
    assert (np.abs(first["weight"] - 60e-12) > 1e-15).any()


def test_the_comparison_sees_one_bit(deterministic):
    first = outcome(deterministic, "brian2", "numpy")
    for name in ("times", "nodes"):
        changed = {**first, name: first[name].copy()}
        changed[name][-1] += 1
        with pytest.raises(AssertionError):
            check_equal(first, changed)


def test_numba_equals_numpy(deterministic):
    fast = outcome(deterministic, "numba", None)
    assert fast["target"] == "strict"
    check_equal(outcome(deterministic, "brian2", "numpy"), fast)


@pytest.mark.slow  # compiles some fifteen extensions: up to a minute on a cold cache
@pytest.mark.compiler
def test_cython_equals_numpy_and_numba_equals_cython_in_every_bit(deterministic):
    fast = outcome(deterministic, "brian2", None)
    assert fast["target"] == "cython"
    check_equal(outcome(deterministic, "brian2", "numpy"), fast)
    strict = outcome(deterministic, "numba", None)
    for name in ("times", "nodes", "weight", "v"):
        np.testing.assert_array_equal(fast[name], strict[name], err_msg=name)


@pytest.mark.nightly  # compiles a C++ program, half a minute; Cython has the same order of sums
@pytest.mark.compiler
def test_standalone_equals_numpy_and_numba_equals_standalone_in_every_bit(deterministic, tmp_path):
    fast = outcome(deterministic, "brian2_standalone", None, tmp_path / "code")
    assert fast["target"] == "c++"
    assert (tmp_path / "code" / "main.cpp").is_file()
    check_equal(outcome(deterministic, "brian2", "numpy"), fast)
    strict = outcome(deterministic, "numba", None)
    for name in ("times", "nodes", "weight", "v"):
        np.testing.assert_array_equal(fast[name], strict[name], err_msg=name)
