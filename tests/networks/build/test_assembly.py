"""What a projection does to its target: known answers on networks of a few neurons."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from networks.build import build
from networks.connectivity import FromGraph, GeneratorGraph, GraphFile
from neuro.engines.activation import activate
from neuro.errors import EnvironmentFault, SpecError
from neuro.models import MODELS
from neuro.synapses import SYNAPSES
from neuro.units import parse

DT = 1e-4
# Two sums of the same few terms differ in the last bits only.
ROUNDING = 1e-12

SOURCE = {"model": "spike_generator", "size": 2}
CELL = {"model": "lif", "size": 2}


def kick(source: str = "src", target: str = "exc", weight="1 mV", delay="1 ms", **more) -> dict:
    """Describe delta synapses."""
    synapse = {"model": "delta", "weight": weight, "delay": delay, **more.pop("synapse", {})}
    return {"source": source, "target": target, "synapse": synapse, **more}


def jump(outcome, population: str, node: int) -> tuple[float, float]:
    """Return time and size of the first change of a membrane at rest."""
    times, values = outcome.trace(population, "v")
    first = np.flatnonzero(np.abs(np.diff(values[:, node])) > 0)[0]
    return times[first], values[first + 1, node] - values[first, node]


def test_a_spike_arrives_after_the_delay_with_its_weight(simulate):
    outcome = simulate(
        {"src": SOURCE, "exc": CELL},
        {"p": kick(connectivity={"rule": "one_to_one"})},
        duration="5 ms",
        spikes={"src": ([0.001], [0])},
        record=("exc.v",),
    )
    time, size = jump(outcome, "exc", 0)
    assert time == pytest.approx(0.002, abs=DT / 10)
    assert size == pytest.approx(1e-3)
    assert (outcome.trace("exc", "v")[1][:, 1] == -70e-3).all()


def test_each_synapse_has_its_own_delay(simulate):
    outcome = simulate(
        {"src": {"model": "spike_generator"}, "exc": CELL},
        {"p": kick(delay=["0.5 ms", "2.3 ms"])},
        duration="5 ms",
        spikes={"src": ([0.001], [0])},
        record=("exc.v",),
    )
    arrivals = [jump(outcome, "exc", node)[0] for node in (0, 1)]
    assert arrivals == pytest.approx([0.0015, 0.0033], abs=DT / 10)


def test_currents_of_two_projections_add(simulate):
    def peak(*weights: str) -> np.ndarray:
        return simulate(
            {"src": SOURCE, "exc": {"model": "lif"}},
            {
                f"p{k}": {
                    "source": "src",
                    "target": "exc",
                    "synapse": {"model": "exponential", "weight": weight, "delay": "1 ms"},
                }
                for k, weight in enumerate(weights)
            },
            duration="20 ms",
            spikes={"src": ([0.001], [0])},
            record=("exc.v",),
        ).trace("exc", "v")[1] - (-70e-3)

    both, one, other = peak("10 pA", "25 pA"), peak("10 pA"), peak("25 pA")
    assert both.max() > 0
    np.testing.assert_allclose(both, one + other, rtol=0, atol=ROUNDING)


def test_gates_of_a_phase_switch_transmission_and_learning(simulate):
    learning = {"rule": "stdp_pair"}
    outcome = simulate(
        {"src": {"model": "spike_generator"}, "exc": {"model": "lif"}},
        {
            "drive": kick(weight="30 mV"),
            "p": {
                "source": "src",
                "target": "exc",
                "synapse": {"model": "exponential", "weight": "0.5 pA", "delay": "0.1 ms"},
                "plasticity": {**learning, "w_max": "1 pA"},
            },
        },
        duration="400 ms",
        phases=[
            {"name": "frozen", "duration": "100 ms", "plasticity": {"p": False}},
            {"name": "silent", "duration": "100 ms", "transmission": {"drive": False}},
            {"name": "learn", "duration": "100 ms"},
        ],
        spikes={"src": ([0.010, 0.110, 0.210], [0, 0, 0])},
        record=("exc.spikes",),
    )
    # Frozen and learning phases drive the cell, the silent one does not.
    np.testing.assert_allclose(outcome.spikes("exc", 0), [0.0111, 0.2111], atol=DT)
    assert outcome.weight("p")[0] > 0.5e-12
    once = simulate(
        {"src": {"model": "spike_generator"}, "exc": {"model": "lif"}},
        {
            "p": {
                "source": "src",
                "target": "exc",
                "synapse": {"model": "exponential", "weight": "0.5 pA", "delay": "0.1 ms"},
                "plasticity": {**learning, "w_max": "1 pA"},
            },
        },
        duration="100 ms",
        phases=[{"name": "frozen", "duration": "100 ms", "plasticity": {"p": False}}],
        spikes={"src": ([0.010], [0])},
    )
    assert once.weight("p")[0] == 0.5e-12


def test_a_segment_is_addressed_by_its_number(simulate):
    outcome = simulate(
        {
            "src": {"model": "spike_generator"},
            "exc": {"model": "lif_dendritic", "n_segments": 2, "size": 1},
        },
        {
            "p": {
                "source": "src",
                "target": "exc",
                "synapse": {
                    "model": "exponential",
                    "weight": "20 pA",
                    "target": "segment[1]",
                },
            }
        },
        duration="4 ms",
        spikes={"src": ([0.001], [0])},
        record=("exc.v_d0", "exc.v_d1"),
    )
    near, far = (outcome.trace("exc", f"v_d{k}")[1][:, 0].max() for k in (1, 0))
    assert near > -70e-3 + 1e-4
    assert far < -70e-3 + (near + 70e-3) / 10


def refused(specify, message: str, cell=None, **synapse) -> None:
    """Build a description made in Python, which no reader of files has checked."""
    spec = specify(
        {"src": SOURCE, "exc": CELL}, {"p": kick(synapse={"model": "exponential"}, weight="1 pA")}
    )
    projection = spec.projections["p"]
    changed = replace(projection, synapse=replace(projection.synapse, **synapse))
    cells = replace(spec.populations["exc"], model=cell or MODELS["lif"])
    spec = replace(
        spec,
        projections={"p": changed},
        populations={**spec.populations, "exc": cells},
    )
    with pytest.raises(SpecError, match=message), activate("brian2", target="numpy"):
        build(spec)


def test_an_unknown_segment_names_the_projection(specify):
    message = r"projections\.p\.synapse\.target: 'segment\[0\]' does not exist"
    refused(specify, message, target="segment[0]")


def test_exact_integration_refuses_a_conductance_by_name(specify):
    exact = replace(MODELS["lif"], method="exact")
    gaba = SYNAPSES["conductance"]
    message = r"projections\.p\.synapse: model 'conductance' is not linear.*'exact'"
    refused(specify, message, cell=exact, weight=parse("1 nS"), model=gaba)


def test_a_current_synapse_cannot_address_a_variable(specify):
    message = r"use 'soma', 'segment\[k\]' or synapse model 'delta'"
    refused(specify, message, target="v")


def test_a_model_that_reads_no_current_cannot_get_one(specify):
    deaf = replace(MODELS["lif"], equations="dv/dt = (E_L - v)/tau_m : volt (unless refractory)")
    refused(specify, "does not read I_syn, so a synapse of model 'exponential'", cell=deaf)


@pytest.mark.parametrize(
    ("synapse", "message"),
    [
        ({"delay": "-1 ms"}, r"projections\.p\.synapse\.delay: a delay cannot be negative"),
        ({"weight": "1 mV"}, r"projections\.p\.synapse\.weight: a voltage given; .* a current"),
    ],
)
def test_what_cannot_be_a_synapse_is_refused(specify, synapse, message):
    refused(specify, message, **{name: parse(text) for name, text in synapse.items()})


def test_a_synapse_may_have_a_variable_called_like_one_of_the_neuron(simulate):
    # The resources of short-term depression and the drawn resistance of the cell: both R.
    outcome = simulate(
        {
            "src": {"model": "spike_generator"},
            "exc": {
                "model": "lif",
                "parameters": {"R": {"uniform": {"low": "90 Mohm", "high": "110 Mohm"}}},
            },
        },
        {
            "p": {
                "source": "src",
                "target": "exc",
                "synapse": {"model": "tsodyks_markram", "weight": "10 pA", "U": 0.4},
            }
        },
        duration="1 ms",
        spikes={"src": ([0.0005], [0])},
        record=("exc.I_p",),
    )
    # A rested synapse sends U of its weight.
    assert outcome.trace("exc", "I_p")[1].max() == pytest.approx(4e-12)
    assert outcome.synaptic["p"]["R_p"] == pytest.approx([0.6])


def test_a_source_that_spikes_twice_in_a_step_is_named(simulate):
    with pytest.raises(SpecError, match=r"source 1 spikes twice in the step at 2\.03 ms"):
        simulate({"src": SOURCE}, duration="5 ms", spikes={"src": ([0.00201, 0.00203], [1, 1])})


def test_no_synapses_are_a_projection_too(simulate):
    outcome = simulate(
        {"src": {"model": "spike_generator"}, "exc": {"model": "lif"}},
        {
            "p": {
                "source": "exc",
                "target": "exc",
                "connectivity": {"rule": "all_to_all", "allow_autapses": False},
                "synapse": {"model": "exponential", "weight": "1 pA"},
            }
        },
        duration="1 ms",
        phases=[{"name": "a", "duration": "1 ms"}],
    )
    assert outcome.edges["p"][0].size == 0


@pytest.mark.parametrize(
    ("graph", "error", "message"),
    [
        (GeneratorGraph("wats_strogatz_graph"), SpecError, "did you mean 'watts_strogatz_graph'"),
        (GeneratorGraph("watts_strogatz_graph", {"q": 1}), SpecError, "has no argument 'q'"),
        (GraphFile(Path("nowhere.graphml")), EnvironmentFault, "nowhere.graphml"),
    ],
)
def test_a_graph_that_cannot_be_made_names_its_projection(specify, graph, error, message):
    spec = specify({"src": SOURCE, "exc": CELL}, {"p": kick()})
    wired = replace(spec.projections["p"], connectivity=FromGraph(graph))
    with (
        activate("brian2", target="numpy"),
        pytest.raises(error, match=rf"projections\.p\.connectivity: .*{message}"),
    ):
        build(replace(spec, projections={"p": wired}))


def test_the_spikes_of_a_population_are_recorded_once(specify):
    spec = specify({"src": SOURCE}, record=["src.spikes"])
    first = spec.recordings["src_spikes"]
    both = {"src_spikes": first, "again": replace(first, name="again", nodes=(1,))}
    with (
        activate("brian2", target="numpy"),
        pytest.raises(SpecError, match=r"recordings\.again: .* by 'src_spikes' already"),
    ):
        build(replace(spec, recordings=both))
