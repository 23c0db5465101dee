"""The harness of the memory experiments, on memories whose answers are known beforehand."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from experiments.figures import curves as figure
from experiments.memory import cliques, covariance, willshaw
from experiments.memory.binary_settings import CliqueStudy, CovarianceStudy, WillshawStudy
from experiments.memory.laboratory import curves, report, study
from experiments.memory.laboratory.capacity import half_load, half_of
from experiments.progress import Silent
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.intervals import wilson_interval
from networks.memories.protocol import Operations
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, read

SIZE, ACTIVE = 40, 4


@dataclass
class Oblivious:
    """Recall the first `most` patterns as they are and answer silence for all others."""

    most: int
    held: list = field(default_factory=list)
    operations: Operations = field(default_factory=Operations)
    bytes: int = 8
    n_synapses: int = SIZE

    def store(self, patterns, /):
        self.held += [pattern.tobytes() for pattern in patterns]
        self.operations += Operations(reads=1, writes=2 * len(patterns))

    def recall(self, cues, /):
        self.operations += Operations(reads=7 * len(cues))
        known = self.held[: self.most]
        return np.array([cue if cue.tobytes() in known else 0 * cue for cue in cues])


@dataclass(frozen=True)
class Tried:
    loads: tuple = (4, 8, 16)
    networks: int = 3
    probes: int = 8


def asked(most=6, **more):
    return study.Study(
        size=SIZE,
        make=lambda rng: Oblivious(most),
        draw=lambda number, rng: fixed_k(number, SIZE, ACTIVE, rng),
        damage=lambda patterns, rng: corrupt(patterns, 0, 0, rng),
        theory=lambda load: min(1.0, most / load),
        theory_definition="the first are known",
        **more,
    )


def record(path, asked_of, tried, seed=3, progress=None):
    with Recorder(path, Header("", "{}", {}, {"root": seed})) as recorder:
        report.run_study(asked_of, tried, seed, recorder, progress or Silent(), "test")
    return path


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = record(tmp_path_factory.mktemp("run") / "run.h5", asked(), Tried())
    with read(path) as opened:
        yield opened


def test_every_metric_that_is_promised_is_there_with_its_definition(recording):
    promised = {
        "load", "recall", "recall_ci", "theory", "bits_per_synapse", "operations_store",
        "operations_recall", "seconds_store", "seconds_recall", "bytes", "alpha_50", "alpha_50_ci",
    }  # fmt: skip
    found = recording.metrics()
    assert promised <= set(found)
    assert all(metric.definition for metric in found.values())
    assert found["recall"].value.shape == (3, 3)
    assert found["recall_ci"].value.shape == (3, 2)


def test_recall_is_what_the_memory_does(recording):
    recall = recording.metric("recall")
    assert recall[:, 0].tolist() == [1, 1, 1]
    # Of 8 patterns all are asked for, and 6 known.
    assert recall[:, 1].tolist() == [0.75, 0.75, 0.75]
    assert recording.metric("theory").tolist() == [1, 0.75, 0.375]


def test_the_table_shows_recall_and_theory_in_their_columns(tmp_path, capsys):
    record(tmp_path / "run.h5", replace(asked(), theory=lambda load: 1 / load), Tried())
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    rows = [line for line in lines if line and line[0] in ("4", "8", "16")]
    # Load, recall, both ends of its interval, theory: recall is 6 of the 8 that are asked for.
    assert [row[1] for row in rows[:2]] == ["1.0000", "0.7500"]
    # Three networks agree: Wilson of 12 of 12, and of 18 of 24.
    told = [wilson_interval(12, 12), wilson_interval(18, 24)]
    ends = [[f"{each.low:.4f}", "-", f"{each.high:.4f}"] for each in told]
    assert [row[2:5] for row in rows[:2]] == ends
    assert [row[5] for row in rows] == ["0.2500", "0.1250", "0.0625"]


def test_theory_outside_its_range_is_called_so(tmp_path, capsys):
    path = record(tmp_path / "run.h5", asked(caution="4 units"), Tried())
    assert "theory is outside its range: 4 units" in capsys.readouterr().out
    with read(path) as opened:
        assert "outside its range: 4 units" in opened.metrics()["theory"].definition
        labels = [text.get_text() for text in figure.draw(opened).axes[0].get_legend().get_texts()]
    assert "theory outside its range" in labels


@pytest.mark.parametrize(
    ("module", "small", "large"),
    [
        (willshaw, WillshawStudy((5,), size=64), WillshawStudy((5,), size=500)),
        (willshaw, WillshawStudy((5,), active=3, erase=1), WillshawStudy((5,), active=3, erase=0)),
        (covariance, CovarianceStudy((5,), size=64, active=8), CovarianceStudy((5,), size=128)),
        (covariance, CovarianceStudy((5,), erase=48), CovarianceStudy((5,), erase=47)),
        (cliques, CliqueStudy((5,), clusters=2, units=2, erase=1), CliqueStudy((5,))),
    ],
)
def test_small_memories_and_cues_are_outside_the_range_of_their_theory(module, small, large):
    assert module.study(small).caution
    assert not module.study(large).caution


def test_cues_of_less_than_half_of_the_clusters_are_outside_the_range_of_settling():
    few = CliqueStudy((5,), clusters=8, units=64, erase=5)
    assert "3 of 8 clusters" in cliques.study(few).caution
    assert not cliques.study(replace(few, erase=4)).caution
    assert not cliques.study(replace(few, iterations=1)).caution


def test_operations_are_those_of_a_pattern(recording):
    # One read with each call of store, which brings 4, 4 and 8 more patterns.
    assert recording.metric("operations_store")[0].tolist() == [2.25, 2.25, 2.125]
    assert (recording.metric("operations_recall") == 7).all()


def test_networks_differ_and_a_seed_repeats(tmp_path):
    sampled = Tried(loads=(4, 64), probes=16)
    runs = [
        record(tmp_path / f"{n}.h5", asked(32), sampled, seed) for n, seed in enumerate((1, 1, 2))
    ]
    values = []
    for path in runs:
        with read(path) as opened:
            values.append(opened.metric("recall")[:, 1])
    assert values[0].tolist() == values[1].tolist()
    assert values[0].tolist() != values[2].tolist()
    assert len(set(values[0])) > 1


def test_the_capacity_is_where_half_is_recalled(recording):
    # Recall 1, 3/4 and 3/8 at P / N of .1, .2 and .4.
    (low, high), theory = recording.metric("alpha_50_ci"), recording.metric("alpha_50_theory")
    assert 0.2 < low <= high < 0.4
    assert theory == pytest.approx(12 / SIZE)
    assert recording.metric("alpha_50_bracketed").all()


def test_half_of_a_theory_is_interpolated_between_whole_numbers():
    assert half_of(lambda load: 1 - load / 7, (1, 7)) == pytest.approx(3.5)
    assert np.isnan(half_of(lambda load: 0.9, (1, 7)))


def test_one_load_has_no_capacity():
    assert half_load((4,), np.ones((2, 1)), np.array([4]), SIZE) is None


def test_loads_that_are_too_far_apart_are_told():
    """All networks recall all of 4 and none of 40: half lies anywhere between."""
    recall = np.array([[1.0, 0.0], [1.0, 0.0]])
    told = half_load((4, 40), recall, np.array([4, 40]), SIZE).text()
    assert "too far apart" in told
    assert "interval" not in told


def test_recall_that_does_not_fall_has_no_capacity():
    found = half_load((4, 8), np.ones((2, 2)), np.array([4, 8]), SIZE)
    assert np.isnan(found.networks).all()
    assert "does not fall" in found.text()


def test_a_network_whose_recall_does_not_fall_leaves_the_mean_of_the_others():
    falls = np.array([[1.0, 0.5, 0.0], [1.0, 1.0, 1.0], [1.0, 0.5, 0.0]])
    found = half_load((4, 8, 16), falls, np.array([4, 8, 16]), SIZE)
    assert np.isfinite(found.interval).all()
    assert "in 2 of 3 networks" in found.text()


def test_one_network_has_no_interval(tmp_path, capsys):
    path = record(tmp_path / "run.h5", asked(), Tried(networks=1))
    printed = capsys.readouterr().out
    assert "test: 1 network " in printed
    assert printed.count("one network") == 3
    with read(path) as recording:
        drawn = figure.draw(recording)
    assert drawn.get_suptitle() == "one network, no interval; theory dashed"
    (_, _, (bars,)) = drawn.axes[0].containers[0].lines
    assert not any(len(ends) for ends in bars.get_segments())


class Interrupting(Silent):
    """Press Ctrl+C in the middle of the second network."""

    def advance(self, done, more=""):
        if done == 5:
            raise KeyboardInterrupt


def test_what_is_complete_survives_an_interruption(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        record(tmp_path / "run.h5", asked(), Tried(), progress=Interrupting())
    with read(tmp_path / "run.h5") as recording:
        assert recording.metric("recall").shape == (1, 3)
        assert np.isnan(recording.metric("recall_ci")).all()
        figure.draw(recording)


def test_a_memory_that_cannot_add_is_filled_anew(tmp_path):
    held = []
    refilled = asked(
        is_incremental=False,
        measures=(study.Measure("held", "patterns", lambda p: held.append(p) or p.load, "held"),),
    )
    record(tmp_path / "run.h5", refilled, Tried(networks=1))
    assert [len(probing.memory.held) for probing in held] == [4, 8, 16]


def test_variants_share_patterns_and_panels(tmp_path):
    studies = {"all": asked(most=20), "few": asked(most=3)}
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {"root": 1})) as recorder:
        report.run_variants(studies, Tried(), 1, recorder, Silent(), "test")
    with read(tmp_path / "run.h5") as recording:
        assert (recording.metric("recall") == 1).all()
        assert recording.metric("conditions/few/recall")[0, 1] == 3 / 8
        assert recording.metric("conditions/few/theory")[1] == 3 / 8
        assert "conditions/few/alpha_50" in recording.metrics()
        first = figure.draw(recording).axes[0]
    labels = [text.get_text() for text in first.get_legend().get_texts()]
    assert sorted(labels) == ["all", "few", "theory"]
    assert [line.get_linestyle() for line in first.lines].count("--") == 2


def test_the_figure_draws_points_with_intervals_and_dashes(recording):
    drawn = figure.draw(recording)
    recall = drawn.axes[0]
    dashed = [line for line in recall.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata().tolist() == list(range(4, 17))
    assert dashed[0].get_ydata().tolist() == [min(1.0, 6 / load) for load in range(4, 17)]
    assert recall.containers[0].lines[0].get_ydata() == pytest.approx(
        recording.metric("recall").mean(axis=0)
    )
    assert recall.get_xlabel() == "stored patterns P"
    assert "fraction" in recall.get_ylabel()


def test_a_label_has_one_look_in_all_panels(tmp_path):
    axis = curves.Axis("load", np.array([1, 2]), "of it", "load")
    panels = [
        curves.Panel(axis, f"quantity {number}", tuple(
            curves.Series(f"{label}{number}", np.ones((2, 2)), "x", label=label) for label in labels
        ))
        for number, labels in enumerate((("a", "b", "c"), ("c", "b"), ("c",)))
    ]  # fmt: skip
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        curves.write_panels(recorder, panels)
    seen = {}
    with read(tmp_path / "run.h5") as recording:
        for panel, drawn in zip(panels, figure.draw(recording).axes, strict=False):
            for series, container in zip(panel.series, drawn.containers, strict=True):
                points = container.lines[0]
                seen.setdefault(series.label, set()).add((points.get_color(), points.get_marker()))
    assert {label: len(looks) for label, looks in seen.items()} == {"a": 1, "b": 1, "c": 1}
    assert len(set.union(*seen.values())) == 3


def test_legends_cover_no_panel_and_no_title(tmp_path):
    axis = curves.Axis("load", np.array([1, 2]), "of it", "load")
    series = tuple(
        curves.Series(name, np.ones((2, 2)), "x", label=name)
        for name in ("one", "two", "three of a long name", "four")
    )
    panels = [curves.Panel(axis, "x", series, title=title) for title in ("of a memory", "")]
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        curves.write_panels(recorder, panels)
    with read(tmp_path / "run.h5") as recording:
        drawn = figure.draw(recording)
    drawn.savefig(tmp_path / "curves.png")
    for panel in drawn.axes:
        legend = panel.get_legend().get_window_extent()
        assert not legend.overlaps(panel.get_window_extent().shrunk(0.99, 0.99))
        assert legend.x1 <= drawn.bbox.x1
        if panel.get_title():
            assert not legend.overlaps(panel.title.get_window_extent())


@pytest.mark.parametrize(("places", "is_whole"), [((2, 4), True), ((0.25, 0.75), False)])
def test_counts_have_whole_numbers_on_their_axis(tmp_path, places, is_whole):
    series = curves.Series("recall", np.ones((2, 2)), "x")
    panel = curves.Panel(curves.Axis("place", np.array(places), "of it", "place"), "x", (series,))
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        curves.write_panels(recorder, [panel])
    with read(tmp_path / "run.h5") as recording:
        ticks = figure.draw(recording).axes[0].get_xticks()
    assert (ticks == np.rint(ticks)).all() == is_whole


def test_looks_differ_in_colour_within_a_panel_and_in_marker_beyond():
    panels = ["abcdef", "ghij", "ag"]
    looks = figure.looks_of(panels)
    assert len({look[:2] for look in looks.values()}) == len(looks) == 10
    for panel in panels:
        assert len({looks[label].colour for label in panel}) == len(panel)
    # Theory without colour is told by its dashes.
    assert len({looks[label].dashes for label in "abcdef"}) == 6


def test_the_note_of_the_panels_names_metrics_that_exist(recording):
    for panel in json.loads(str(recording.array(curves.PANELS)[()])):
        names = [panel["x"], *(each["y"] for each in panel["series"])]
        names += [each["theory"] for each in panel["series"] if each["theory"]]
        assert set(names) <= set(recording.metrics())


def test_intervals_are_students_and_stay_in_their_bounds():
    values = np.array([[0.9, 0.2], [1.0, 0.4], [1.0, 0.6]])
    ends = curves.Series("recall", values, "x", bounds=(0, 1)).ends
    assert ends[0, 1] == 1
    # 4.303 is the 97.5 % point of Student's t of 2 degrees of freedom, .2 / sqrt(3) the error.
    assert ends[1] == pytest.approx([0, 0.4 + 4.303 * 0.2 / 3**0.5], abs=1e-3)


def test_networks_that_all_recall_everything_leave_an_interval_in_the_file(recording):
    """Three networks recall all of 4 patterns: Wilson of 12 of 12, not the point of Student."""
    recall, ends = recording.metric("recall"), recording.metric("recall_ci")
    metrics = recording.metrics()
    trials = metrics["recall"].attrs["trials"]
    assert {metrics[name].attrs["N"] for name in ("recall", "recall_ci", "theory")} == {SIZE}
    assert {metric.attrs["seed"] for metric in metrics.values()} == {3}
    agree = np.flatnonzero(np.ptp(recall, axis=0) == 0)
    assert (recall[:, 0] == 1).all()
    for place in agree:
        n_trials = len(recall) * int(trials[place])
        told = wilson_interval(round(recall[:, place].mean() * n_trials), n_trials)
        assert ends[place] == pytest.approx(told[1:])
    assert (ends[:, 0] < ends[:, 1]).all()
    assert "Wilson" in metrics["recall_ci"].definition
    assert "no width" in metrics["bytes_ci"].definition


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(SpecError, match=r"needed: \[network, place\]"):
        curves.Series("recall", np.ones(3), "x")
    with pytest.raises(SpecError, match="theory of shape"):
        curves.Series("recall", np.ones((2, 3)), "x", theory=np.ones(2))


@pytest.mark.parametrize(("number", "is_band"), [(figure.MOST_BARS, False), (90, True)])
def test_intervals_of_many_points_are_a_band(tmp_path, number, is_band):
    aim = curves.Series(
        "active", np.arange(2.0 * number).reshape(2, number), "cells that fire",
        theory=np.full(number, 20.0), theory_definition="what is aimed at", dashed="aim",
    )  # fmt: skip
    panel = curves.Panel(curves.Axis("time", np.arange(number), "of it", "time"), "cells", (aim,))
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        curves.write_panels(recorder, [panel])
    with read(tmp_path / "run.h5") as recording:
        drawn = figure.draw(recording)
    (axis,) = drawn.axes
    assert "aim" in axis.get_legend_handles_labels()[1]
    assert "theory" not in drawn.get_suptitle()
    bands = [each for each in axis.collections if type(each).__name__ != "LineCollection"]
    assert bool(bands) == is_band
