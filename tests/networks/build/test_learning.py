"""How a rule's proposals become weights: timing, order, gates and bounds."""

from dataclasses import replace

import numpy as np
import pytest

from networks.build import build
from networks.spec import Plasticity, Spec
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError
from neuro.units import parse
from plasticity.base import PlasticityRule

# Exponentials of the trace are taken once per event, in the order of the closed form.
ROUNDING = 1e-12
TAU, A_PLUS, A_MINUS = 20e-3, 1e-12, 0.5e-12

PAIR = PlasticityRule(
    name="pair",
    summary="",
    source="test",
    equations="""
dx/dt = -x/tau : 1 (event-driven)
dy/dt = -y/tau : 1 (event-driven)
""",
    on_pre="x += 1",
    on_post="y += 1",
    pre_change="-A_minus*y",
    post_change="A_plus*x",
    bounds=("w_min", "w_max"),
    parameters={"tau": "20 ms"},
)
PARAMETERS = {
    "tau": "20 ms",
    "A_plus": "1 pA",
    "A_minus": "0.5 pA",
    "w_min": "0 pA",
    "w_max": "100 pA",
}


@pytest.fixture
def pair_network(specify):
    """Describe one plastic synapse onto a cell that a second source makes spike."""

    def make(
        rule: PlasticityRule = PAIR, delay: str = "2 ms", weight: str = "10 pA", **values
    ) -> Spec:
        spec = specify(
            {
                "pre": {"model": "spike_generator"},
                "teacher": {"model": "spike_generator"},
                "post": {"model": "lif"},
            },
            {
                "teach": {
                    "source": "teacher",
                    "target": "post",
                    "synapse": {"model": "delta", "weight": "40 mV", "delay": "0 ms"},
                },
                "p": {
                    "source": "pre",
                    "target": "post",
                    "synapse": {"model": "exponential", "weight": weight, "delay": delay},
                },
            },
            record=("post.spikes",),
        )
        parameters = {name: parse(text) for name, text in {**PARAMETERS, **values}.items()}
        plastic = replace(spec.projections["p"], plasticity=Plasticity(rule, parameters))
        return replace(spec, projections={**spec.projections, "p": plastic})

    return make


def learnt(spec: Spec, pre: list[float], teacher: list[float], **phase) -> tuple[float, np.ndarray]:
    """Return the final weight and the post-synaptic spike times, s."""
    spikes = {
        "pre": (np.array(pre), np.zeros(len(pre), dtype=int)),
        "teacher": (np.array(teacher), np.zeros(len(teacher), dtype=int)),
    }
    with activate("brian2", target="numpy"):
        built = build(spec, spikes=spikes)
        for name, value in phase.items():
            setattr(built.synapses["p"], name, value)
        simulate(built.network, [Stretch("run", 0.1)])
        monitor = built.monitors["post_spikes"].monitor
        return built.weights("p")[0], np.array(monitor.t_[:])


def test_pre_before_post_potentiates_by_the_window(pair_network):
    weight, spikes = learnt(pair_network(), [0.010], [0.020])
    gap = spikes[0] - 0.012
    assert weight - 10e-12 == pytest.approx(A_PLUS * np.exp(-gap / TAU), rel=ROUNDING * 1e3)


def test_post_before_pre_depresses_by_the_window(pair_network):
    weight, spikes = learnt(pair_network(), [0.030], [0.020])
    gap = 0.032 - spikes[0]
    assert weight - 10e-12 == pytest.approx(-A_MINUS * np.exp(-gap / TAU), rel=ROUNDING * 1e3)


def test_a_rule_without_delay_sees_the_spike_when_it_is_fired(pair_network):
    spec = pair_network(replace(PAIR, delayed=False), delay="15 ms")
    weight, spikes = learnt(spec, [0.010], [0.020])
    gap = spikes[0] - 0.010
    assert weight - 10e-12 == pytest.approx(A_PLUS * np.exp(-gap / TAU), rel=ROUNDING * 1e3)


def test_the_weight_is_sent_before_it_learns(pair_network):
    grow = replace(PAIR, equations="", on_pre="", on_post="", pre_change="A_plus", post_change="")
    spec = pair_network(grow, weight="0 pA", A_plus="90 pA")
    spec = replace(
        spec,
        recordings={
            "I": replace(
                next(iter(spec.recordings.values())), name="I", population="post", variable="I_p"
            )
        },
    )
    with activate("brian2", target="numpy"):
        built = build(spec, spikes={"pre": (np.array([0.01, 0.03]), np.zeros(2, dtype=int))})
        simulate(built.network, [Stretch("run", 0.04)])
        current = np.array(built.monitors["I"].monitor.I_p_)[0]
    # The first spike carries the weight 0, the second the 90 pA that the first one left.
    assert current[: round(0.0319 / 1e-4)].max() == 0.0
    assert current.max() == pytest.approx(90e-12)


def test_change_first_reads_the_trace_before_its_own_spike(pair_network):
    own = replace(PAIR, pre_change="A_plus*x", post_change="")
    after, _ = learnt(pair_network(own), [0.010], [])
    before, _ = learnt(pair_network(replace(own, change_first=True)), [0.010], [])
    assert after == pytest.approx(11e-12)
    assert before == 10e-12


def test_bounds_clip_and_only_bounds_that_exist(pair_network):
    grow = replace(PAIR, pre_change="A_plus", post_change="")
    times = [0.010 * k for k in range(1, 9)]
    assert learnt(pair_network(grow, w_max="13 pA"), times, [])[0] == 13e-12
    unbounded = replace(grow, bounds=("w_min", ""))
    assert learnt(pair_network(unbounded), times, [])[0] == pytest.approx(18e-12)


def test_learning_switched_off_leaves_the_weight_alone(pair_network):
    weight, spikes = learnt(pair_network(), [0.010, 0.030], [0.020], learning=0)
    assert spikes.size == 1
    assert weight == 10e-12


def test_weights_outside_the_bounds_of_the_rule_are_refused(pair_network):
    with (
        pytest.raises(SpecError, match=r"projections\.p\.synapse\.weight: .* exceed w_max"),
        activate("brian2", target="numpy"),
    ):
        build(pair_network(w_max="5 pA"))


def test_a_parameter_of_both_model_and_rule_is_refused(pair_network, specify):
    spec = pair_network()
    depressing = specify(
        {"pre": {"model": "poisson"}, "post": {"model": "lif"}},
        {
            "p": {
                "source": "pre",
                "target": "post",
                "synapse": {"model": "tsodyks_markram", "weight": "1 pA"},
            }
        },
    ).projections["p"]
    plasticity = spec.projections["p"].plasticity
    twice = replace(plasticity, parameters={**plasticity.parameters, "U": parse("1")})
    clash = replace(depressing, plasticity=twice)
    with pytest.raises(SpecError, match="have a parameter 'U'"), activate("brian2", target="numpy"):
        build(replace(spec, projections={"p": clash}))
