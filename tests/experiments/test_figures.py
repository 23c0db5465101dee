"""Figures of a small recording: they draw what is there, and say so where nothing is."""

import base64
import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from experiments import figures
from experiments.commands import run
from experiments.figures import (
    FIGURES,
    NothingToDrawError,
    canvas,
    graph,
    raster,
    rates,
    sparsey,
    trace,
    weights,
)
from experiments.figures.selection import selection
from experiments.figures.textraster import text_raster
from experiments.tables import tell_ends
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
@pytest.mark.parametrize("kind", ["raster", "rates", "trace", "weights", "graph"])
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


def lightness(colour):
    """Return L* of an sRGB colour (CIE 1976, white point D65)."""
    channel = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_neighbouring_colours_differ_in_print():
    found = [lightness(colour) for colour in canvas.COLOURS]
    assert lightness("#ffffff") == pytest.approx(100, abs=0.01)
    around = np.abs(np.diff([*found, found[0]]))
    assert around.min() > 12
    # Four lines, more than most panels have, differ each from each; none is lost on the paper.
    four = np.sort(found[:4])
    assert np.diff(four).min() > 12
    assert max(found) < 75


def test_dashes_differ_and_are_dashes():
    assert len(set(canvas.DASHES)) == len(canvas.DASHES) == len(canvas.COLOURS)
    from matplotlib.lines import Line2D

    assert {Line2D([0], [0], linestyle=each).get_linestyle() for each in canvas.DASHES} == {"--"}


@pytest.mark.parametrize(
    ("counts", "told"),
    [((1,), "one network, no interval"), ((3,), "mean and 95 % interval across 3 networks"),
     ((3, 5), "mean and 95 % interval across 3 to 5 networks")],
)  # fmt: skip
def test_of_how_many_networks_is_told(counts, told):
    assert canvas.tell_networks(*counts) == told


def test_ends_of_fractions_and_of_one_network_are_written_as_what_they_are():
    assert tell_ends(0.6559, 1.1641, ".4f", is_fraction=True) == "0.6559 - 1.0000"
    assert tell_ends(-0.1, 1.5, ".1f") == "-0.1 - 1.5"
    assert tell_ends(float("nan"), float("nan"), ".4f", is_fraction=True) == "one network"


@pytest.mark.parametrize("n_networks", [1, 3])
def test_neighbours_have_intervals_like_memories(tmp_path, n_networks):
    accuracy = np.linspace(0.8, 0.95, n_networks)
    ends = np.array([0.7, 1.0]) if n_networks > 1 else np.full(2, np.nan)
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        recorder.array("recipes/names", np.array(["cured"]), "1", "names")
        for name in ("accuracy", "recipes/cured/accuracy", "controls/edges"):
            recorder.metric(name, accuracy, "[network]: accuracy by edges")
        recorder.metric("recipes/cured/accuracy_ci", ends, "[low and high]")
        recorder.metric("load", 2000, "digits")
    with read(tmp_path / "run.h5") as recording:
        figure = sparsey.recipes(recording)
    bars = [container.lines[2][0].get_segments() for container in figure.axes[0].containers]
    assert len(bars) == 2
    for (segment,) in bars:
        assert (len(segment) == 2) == (n_networks > 1)
    assert ("one network" in figure.get_suptitle()) == (n_networks == 1)


MANY = 200_000
# A mark of a vector file takes some 20 bytes; as dots all of them take what the panel takes.
MOST_BYTES = 200_000


def ink(picture):
    """Return the dots of the largest picture inside a PDF or SVG file: 1 where something is."""
    content = picture.read_bytes()
    if picture.suffix == ".svg":
        encoded = re.findall(rb"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)", content)
        inner = [np.asarray(Image.open(io.BytesIO(base64.b64decode(each)))) for each in encoded]
        return max(inner, key=np.size)[..., 3] > 0
    masks = []
    for head, body in re.findall(rb" obj\s*<<(.*?)>>\s*stream\r?\n(.*?)endstream", content, re.S):
        if b"/Subtype /Image" not in head or b"/DeviceGray" not in head:
            continue
        size = [int(re.search(key + rb" (\d+)", head)[1]) for key in (rb"/Height", rb"/Width")]
        flat = unpredicted(head, zlib.decompress(body), *size)
        masks.append(np.frombuffer(flat, np.uint8).reshape(size))
    return max(masks, key=np.size) > 0


def unpredicted(head, content, height, width):
    """Undo PNG's predictors, if a PDF says that it has used them."""
    if b"/Predictor" not in head:
        return content
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk, b"IDAT" + zlib.compress(content), b"IEND"]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )
    return np.asarray(Image.open(io.BytesIO(png))).tobytes()


@pytest.mark.parametrize("suffix", [".pdf", ".svg"])
def test_a_raster_of_many_spikes_is_small_and_shows_all(tmp_path, suffix):
    drawn = np.random.default_rng(0)
    # Nobody spikes in the second quarter of the time.
    quarter = drawn.choice([0, 2, 3], MANY)
    times = np.sort(250 * (quarter + drawn.random(MANY)))
    with Recorder(tmp_path / "run.h5", Header("name: x", "{}", {}, {"root": 1})) as recorder:
        recorder.nodes("cells", 1000, "lif")
        recorder.spikes("cells", times, drawn.integers(0, 1000, times.size))
        recorder.progress(1000.0, 1.0)
    picture, as_marks = tmp_path / f"raster{suffix}", tmp_path / f"marks{suffix}"
    with read(tmp_path / "run.h5") as recording:
        figures.save("raster", recording, picture)
        figure = raster.draw(recording)
        (line,) = figure.axes[0].lines
    assert len(line.get_xdata()) == MANY
    assert picture.stat().st_size < MOST_BYTES
    # Without dots the same marks do not fit, however well they are packed.
    line.set_rasterized(False)
    figure.savefig(as_marks)
    assert as_marks.stat().st_size > 3 * MOST_BYTES
    dots = ink(picture)
    assert dots.shape[0] > 200
    assert dots.shape[1] > 400
    columns = dots.mean(0)
    quarters = [part.mean() for part in np.array_split(columns, 4)]
    assert min(quarters[0], quarters[2], quarters[3]) > 0.5
    assert quarters[1] < 0.1


def test_some_neurons_and_some_time_are_chosen(recording):
    chosen = selection(("cells",), "1:3", "10 ms", "0.05 s")
    axis = raster.draw(recording, chosen).axes[0]
    (line,) = axis.lines
    # Of the spikes at 5, 15, 15 and 90 ms of the neurons 0 to 3.
    assert np.stack(line.get_data()).T.tolist() == [[15, 1], [15, 2]]
    assert axis.get_xlim() == (10, 50)
    assert axis.get_ylim() == (0.5, 2.5)
    (steps,) = rates.draw(recording, chosen).axes[0].patches[:1]
    count, edges, _ = steps.get_data()
    # Two spikes of two neurons in 40 ms.
    assert (count * np.diff(edges)).sum() / 1000 == pytest.approx(2 / 2)
    assert [line.get_label() for line in trace.draw(recording, chosen).axes[0].lines] == ["2"]


@pytest.mark.parametrize(
    ("neurons", "start", "stop", "wanted"),
    [
        ("1:2", "", "", [1]),
        ("1", "", "", [1]),
        ("2:9", "", "", [2, 3]),
        ("", "15 ms", "", [1, 2, 3]),
        ("", "16 ms", "", [3]),
        ("", "", "15 ms", [0, 1, 2]),
        ("", "", "14 ms", [0]),
    ],
)
def test_ends_of_a_choice_are_where_they_are_said_to_be(recording, neurons, start, stop, wanted):
    _, ids = selection((), neurons, start, stop).spikes(recording, "cells")
    assert ids.tolist() == wanted


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (((), "3:3", "", ""), "must lie behind"),
        (((), "a", "", ""), "needed are neurons"),
        (((), "", "3 mV", ""), "--from '3 mV': needed is a time"),
        (((), "", "", "soon"), "--until"),
        ((("cell",), "", "", ""), "did you mean 'cells'"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(recording, words, told):
    with pytest.raises(SpecError, match=told):
        raster.draw(recording, selection(*words))


@pytest.mark.parametrize("chosen", [selection((), "9", "", ""), selection((), "", "1 s", "")])
@pytest.mark.parametrize("draw", [raster.draw, rates.draw, trace.draw, text_raster])
def test_beyond_the_recording_is_nothing_to_draw(recording, draw, chosen):
    with pytest.raises(NothingToDrawError):
        draw(recording, chosen=chosen)


def test_only_what_can_show_a_part_is_asked_for_one(recording, tmp_path):
    with pytest.raises(SpecError, match=r"all or nothing.* of raster, rates, trace"):
        figures.save("weights", recording, tmp_path / "w.png", selection((), "1", "", ""))


def test_a_raster_in_letters_has_a_mark_where_a_spike_is(recording):
    told = text_raster(recording, width=103).splitlines()
    assert told[0] == "cells: 4 spikes of neurons 0 to 3"
    assert told[-1] == "time: 0 to 100 ms"
    # 100 letters for 100 ms: neuron 3 on top fires at 90, neuron 0 at 5.
    marks = [line.partition("|")[2] for line in told[1:-1]]
    assert [line.index("@") for line in marks] == [90, 15, 15, 5]
    assert sum(line.count("@") for line in marks) == 4


def test_a_graph_tells_who_is_connected_to_whom(recording):
    matrix, degrees = graph.draw(recording).axes[:2]
    density = matrix.collections[0].get_array().reshape(4, 4)
    # 0 -> 1 and 1 -> 2: the target up, the source across.
    assert np.argwhere(density).tolist() == [[1, 0], [2, 1]]
    leaving, reaching = (steps.get_data() for steps in degrees.patches)
    assert leaving.values.tolist() == reaching.values.tolist() == [2, 2]


def test_no_synapses_are_no_graph(empty):
    with pytest.raises(NothingToDrawError, match="no synapses"):
        graph.draw(empty)
