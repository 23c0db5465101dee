"""What an experiment cannot run with is told when its file is read, at the value that is wrong."""

from pathlib import Path

import pytest

from experiments import SETTINGS
from networks.config import ConfigError, load

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs/memory"
# Configuration, what is written in it and what instead, path of the problem, text at its place.
WRONG = (
    ("dendrite-theory", "clusters: [1, 4, 8]", "clusters: [1, 3, 8]",
     "correlated.clusters", "[1, 3, 8]"),
    ("dendrite-theory", "density: 0.0625", "density: 1.5", "correlated.density", "1.5"),
    ("dendrite-theory", "density: 0.0625", "density: 0.03", "correlated.clusters", "[1, 4, 8]"),
    ("dendrite-theory", "threshold: 15", "threshold: 0", "unions.threshold", "0}"),
    ("dendrite-theory", "active: 64, synapses: 24, p", "active: 64, synapses: 2400, p",
     "random.synapses", "2400"),
    ("dendrite-theory", "thresholds: [8, 12, 16]", "thresholds: [0, 12, 99]",
     "learnt.thresholds", "[0, 12, 99]"),
    ("dendrite-theory", "cells: [1000, 10000, 20000]", "cells: [100, 10000, 20000]",
     "unions.active", "200"),
    ("dendrite-spiking", "active: [80, 100, 120, 140, 160, 200]", "active: [8000, 140, 160]",
     "active.0", "8000"),
    ("dendrite-spiking", "learnt: 100", "learnt: 500", "learnt", "500"),
    ("dendrite-spiking", "learnt: 100\n  lost: [30", "learnt: 20\n  lost: [3, 8] # ",
     "learnt", "20"),
    ("dendrite-spiking", "counters: {model: lif_coincidence, size: 400", "counters: {model: "
     "lif_coincidence, size: 7", "populations.counters.size", "7}"),
    ("dendrite-spiking", "learnt: 100", "jitter: 10 ms\n  learnt: 100", "jitter", "10 ms"),
    ("dendrite-spiking", "learnt: 100", "interval: 0.04 ms\n  jitter: 0 ms\n  learnt: 100",
     "interval", "0.04 ms"),
    ("dendrite-spiking", "delay: 10 ms", "delay: 0 ms", "projections.leave.synapse.delay", "0 ms"),
    ("dendrite-spiking", "target: counters\n    connectivity: {rule: fixed_indegree, indegree: 30",
     "target: counters\n    connectivity: {rule: fixed_indegree, indegree: 7",
     "projections.arrive.connectivity", "{rule: fixed_indegree, indegree: 7"),
    ("dendrite-capacity", "branches: [10, 100", "branches: [7, 100", "bits.branches", "[7, 100"),
    ("dendrite-capacity", "sites: 5, power: 5", "sites: 5, power: -5", "neurons.2.power", "-5"),
    ("dendrite-capacity", "sites: 5, power: 5", "sites: 7, power: 5", "neurons.2.sites", "7"),
    ("dendrite-capacity", "name: branches_of_5,", "name: linear,", "neurons.2.name", "linear"),
    ("branch-strength", "[yellow, star]", "[yellow, sta]", "learnt.0.1", "sta]"),
    ("branch-strength", "[red, star]]", "[red, branches]]", "lures.1.1", "branches]"),
    ("branch-strength", "presentations: 160", "presentations: 0", "presentations", "0"),
    ("sparsey-spiking", "stopper, size: 24", "stopper, size: 25",
     "populations.stoppers.size", "25"),
    ("sparsey-spiking", "generator, size: 144", "generator, size: 23",
     "populations.pixels.size", "23"),
    ("sparsey-spiking", "replaced: [0, 4]", "replaced: [0, 40]", "replaced", "[0, 40]"),
    ("sparsey-video", "side: 14", "side: 140", "levels.0.side", "140"),
    ("sparsey-video", "side: 4,", "side: 5,", "levels.1.side", "5"),
    ("sparsey-video", "modules: 8, units: 64", "modules: 8, units: -1", "levels.0.units", "-1"),
    ("sparsey-mnist", "side: 16, modules: 30", "side: 40, modules: 30",
     "recipes.2.levels.0.side", "40"),
    ("sparsey-mnist", "name: not upright", "name: cured", "recipes.6.name", "cured"),
    ("sparsey-mnist", "modules: 50\n", "modules: 50\n          grid: 2\n",
     "recipes.1.levels.1.grid", "2"),
    ("sparsey-mnist", "levels: [{units: 40}]", "levels: [{units: -1}]",
     "recipes.5.levels.0.units", "-1"),
    ("spiking-temporal-memory", "FDBC", "FDBG", "sequences.1", "FDBG"),
    ("spiking-temporal-memory", "gap: 100 ms", "gap: 1 ms", "gap", "1 ms"),
    ("htm-temporal-memory", "switch: 3000", "switch: 9000", "switch", "9000"),
    ("htm-temporal-memory", "switch: 3000", "switch: 3000\n  columns: 10", "columns", "10"),
    ("dense-hebbian", "order: 2, sizes: [200", "order: 9, sizes: [200", "growth.0.order", "9"),
    ("dense-hebbian", "quality: 0.5", "quality: 1.5", "maps.quality", "1.5"),
    ("dense-hebbian", "sizes: [40, 60", "sizes: [60, 40", "detection.sizes", "[60, 40"),
    ("multitasking", "patterns: 3", "patterns: 1", "patterns", "1"),
    ("multitasking", "dilutions: [0.05, 0.1", "dilutions: [0.5, 0.1", "dilutions", "[0.5, 0.1"),
    ("hopfield", "flipped: 50", "flipped: 400", "flipped", "400"),
    ("hopfield", "sizes: [500, 1000", "sizes: [5000, 1000", "scaling.sizes", "[5000, 1000"),
    ("hopfield", "units: 20\n", "units: 201\n", "separation.units", "201"),
    ("online", "networks: 10", "kinds: [binary, binary]", "kinds", "[binary"),
    ("online", "networks: 10", "kinds: [cascades]", "kinds.0", "cascades"),
    ("online", "networks: 10", "rules: {chance: 0}", "rules.chance", "0"),
    ("online", "networks: 10", "spacing: {gaps: [3, 1]}", "spacing.gaps", "[3"),
    ("online", "networks: 10", "recalled: {flipped: 0.5}", "recalled.flipped", "0.5"),
    ("online", "networks: 10", "lifetimes: {synapses: [5, 100]}", "lifetimes.synapses", "[5"),
    ("online", "tracked: 200", "tracked: 1", "tracked", "1"),
    ("sparsey-fading", "stored: 400", "stored: 200", "stored", "200"),
    ("sparsey-fading", "lives: [50", "lives: [150", "lives", "[150"),
    ("sparsey-fading", "networks: 12", "convexities: [-1]", "convexities", "[-1"),
    ("sparsey-fading", "networks: 12", "shared: {hypotheses: {most: 0}}",
     "shared.hypotheses.most", "0"),
    ("sparsey-fading", "networks: 12", "repeats: {times: [2, 1]}", "repeats.times", "[2"),
    ("sdm", "flip: 20", "flip: 128", "flip", "128"),
    ("sdm", "size: 256", "size: 4", "size", "4"),
    ("sdm", "iterations: 5", "iterations: 0", "iterations", "0"),
    ("sdm", "iterations: 5", "radius: 129", "radius", "129"),
    ("resonator", "factors: 3", "factors: 1", "factors", "1"),
    ("resonator", "size: 256", "size: 4", "size", "4"),
    ("resonator", "beta: 10", "beta: 0", "beta", "0"),
    ("modern-hopfield", "flip: 16", "flip: 32", "flip", "32"),
    ("modern-hopfield", "betas: [0.02", "betas: [0.2", "betas", "[0.2"),
    ("modern-hopfield", "threshold: 28", "threshold: 65", "threshold", "65"),
    ("modern-hopfield", "networks: 8", "separations: [hard]", "separations.0", "hard"),
    ("vsa", "shared: 17", "shared: 51", "shared", "51"),
    ("vsa", "active: 7", "active: 33", "active", "33"),
    ("vsa", "sides: [16, 24", "sides: [24, 16", "sides", "[24, 16"),
    ("vsa", "items: 51", "kinds: [map_c]", "kinds.0", "map_c"),
    ("willshaw", "threshold: 5\n", "threshold: 50\n", "threshold", "50"),
    ("emergent-binary-memory", "size: 500", "size: 19", "size", "19"),
    ("willshaw", "threshold: 5\n", "threshold: null\n  insert: 981\n", "size", "1000"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("config", "written", "instead", "path", "shown"), WRONG, ids=lambda each: each[:40]
)
def test_a_wrong_value_is_told_at_its_place(config, written, instead, path, shown, tmp_path):
    text = (CONFIGS / f"{config}.yaml").read_text()
    assert written in text
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace(written, instead, 1))
    with pytest.raises(ConfigError) as caught:
        load(wrong, experiments=SETTINGS)
    (problem,) = caught.value.problems
    assert problem.path == (path if path.startswith("p") and "." in path else f"experiment.{path}")
    line = wrong.read_text().splitlines()[problem.mark.line]
    assert line[problem.mark.column :].startswith(shown)
