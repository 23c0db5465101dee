"""The run itself: bounded memory, watched numbers, stretches in order."""

import time
from dataclasses import replace

import numpy as np
import pytest

from networks.build import build
from networks.build.outlets import watch
from networks.spec import Population
from neuro.engines import simulation
from neuro.engines.activation import activate
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.engines.taps import MAX_EVENTS, Tap
from neuro.errors import NumericalError, SpecError
from neuro.models import MODELS
from neuro.models.base import NeuronModel
from neuro.units import parse

# The order says "within a second"; a loaded machine gets some more to notice.
WATCH_PATIENCE = 5.0

EXPLODING = NeuronModel(
    name="exploding",
    summary="dv/dt = v/tau without a threshold",
    source="test",
    equations="dv/dt = v/tau : volt",
    method="euler",
    parameters={"tau": "1 ms"},
    initial={"v": "1 mV"},
)


def with_wild(specify, model: NeuronModel = EXPLODING, start: str = "1 mV"):
    """Describe a calm population and three cells of a model of the test."""
    spec = specify({"calm": {"model": "lif"}})
    wild = Population("wild", 3, model, {"tau": parse("1 ms")}, {"v": parse(start)})
    return replace(spec, populations={**spec.populations, "wild": wild})


@pytest.fixture
def busy(specify):
    return specify(
        {
            "noise": {"model": "poisson", "size": 50, "parameters": {"rate": "200 Hz"}},
            "exc": {"model": "lif", "size": 5},
        },
        {
            "p": {
                "source": "noise",
                "target": "exc",
                "synapse": {"model": "exponential", "weight": "20 pA"},
            }
        },
        record=("noise.spikes", "exc.v"),
    )


def recorded(spec, stretches) -> tuple[dict[str, np.ndarray], int]:
    """Run with every monitor tapped; return what arrived and the longest block."""
    blocks: dict[str, list[np.ndarray]] = {"t": [], "i": [], "t_v": [], "v": []}
    longest = 0

    def spikes(times: np.ndarray, ids: np.ndarray) -> None:
        nonlocal longest
        longest = max(longest, times.size)
        blocks["t"].append(times)
        blocks["i"].append(ids)

    def samples(times: np.ndarray, rows: np.ndarray) -> None:
        blocks["t_v"].append(times)
        blocks["v"].append(rows)

    with activate("brian2", target="numpy"):
        built = build(spec)
        noise, membrane = (built.monitors[k].monitor for k in ("noise_spikes", "exc_v"))
        taps = (Tap(noise, spikes), Tap(membrane, samples, "v"))
        simulate(built.network, stretches, Outlets(taps=taps))
        assert len(noise.variables["t"].get_value()) == 0
        assert len(membrane.variables["t"].get_value()) == 0
        counted = int(built.counters["noise"].count[:].sum())
    arrived = {name: np.concatenate(parts) for name, parts in blocks.items()}
    assert counted == arrived["t"].size
    return arrived, longest


def test_monitors_emptied_at_every_step_lose_nothing(busy, monkeypatch):
    whole, longest = recorded(busy, [Stretch("run", 0.1)])
    monkeypatch.setattr(simulation, "TICK", 0.0)
    pieces, longest_piece = recorded(busy, [Stretch("run", 0.1)])
    assert whole["t"].size > 500
    assert whole["v"].shape == (1000, 5)
    for name, values in whole.items():
        np.testing.assert_array_equal(values, pieces[name], err_msg=name)
    # 50 sources spike at most once in a step: memory is bounded by a step, not by the run.
    assert longest_piece <= 50 < longest <= MAX_EVENTS


def test_ten_stretches_equal_one(busy):
    whole, _ = recorded(busy, [Stretch("run", 0.1)])
    parts, _ = recorded(busy, [Stretch(f"part {k}", 0.01) for k in range(10)])
    np.testing.assert_array_equal(whole["t_v"], parts["t_v"])
    np.testing.assert_array_equal(whole["v"], parts["v"])


def test_stretches_are_prepared_and_finished_in_order(specify):
    told: list[object] = []
    stretches = [
        Stretch(name, 0.005, lambda n=name: told.append(n), lambda a, b: told.append((a, b)))
        for name in ("learn", "recall")
    ]
    outlets = Outlets(snapshot=lambda now: told.append(now))
    with activate("brian2", target="numpy"):
        simulate(build(specify({"exc": {"model": "lif"}})).network, stretches, outlets)
    assert told == [0.0, "learn", 0.005, (0.0, 0.005), "recall", 0.01, (0.005, 0.01)]


def test_a_runaway_membrane_ends_the_run_at_once(specify):
    # e-fold per ms: 1 V after 7 ms, infinite after 0.7 s of these 1000 s.
    spec = with_wild(specify)
    with activate("brian2", target="numpy"):
        built = build(spec)
        outlets = Outlets(watched=watch(built))
        begin = time.monotonic()
        with pytest.raises(NumericalError, match=r"'v' of neuron 0 of 'wild' (ran away|is not)"):
            simulate(built.network, [Stretch("run", 1000.0)], outlets)
    assert time.monotonic() - begin < WATCH_PATIENCE


def test_one_bad_neuron_is_named_with_the_time(specify):
    spec = with_wild(specify, start="0 mV")
    with activate("brian2", target="numpy"):
        built = build(spec)
        built.groups["wild"].variables["v"].get_value()[2] = np.nan
        outlets = Outlets(watched=watch(built))
        with pytest.raises(NumericalError, match=r"neuron 2 of 'wild' is not a number .* at .* ms"):
            simulate(built.network, [Stretch("run", 0.001)], outlets)


def test_what_brian2_cannot_integrate_is_a_fault_of_the_description(specify):
    squared = replace(
        EXPLODING, name="squared", equations="dv/dt = v**2/(mV*tau) : volt", method="exact"
    )
    with activate("brian2", target="numpy"):
        built = build(with_wild(specify, squared))
        with pytest.raises(SpecError, match="stretch 'run': in 'wild"):
            simulate(built.network, [Stretch("run", 0.001)])


def test_an_error_of_a_recording_ends_the_run(busy):
    def full(*_block: np.ndarray) -> None:
        raise OSError(28, "No space left on device")

    with activate("brian2", target="numpy"):
        built = build(busy)
        outlets = Outlets(taps=(Tap(built.monitors["noise_spikes"].monitor, full),))
        with pytest.raises(OSError, match="No space left"):
            simulate(built.network, [Stretch("run", 1000.0)], outlets)


def test_every_model_of_the_house_can_be_watched(specify):
    # Of a clocked model nothing moves between its steps.
    names = [name for name, model in MODELS.items() if "/dt" in (model.equations or "")]
    with activate("brian2", target="numpy"):
        built = build(specify({name: {"model": name, "size": 2} for name in names}))
        assert {item.group for item in watch(built)} == set(names)
        simulate(built.network, [Stretch("run", 0.002)], Outlets(watched=watch(built)))
