"""A network of the house adds powers of coincident spikes as arithmetic does."""

from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.dendrites.powers import study
from experiments.dendrites.powers_network import PowerNetwork
from networks.config import load
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.power import Power
from networks.memories.protocol import Memory
from neuro.engines.activation import activate
from neuro.errors import SpecError

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/memory/dendrite-powers.yaml"
SIZE, ACTIVE, CUED = 60, 10, 5
POWERS = (Power(1), Power(2), Power(3), Power(step=5), Power(step=4))


@pytest.fixture(scope="module")
def spec():
    smaller = [f"populations.{name}.size={SIZE}" for name in ("cells", "cue")]
    return load(CONFIG, smaller, experiments=SETTINGS).spec


def asked(spec, power, n_patterns, n_cues, *engine, **more):
    """Return cues, patterns, and what a network answers, in two calls."""
    rng = np.random.default_rng(1)
    patterns = fixed_k(n_patterns, SIZE, ACTIVE, rng)
    cues = corrupt(patterns[:n_cues], ACTIVE - CUED, 0, rng)
    with activate(*engine, **more):
        memory = PowerNetwork(spec, power)
        memory.store(patterns)
        states = np.concatenate([memory.recall(cues[:2]), memory.recall(cues[2:])])
    return patterns, cues, states, memory


def answered(power, patterns, cues):
    """Add powers of overlaps in whole numbers."""
    stored, shown = patterns.astype(np.int64), cues.astype(np.int64)
    return power(shown @ stored.T) @ stored >= power(CUED)


@pytest.mark.parametrize("power", POWERS, ids=lambda each: f"{each.degree}-{each.step}")
def test_cells_answer_as_sums_of_powers_do(spec, power):
    patterns, cues, states, _ = asked(spec, power, 40, 5, target="numpy")
    np.testing.assert_array_equal(states, answered(power, patterns, cues))
    assert (states | ~patterns[:5]).all()


def test_sums_differ_between_powers(spec):
    """The patterns of the other tests tell one power from the next."""
    patterns, cues, _, _ = asked(spec, Power(1), 40, 5, target="numpy")
    counts = [int(answered(power, patterns, cues).sum()) for power in POWERS[:3]]
    assert counts[0] > counts[1] > counts[2]


def test_it_is_a_memory_that_counts_events(spec):
    patterns, cues, _, memory = asked(spec, Power(2), 12, 4, target="numpy")
    assert isinstance(memory, Memory)
    assert memory.n_synapses == 2 * 12 * ACTIVE
    assert memory.operations.writes == 2 * 12 * ACTIVE
    heard = int(patterns.sum(axis=0)[np.nonzero(cues)[1]].sum())
    assert memory.operations.reads == heard + 4 * 12 * ACTIVE
    with pytest.raises(SpecError, match="all at once"):
        memory.store(patterns)
    with pytest.raises(SpecError, match="patterns before cues"):
        PowerNetwork(spec, Power(2)).recall(cues)


def test_theory_falls_with_the_load_and_rises_with_the_power(spec):
    linear, square = (study(spec, Power(degree)).theory for degree in (1, 2))
    assert linear(1) == pytest.approx(1)
    assert linear(5) > linear(40)
    assert square(40) > linear(40)


@pytest.mark.slow(reason="the device compiles the network")
def test_both_engines_answer_the_same(spec):
    plain = asked(spec, Power(3), 60, 6, target="numpy")
    device = asked(spec, Power(3), 60, 6, "numba")
    np.testing.assert_array_equal(plain[2], device[2])


def test_what_the_network_lacks_is_told_at_its_line():
    for change, told in (
        ("experiment.cells=cell", "no population 'cell'; did you mean 'cells'"),
        ("populations.cue.size=20", "expected 200, as population 'cells', not 20"),
        ("experiment.degrees=[]", "at least one"),
        ("experiment.lacking=[7]", "lacking"),
        ("simulation.engine=brian2_standalone", "cannot run this experiment"),
    ):
        with pytest.raises(SpecError, match=told):
            load(CONFIG, [change], experiments=SETTINGS)
