"""Figures of a small recording: they draw what is there, and say so where nothing is."""

import numpy as np
import pytest

from experiments import figures
from experiments.commands import run
from experiments.figures import FIGURES, NothingToDrawError, raster, rates, trace, weights
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, read

DURATION_MS = 100.0
TIMES_MS, IDS = [5.0, 15.0, 15.0, 90.0], [0, 1, 2, 3]


def record(path, is_empty=False):
    header = Header("name: x", "{}", {}, {"root": 1})
    with Recorder(path, header) as recorder:
        recorder.nodes("cells", 4, "lif")
        recorder.spikes("cells", [] if is_empty else TIMES_MS, [] if is_empty else IDS)
        recorder.progress(DURATION_MS, 0.1)
        if not is_empty:
            recorder.edges("loop", "cells", "cells", [0, 1], [1, 2], [1e-12, 2e-12], "A", 1.0)
            recorder.weights("loop", 0.0, [1e-12, 2e-12])
            recorder.weights("loop", DURATION_MS, [1e-12, 5e-12], [True, False])
            times = np.arange(0, DURATION_MS, 1.0)
            trace = np.stack([np.sin(times), np.cos(times)], axis=1)
            recorder.report("v", "cells", "v", "V", [0, 2], times, trace)
            recorder.phase("learn", 0, 50)
            recorder.phase("recall", 50, 100, plasticity=False)
    return path


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    with read(record(tmp_path_factory.mktemp("full") / "run.h5")) as opened:
        yield opened


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    with read(record(tmp_path_factory.mktemp("empty") / "empty.h5", is_empty=True)) as opened:
        yield opened


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
@pytest.mark.parametrize("kind", ["raster", "rates", "trace", "weights"])
def test_each_kind_is_drawn_in_each_format(recording, tmp_path, kind, suffix):
    picture = tmp_path / f"deep/er/{kind}{suffix}"
    figures.save(kind, recording, picture)
    assert picture.stat().st_size > 1000


@pytest.mark.parametrize("kind", ["raster", "trace", "weights"])
def test_nothing_to_draw_is_said_and_no_picture_is_left(empty, tmp_path, kind):
    picture = tmp_path / "picture.png"
    with pytest.raises(NothingToDrawError, match=r"empty\.h5: no"):
        figures.save(kind, empty, picture)
    assert not picture.exists()


def test_after_a_run_nothing_is_said_of_figures_that_nobody_asked_for(tmp_path, capsys):
    run._draw("continual", record(tmp_path / "run.h5"))
    assert capsys.readouterr() == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5"]


def test_a_raster_of_silence_names_the_silent_populations(empty):
    with pytest.raises(NothingToDrawError, match=r"no spikes to draw: none (in \w|were recorded)"):
        raster.draw(empty)


def test_silence_is_a_rate_of_zero(empty):
    (axis,) = rates.draw(empty).axes
    assert not axis.patches[0].get_data().values.any()


def test_a_raster_has_one_mark_for_each_spike_and_units_on_its_axes(recording):
    (axis,) = raster.draw(recording).axes
    assert axis.lines[0].get_xydata().tolist() == [
        [t, i] for t, i in zip(TIMES_MS, IDS, strict=True)
    ]
    assert "(ms)" in axis.get_xlabel()


def test_rates_add_up_to_the_spikes(recording):
    (axis,) = rates.draw(recording).axes
    drawn = axis.patches[0].get_data()
    seconds = np.diff(drawn.edges) / 1000
    assert (drawn.values * seconds).sum() * 4 == pytest.approx(len(TIMES_MS))


def test_pruned_synapses_leave_the_histogram(recording):
    (axis,) = weights.draw(recording).axes
    assert [steps.get_data().values.sum() for steps in axis.patches] == [2, 1]


def test_lines_of_a_trace_differ_without_colour_and_none_is_covered(recording):
    figure = trace.draw(recording)
    figure.draw_without_rendering()
    (axis,) = figure.axes
    assert len({str(line.get_linestyle()) for line in axis.lines}) == len(axis.lines) == 2
    assert axis.get_legend().get_window_extent().x0 >= axis.get_window_extent().x1
    assert axis.get_xlim() == (0, DURATION_MS)


def test_an_unknown_kind_names_the_nearest(recording, tmp_path):
    with pytest.raises(SpecError, match="did you mean 'raster'"):
        figures.save("rastr", recording, tmp_path / "x.png")


def test_an_unknown_format_is_refused(recording, tmp_path):
    with pytest.raises(SpecError, match=r"must end in one of \.png"):
        figures.save("raster", recording, tmp_path / "x.docx")


def test_every_listed_figure_can_be_imported():
    assert all(callable(figures.drawer(kind)) for kind in FIGURES)
