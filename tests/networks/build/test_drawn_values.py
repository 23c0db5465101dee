"""Distributions and streams: what is drawn, and that the same is drawn everywhere."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.build import build
from networks.build.values import dimension, draw
from networks.connectivity import CONNECTIVITY
from networks.needs.memory import check_budget, estimate, expected_synapses
from networks.spec import Distribution
from networks.streams import seeds, stream_names
from neuro.engines.activation import activate
from neuro.errors import SpecError
from neuro.units import Quantity, parse

# Of a mean of 20,000 draws with relative sd up to 1: five standard errors.
MEAN_TOLERANCE = 5 / np.sqrt(20_000)


def spread(kind: str, **arguments: str) -> Distribution:
    return Distribution(kind, {name: parse(text) for name, text in arguments.items()})


@pytest.mark.parametrize(
    ("distribution", "mean", "sd"),
    [
        (spread("uniform", low="10 ms", high="30 ms"), 20e-3, 20e-3 / np.sqrt(12)),
        (spread("normal", mean="20 ms", sd="2 ms"), 20e-3, 2e-3),
        (spread("lognormal", mean="20 ms", sd="5 ms"), 20e-3, 5e-3),
        (spread("gamma", shape="3", mean="20 ms"), 20e-3, 20e-3 / np.sqrt(3)),
        (spread("exponential", mean="20 ms"), 20e-3, 20e-3),
    ],
    ids=lambda item: getattr(item, "kind", ""),
)
def test_a_distribution_has_the_mean_and_sd_that_it_says(distribution, mean, sd):
    values = draw(distribution, 20_000, np.random.default_rng(1), "here")
    assert values.mean() == pytest.approx(mean, rel=MEAN_TOLERANCE)
    assert values.std() == pytest.approx(sd, rel=2 * MEAN_TOLERANCE)
    assert dimension(distribution) == parse("1 ms").dimension


@given(low=st.floats(-1, 0), width=st.floats(0.1, 2), seed=st.integers(0, 100))
def test_draws_outside_the_bounds_are_repeated(low, width, seed):
    bounded = Distribution(
        "normal",
        {
            "mean": Quantity(0.0),
            "sd": Quantity(1.0),
            "low": Quantity(low),
            "high": Quantity(low + width),
        },
    )
    values = draw(bounded, 50, np.random.default_rng(seed), "here")
    assert ((values >= low) & (values <= low + width)).all()


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        (spread("normal", mean="0 mV", sd="1 mV", low="90 mV"), "here: nearly every draw"),
        (spread("normal", mean="0 mV"), "here: distribution 'normal' needs 'sd'"),
        (spread("normall", mean="0 mV", sd="1 mV"), "did you mean 'normal'"),
        (Distribution("values", values=(parse("1 mV"),)), "here: 1 values given for 5 elements"),
    ],
)
def test_a_distribution_that_cannot_be_drawn_says_where(distribution, message):
    with pytest.raises(SpecError, match=message):
        draw(distribution, 5, np.random.default_rng(1), "here")


@pytest.fixture
def random_network(specify):
    return specify(
        {
            "noise": {"model": "poisson", "size": 10, "parameters": {"rate": "100 Hz"}},
            "exc": {
                "model": "lif",
                "size": 10,
                "parameters": {"tau_m": {"gamma": {"shape": "3", "mean": "20 ms"}}},
                "initial": {"v": {"uniform": {"low": "-70 mV", "high": "-50 mV"}}},
            },
        },
        {
            "p": {
                "source": "noise",
                "target": "exc",
                "synapse": {
                    "model": "exponential",
                    "weight": {"lognormal": {"mean": "60 pA", "sd": "30 pA"}},
                    "delay": {"uniform": {"low": "1 ms", "high": "5 ms"}},
                },
            }
        },
        seed=7,
    )


def drawn(spec, replicate: int = 0) -> dict[str, np.ndarray]:
    with activate("brian2", target="numpy"):
        built = build(spec, replicate)
        return {
            "tau_m": np.array(built.groups["exc"].tau_m_[:]),
            "v": np.array(built.groups["exc"].v_[:]),
            "weight": built.weights("p"),
            "delay": np.array(built.synapses["p"].pre.delay_[:]),
        }


def test_a_seed_gives_the_same_network_and_another_replicate_another(random_network):
    first, again, other = drawn(random_network), drawn(random_network), drawn(random_network, 1)
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        assert (values != other[name]).all(), name


def test_what_is_added_to_a_network_changes_nothing_drawn_before(random_network, specify):
    more = specify({"a_new_one": {"model": "lif", "parameters": {"tau_m": ["15 ms"]}}})
    larger = replace(random_network, populations={**more.populations, **random_network.populations})
    for name, values in drawn(random_network).items():
        np.testing.assert_array_equal(values, drawn(larger)[name])


def test_every_stream_that_is_used_is_in_the_provenance(random_network):
    with activate("brian2", target="numpy"):
        built = build(random_network)
    listed = seeds(random_network)
    assert set(built.streams.used) <= set(stream_names(random_network))
    assert listed["root"] == 7
    for name, key in built.streams.used.items():
        assert tuple(listed["streams"][name]) == key


@pytest.mark.parametrize("kind", ["equal", "drawn"])
def test_a_delay_of_more_steps_than_32_bits_count_is_refused(random_network, kind):
    # 2**32 steps of 0.1 ms: the engine would take them for none.
    delays = {"equal": parse("429496.7296 s"), "drawn": spread("exponential", mean="1e9 s")}
    projection = random_network.projections["p"]
    late = replace(projection, synapse=replace(projection.synapse, delay=delays[kind]))
    with (
        activate("brian2", target="numpy"),
        pytest.raises(SpecError, match=r"projections\.p\.synapse\.delay: .* steps of simulation"),
    ):
        build(replace(random_network, projections={"p": late}))


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (parse("-1 Hz"), "-1 Hz; a rate cannot be negative"),
        (spread("normal", mean="0 Hz", sd="1 Hz"), "a rate cannot be negative"),
        (parse("10001 Hz"), "10001 Hz is more than one spike in a step"),
        (spread("exponential", mean="1 MHz"), "is more than one spike in a step"),
    ],
)
def test_a_rate_that_no_step_can_carry_out_is_refused(specify, rate, message):
    spec = specify({"src": {"model": "poisson", "size": 50}})
    source = replace(spec.populations["src"], parameters={"rate": rate})
    with activate("brian2", target="numpy"), pytest.raises(SpecError, match=message):
        build(replace(spec, populations={"src": source}))


STORY = """
import sys
sys.path[:0] = {path!r}
import hashlib
import numpy as np
from networks.streams import generator
from networks.build.values import draw
from networks.spec import Distribution
from neuro.units import parse
law = Distribution("gamma", {{"shape": parse("3"), "mean": parse("20 ms")}})
values = draw(law, 1000, generator(7, "populations.exc.parameters.tau_m"), "here")
print(hashlib.sha256(values.tobytes()).hexdigest())
"""


def test_another_process_with_other_hashes_draws_the_same():
    digests = set()
    for hash_seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", STORY.format(path=sys.path)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_memory_of_the_synapses_is_estimated_and_refused(random_network):
    needed = estimate(random_network)
    assert check_budget(random_network, budget=needed) == needed
    with pytest.raises(SpecError, match=r"need about .* GB, most of it for projection"):
        check_budget(random_network, budget=needed - 1)


@pytest.mark.parametrize(
    ("rule", "synapses"),
    [
        ({"rule": "one_to_one"}, 10),
        ({"rule": "all_to_all"}, 100),
        ({"rule": "block_all_to_all", "blocks": 5}, 20),
        ({"rule": "pairwise_bernoulli", "p": 0.3}, 30),
        ({"rule": "fixed_total_number", "number": 17}, 17),
        ({"rule": "fixed_indegree", "indegree": 4}, 40),
        ({"rule": "fixed_outdegree", "outdegree": 3}, 30),
    ],
    ids=lambda item: item["rule"] if isinstance(item, dict) else "",
)
def test_the_estimate_knows_every_rule(random_network, rule, synapses):
    wiring = CONNECTIVITY[rule["rule"]](**{k: v for k, v in rule.items() if k != "rule"})
    projection = replace(random_network.projections["p"], connectivity=wiring)
    assert expected_synapses(projection, 10, 10) == pytest.approx(synapses)


def test_a_graph_may_be_handed_over(random_network):
    import networkx
    import scipy.sparse

    ring = networkx.cycle_graph(10, create_using=networkx.DiGraph)
    matrix = scipy.sparse.coo_array(([2.0, 3.0], ([0, 4], [1, 7])), shape=(10, 10))
    with activate("brian2", target="numpy"):
        circle = build(random_network, graphs={"p": ring})
        np.testing.assert_array_equal(circle.edges["p"].target, (np.arange(10) + 1) % 10)
        sparse = build(random_network, graphs={"p": matrix})
    np.testing.assert_array_equal(sparse.edges["p"].source, [0, 4])
    drawn_weights = sparse.initial_weights["p"]
    assert (drawn_weights > 0).all()
