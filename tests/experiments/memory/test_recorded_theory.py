"""The closed forms that experiments record are those of the tables, and of memories made of NumPy.

Each study is run small, into a file; the theory in the file is held against networks that share no
code with it. Intervals are Student's, of 99.9 %: with the 15 here one false alarm is expected in 70
choices of the seed, which is fixed.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.figures import curves, maps
from experiments.memory import (
    cliques,
    covariance,
    dense,
    dense_maps,
    emergent,
    hopfield,
    multitasking,
    online,
    sparsey_capacity,
    sparsey_fading,
    vsa,
    willshaw,
)
from experiments.memory.attractor_settings import HopfieldStudy, Scaling, Separation
from experiments.memory.binary_settings import (
    CliqueStudy,
    CovarianceStudy,
    EmergentStudy,
    WillshawStudy,
)
from experiments.memory.dense_settings import (
    DenseStudy,
    Detection,
    ExampleMaps,
    Growth,
    Prototypes,
)
from experiments.memory.multitasking_settings import MultitaskingStudy
from experiments.memory.online_settings import Lifetimes, OnlineStudy, Recalled, Spacing
from experiments.memory.sparsey_fading_settings import Repeats, Shared, SparseyFading
from experiments.memory.sparsey_settings import Size, SparseyCapacity
from experiments.memory.vsa_settings import VsaStudy
from experiments.parts import at_once
from experiments.progress import Silent
from experiments.report.pictures import pictures
from networks.memories.intervals import t_interval
from networks.memories.sparsey.theory import random_code_recall
from neuro.recording import Header, Recorder, read

SEED, CONFIDENCE, N_NETWORKS, N_PROBES = 4, 0.999, 8, 100
LITTLE = {"networks": 1, "probes": 2}
# What a mean-field theory of settling may be off: see `networks.memories.willshaw_settling`.
MEAN_FIELD = {"recall": 0.07, "spurious": 0.35}
HALF, EXCHANGED = {"erase": 5}, {"erase": 3, "insert": 2}
# Settings, and by how much the theory of each metric may be off.
STUDIES = {
    "threshold": (WillshawStudy((300,), **LITTLE, size=300, **HALF, threshold=5), {}),
    "threshold, wrong units": (
        WillshawStudy((300,), **LITTLE, size=300, **EXCHANGED, threshold=7), {},
    ),
    "winners": (WillshawStudy((250,), **LITTLE, size=300, **HALF), {}),
    "winners, wrong units": (WillshawStudy((250,), **LITTLE, size=300, **EXCHANGED), MEAN_FIELD),
    "winners without autapses": (
        WillshawStudy((250,), **LITTLE, size=300, **HALF, autapses=False), MEAN_FIELD,
    ),
    "settling without autapses": (
        WillshawStudy((250,), **LITTLE, size=300, **HALF, autapses=False, iterations=4),
        MEAN_FIELD | {"spurious": 0.6},
    ),
}  # fmt: skip


def record(module, settings, folder):
    """Run an experiment and return its file."""
    configuration = SimpleNamespace(spec=SimpleNamespace(experiment=settings, seed=SEED))
    with Recorder(folder / "run.h5", Header("", "{}", {}, {})) as recorder:
        module.run(configuration, recorder, Silent())
    return folder / "run.h5"


def fixed(rng, number, size, active):
    """Draw patterns of so many active units, and the order in which each has them."""
    order = np.argsort(rng.random((number, size)), axis=1)
    patterns = np.zeros((number, size), dtype=bool)
    np.put_along_axis(patterns, order[:, :active], True, axis=1)
    return patterns, order


def damaged(patterns, order, settings):
    """Erase the first active units of each pattern and insert as many of the others as asked."""
    cues = patterns.copy()
    np.put_along_axis(cues, order[:, : settings.erase], False, axis=1)
    wrong = order[:, settings.active : settings.active + settings.insert]
    np.put_along_axis(cues, wrong, True, axis=1)
    return cues


def winners(drive, active):
    chosen = np.argsort(-drive, axis=1, kind="stable")[:, :active]
    states = np.zeros(drive.shape, dtype=bool)
    np.put_along_axis(states, chosen, True, axis=1)
    return states


def willshaw_network(settings, rng):
    """Return recall, spurious units and fill of a matrix that is stored and asked by products."""
    patterns, order = fixed(rng, settings.loads[0], settings.size, settings.active)
    weight = patterns.T.astype(np.float32) @ patterns > 0
    different = ~np.eye(settings.size, dtype=bool)
    matrix = weight if settings.autapses else weight & different
    wanted = patterns[:N_PROBES]
    states = damaged(wanted, order[:N_PROBES], settings)
    for _ in range(settings.iterations):
        drive = states.astype(np.float32) @ matrix
        is_fixed = settings.threshold is not None
        states = drive >= settings.threshold if is_fixed else winners(drive, settings.active)
    return {
        "recall": (states == wanted).all(axis=1).mean(),
        "spurious": (states & ~wanted).sum(axis=1).mean(),
        "fill": weight[different].mean(),
    }


def covariance_network(settings, rng):
    """Return the errors of one step with the matrix as it is defined."""
    size, level = settings.size, settings.active / settings.size
    patterns, order = fixed(rng, settings.loads[0], size, settings.active)
    deviation = patterns - level
    weight = deviation.T @ deviation / size
    np.fill_diagonal(weight, 0.0)
    wanted = patterns[:N_PROBES]
    cues = damaged(wanted, order[:N_PROBES], settings)
    needed = (settings.threshold - level) * (1 - level) * cues.sum(axis=1, keepdims=True) / size
    states = cues @ weight >= needed - 1e-12
    return {
        "recall": (states == wanted).all(axis=1).mean(),
        "missing": (~states & wanted).sum(axis=1).mean(),
        "spurious": (states & ~wanted).sum(axis=1).mean(),
    }


def theory_of(recording, metric):
    return float(recording.metric("theory" if metric == "recall" else f"{metric}_theory")[0])


def assert_on(recording, networks, allowed):
    """Compare every theory of a file with the interval of networks; return that of recall."""
    for metric in networks[0]:
        _, low, high = t_interval(np.array([each[metric] for each in networks]), CONFIDENCE)
        room, value = allowed.get(metric, 0.0), theory_of(recording, metric)
        assert low - room <= value <= high + room, metric
    return theory_of(recording, "recall")


@pytest.mark.parametrize("name", STUDIES)
def test_the_theory_in_the_file_is_that_of_a_matrix_of_bits(tmp_path, name):
    settings, allowed = STUDIES[name]
    networks = [
        willshaw_network(settings, np.random.default_rng(each)) for each in range(N_NETWORKS)
    ]
    with read(record(willshaw, settings, tmp_path)) as recording:
        assert 0.01 < assert_on(recording, networks, allowed) < 0.99


@pytest.mark.parametrize(
    ("load", "damage"), [(150, {"erase": 6}), (120, {"erase": 4, "insert": 3})]
)
def test_the_theory_in_the_file_is_that_of_a_matrix_of_covariances(tmp_path, load, damage):
    settings = CovarianceStudy((load,), **LITTLE, size=400, active=20, **damage)
    networks = [
        covariance_network(settings, np.random.default_rng(each)) for each in range(N_NETWORKS)
    ]
    with read(record(covariance, settings, tmp_path)) as recording:
        assert 0.1 < assert_on(recording, networks, {}) < 0.99


def test_pairs_of_different_units_are_counted_with_autapses_as_without(tmp_path):
    """Both store the same patterns; what one has besides is on the diagonal."""
    found = []
    for autapses in (True, False):
        settings = WillshawStudy((40, 80), **LITTLE, size=60, active=6, erase=1, autapses=autapses)
        folder = tmp_path / str(autapses)
        folder.mkdir()
        with read(record(willshaw, settings, folder)) as recording:
            found.append(recording.metric("fill"))
    assert found[0].tolist() == found[1].tolist()


def test_the_willshaw_experiment_records_the_tabled_fill():
    fill = {m.name: m.theory for m in willshaw.study(WillshawStudy((5083,), threshold=5)).measures}
    # WI-2.
    assert fill["fill"](5083) == pytest.approx(0.36742, abs=1e-5)


def test_the_clique_experiment_records_the_tabled_density_and_failure():
    study = cliques.study(CliqueStudy((5000,), iterations=1))
    ambiguous, density = (measure.theory for measure in study.measures)
    # GB-1.
    for load, d, failure in ((5000, 0.0734567, 0.0292617), (10_000, 0.1415176, 0.3358142)):
        assert density(load) == pytest.approx(d, rel=1e-6)
        assert ambiguous(load) == pytest.approx(failure, rel=1e-6)
        assert study.theory(load) == pytest.approx(1 - failure, rel=1e-6)


def test_settled_cliques_are_recorded_with_what_settling_leaves(tmp_path):
    """Eight clusters of 16 units, four unknown: recall and density, two intervals."""
    settings = CliqueStudy((180,), networks=8, probes=180, clusters=8, units=16, erase=4)
    with read(record(cliques, settings, tmp_path)) as recording:
        for metric in ("recall", "density"):
            _, low, high = t_interval(recording.metric(metric)[:, 0], CONFIDENCE)
            assert low <= theory_of(recording, metric) <= high, metric
        assert 0.1 < theory_of(recording, "recall") < 0.9


def test_a_number_of_steps_that_has_no_closed_form_is_recorded_with_none(tmp_path):
    with read(record(cliques, CliqueStudy((180,), **LITTLE, iterations=4), tmp_path)) as recording:
        assert {"recall", "density_theory"} <= recording.metrics().keys()
        assert "theory" not in recording.metrics()


def test_the_dense_experiment_records_what_is_tabled(tmp_path):
    """DH-1, DH-2 and DH-3, and what was measured lies near; a line is drawn on every map."""
    settings = DenseStudy(
        (500, 1500), networks=2, probes=20, size=30, noises=(0.1, 0.2, 0.5),
        growth=(Growth(2, (40, 80)), Growth(4, (20, 30))),
        maps=ExampleMaps(4, 24, (0.06, 0.3), (0.5, 0.8), (10, 20), 0.06, 0.5, 2, 20),
        detection=Detection((40, 60), networks=6), prototypes=Prototypes((2,), (1, 2), 0.2, 2, 10),
    )  # fmt: skip
    with read(record(dense, settings, tmp_path)) as recording:
        known = [0.99843, 0.97465, 0.84270]
        assert recording.metric("overlap_once_2_theory") == pytest.approx(known, abs=1e-5)
        assert recording.metric("overlap_4_theory")[[0, 2]] == pytest.approx([0.998, 0], abs=5e-3)
        labelled, unlabelled = (
            recording.metric(f"{kind}_load_theory")[1, 0] for kind in dense_maps.CLOSED
        )
        # K is a whole number: a is .05985 of 24 units.
        assert (labelled, unlabelled) == pytest.approx((0.95236, 0.68882), abs=2e-3)
        mean = recording.metric("supervised_quality").mean(axis=0)
        assert mean == pytest.approx(recording.metric("supervised_quality_theory"), abs=0.08)
        assert recording.metric("storage_exponent_once_theory") == pytest.approx([1.0, 3.0])
        assert recording.metric("storage_exponent").mean(axis=0) == pytest.approx([1, 3], abs=0.6)
        detected = recording.metric("detected_4").mean(axis=0)
        assert detected == pytest.approx(recording.metric("detected_4_theory"), abs=0.05)
        assert len(maps.draw(recording).axes) == 8  # with the bars of colours


def test_the_multitasking_experiment_records_what_is_tabled(tmp_path):
    """MT-1 and MT-2, T = 0 of three patterns, warm and from examples; networks lie near."""
    settings = MultitaskingStudy(
        (0.4, 0.7), networks=4, size=2000, temperatures=(0.4, 0.7), sweeps=60, examples=(25, 50)
    )
    with read(record(multitasking, settings, tmp_path)) as recording:
        known = {"filled": (0.6, 0.24, 0.096), "free": (0.6, 0.24, 0.096), "warm": (0.766, 0, 0)}
        for name, m in known.items():
            for k, value in enumerate(m):
                metric = f"{name}_overlap_{k + 1}"
                theory = recording.metric(f"{metric}_theory")
                assert theory[0] == pytest.approx(value, abs=1e-4)
                # Three standard deviations of a mean of four, and the bias of sorting.
                assert recording.metric(metric)[:, 0].mean() == pytest.approx(value, abs=0.06)
        free = [recording.metric(f"free_overlap_{k}_theory")[1] for k in (1, 2, 3)]
        assert free == pytest.approx([0.2865, 0.2235, 0.1605], abs=1e-4)
        assert recording.metric("supervised_overlap_theory")[1] == pytest.approx(0.6817, abs=5e-5)
        assert recording.metric("end_of_hierarchy") == pytest.approx(0.6180340, abs=1e-7)


def test_the_online_experiment_records_what_is_tabled(tmp_path):
    """PA-1 to PA-3: ratios and lifetimes, and what is left of what was shown more than once."""
    settings = OnlineStudy(
        (1, 3, 10, 30, 100), kinds=("binary", "cascade", "chain", "additive"), networks=5,
        synapses=10_000, tracked=100, lifetimes=Lifetimes((1000, 10_000), 120),
        recalled=Recalled(100, 30), spacing=Spacing(2, (0, 4), 3, 20_000),
    )  # fmt: skip
    with read(record(online, settings, tmp_path)) as recording:
        known = {
            "binary": 100 * 0.1 * 0.9 ** np.array(settings.ages),
            "cascade": 100 * np.array([0.083313, 0.076147, 0.04575, 0.023524, 0.009184]),
        }
        for kind, tabled in known.items():
            theory = recording.metric(f"ratio_{kind}_theory")
            assert theory == pytest.approx(tabled, abs=1e-4)
        chained = recording.metric("ratio_chain_theory")
        assert chained[4] / chained[2] == pytest.approx(0.132907 / 0.402921, rel=1e-5)
        for kind in ("binary", "cascade", "chain"):
            theory, found = (recording.metric(f"ratio_{kind}{end}") for end in ("_theory", ""))
            # A ratio of 100 memories is uncertain by .1, its noise by 2 %, of five networks.
            assert found.mean(axis=0) == pytest.approx(theory, rel=0.04, abs=0.3)
            theory = recording.metric(f"kept_{kind}_theory")
            assert recording.metric(f"kept_{kind}").mean(axis=0) == pytest.approx(theory, abs=0.015)
        lives = recording.metric("lifetime_binary_theory")
        assert lives[1] == pytest.approx(21.854, abs=5e-4)
        assert recording.metric("lifetime_cascade_theory")[1] == pytest.approx(91.37, abs=0.01)
        assert recording.metric("lifetime_binary").mean(axis=0) == pytest.approx(lives, rel=0.25)
        # Unbounded synapses know the oldest as well as the newest, and have no lifetime.
        overlap = recording.metric("overlap_additive_theory")
        assert np.ptp(overlap) == pytest.approx(0, abs=1e-12)
        assert "lifetime_additive" not in recording.metrics()
        assert_dashed(
            curves.draw(recording).axes[0], recording, "age_fine", "ratio_binary_theory_fine"
        )


def test_the_fading_experiment_records_what_lives(tmp_path):
    """Recall as in a memory of the items that live, 1 / K of others; G of 1 / n and more."""
    settings = SparseyFading(
        120, (20, 60), networks=6, lines=60, active=12, convexities=(0.0, 1.0),
        repeats=Repeats((1, 2), 4, 20, 2), shared=Shared((1, 4), Size(24, 40), 400, 10),
    )  # fmt: skip
    with read(record(sparsey_fading, settings, tmp_path)) as recording:
        age = recording.metric("age")
        assert {0, 20, 60} <= set(age)
        for life in (20, 60):
            theory = recording.metric(f"right_life_{life}_theory")
            assert theory[0] == pytest.approx(random_code_recall(60, 12, 8, life))
            assert theory[age >= life] == pytest.approx(1 / 8)
            found = recording.metric(f"right_life_{life}")
            # Six networks of 24 modules and at least seven items: a deviation of .016 at most.
            assert found.mean(axis=0) == pytest.approx(theory, abs=0.065)
        stays = recording.metric("right_stays_theory")
        assert stays == pytest.approx(random_code_recall(60, 12, 8, 120))
        shown = recording.metric("repeated_age")
        once, twice = (recording.metric(f"right_shown_{k}").mean(axis=0) for k in (1, 2))
        between = (shown > 20) & (shown < 40)
        assert between.any()
        assert np.all(twice[between] > once[between] + 0.1)
        plain = recording.metric("familiarity_plain_theory")
        assert plain == pytest.approx([1, 1 / 4], rel=0.06)
        for name in ("plain", "corrected"):
            found = recording.metric(f"familiarity_{name}").mean(axis=0)
            assert found == pytest.approx(recording.metric(f"familiarity_{name}_theory"), abs=0.08)


def test_the_experiment_on_sets_records_what_is_derived(tmp_path):
    """Every kind at 100 numbers lies on its closed form, by Student's interval of 99.9 %."""
    settings = VsaStudy((100, 400), (24, 48), networks=12, sets=20)
    with read(record(vsa, settings, tmp_path)) as recording:
        for kind in settings.kinds:
            for name in (f"membership_{kind}", f"shared_{kind}"):
                theory = recording.metric(f"{name}_theory")
                found = [t_interval(each, CONFIDENCE) for each in recording.metric(name).T]
                for place, (_, low, high) in zip(theory, found, strict=True):
                    # A root of a mean of 20 squares is an eightieth below that of many.
                    assert (
                        np.isnan(place) or low < place * (0.9875 if "shared" in name else 1) < high
                    )
        # M of 16 bits each, and k accesses for an item.
        assert recording.metric("bytes_map_i")[0].tolist() == [200, 800]
        assert recording.metric("operations_store_bloom")[0].tolist() == [7, 7]
        assert recording.metric("miss_bloom").max() == 0 < recording.metric("miss_map_i").min()
        assert_dashed(
            curves.draw(recording).axes[0], recording, "dimension_fine",
            "membership_map_i_theory_fine",
        )  # fmt: skip


def test_the_hopfield_experiment_records_what_is_tabled(tmp_path):
    """HO-1, HO-2 and the half of Cover; and its first step lies on the tabled line."""
    settings = HopfieldStudy(
        (20, 50, 100), networks=6, probes=50, size=200, flipped=10, rules=("hebb", "storkey"),
        scaling=Scaling((60, 120), (0.1, 0.13, 0.3), networks=2, probes=10),
        separation=Separation(41, (1.0, 2.0), networks=2, units=5, sweeps=(5, 50)),
    )  # fmt: skip
    with read(record(hopfield, settings, tmp_path)) as recording:
        error = recording.metric("error_theory")
        assert error == pytest.approx([7.82701e-4, 0.0227501, 0.0786496], rel=1e-5)
        _, low, high = t_interval(recording.metric("error")[:, 2], CONFIDENCE)
        assert low <= error[2] <= high
        known = [0.99799927, 0.98721189, 0.0]
        assert recording.metric("overlap_60_theory") == pytest.approx(known, abs=1e-7)
        assert recording.metric("alpha_c_theory") == pytest.approx(0.137905566, abs=1e-8)
        assert recording.metric("learnt_50_theory") == pytest.approx([1.0, 0.5], abs=1e-6)
        # A rule that unlearns cross-talk recalls what Hebb's has lost.
        assert recording.metric("conditions/storkey/recall")[:, 1].mean() > 0.9
        assert recording.metric("recall")[:, 1].mean() < 0.5


def test_the_emergent_experiment_records_the_theory_of_a_willshaw_memory():
    asked = {"size": 300, "active": 10, "erase": 5, "iterations": 4}
    emerged = emergent.study(EmergentStudy((250,), **asked))
    clean = willshaw.study(WillshawStudy((250,), **asked, autapses=False))
    assert emerged.theory(250) == clean.theory(250)
    closed = {m.name: m.theory for m in clean.measures}
    found = {m.name: m.theory for m in emerged.measures}
    assert found["density"](250) == closed["fill"](250)


def test_a_clean_willshaw_memory_answers_the_same_cues_in_the_same_figure(tmp_path):
    """What emerged without noise is what it stores: every measure of the two is the same."""
    settings = EmergentStudy(
        (30, 60), networks=2, probes=60, size=120, active=6, repetitions=2, noise_erase=0.0,
        noise_insert=0.0, theta=2, energy=6, erase=3, iterations=2,
        variants=("complete", "clean_willshaw"),
    )  # fmt: skip
    with read(record(emergent, settings, tmp_path)) as recording:
        for name in ("recall", "density", "edge_recall", "bits_per_synapse"):
            clean = recording.metric(f"conditions/clean_willshaw/{name}")
            assert recording.metric(name) == pytest.approx(clean), name
        assert 0.1 < recording.metric("recall")[:, 1].mean() < 0.9
        # Learning is not asked of a memory that hears no noise.
        assert "conditions/clean_willshaw/activity" not in recording.metrics()
        drawn = curves.draw(recording).axes
        assert "clean willshaw" in [text.get_text() for text in drawn[0].get_legend().get_texts()]
        assert_dashed(drawn[0], recording, "load_fine", "theory_fine")
        # No figure of another experiment takes the variants for conditions of its own.
        assert pictures(recording) == ([], [])


def assert_dashed(axis, recording, place, theory):
    """Find the recorded theory among the dashed lines of a panel."""
    wanted = recording.metric(place), recording.metric(theory)
    dashed = [line for line in axis.get_lines() if line.is_dashed()]
    assert any(
        len(line.get_xdata()) == len(wanted[0]) and np.array_equal(line.get_data(), wanted)
        for line in dashed
    )


def test_intersections_are_recorded_beside_the_tabled_ones():
    # SP-1: Q = 24, K = 8, inputs of 20 lines.
    settings = SparseyCapacity(
        (2,), networks=2, sizes=(Size(24, 8),), overlaps=(4, 8, 10, 12, 16, 20), familiar=10,
    )  # fmt: skip
    one, _ = sparsey_capacity._overlap_panels(settings, SEED, at_once)
    (found,) = one.series
    tabled = [3.006, 11.171, 22.069, 23.302, 23.658, 23.792]
    assert found.theory == pytest.approx(tabled, abs=1e-3)
    assert found.theory_fine[[0, -1]] == pytest.approx(found.theory[[0, -1]])
    # 20 pairs of 24 modules: a standard error of .55 at most, five of them.
    assert found.mean == pytest.approx(found.theory, abs=2.75)
