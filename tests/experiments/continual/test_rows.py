"""Rows of subspaces fit the layers to the last task, or that is told before the first."""

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.continual.settings import ContinualLearning, Stream
from experiments.progress import Silent
from networks.config import ConfigError, load
from networks.inputs.digits import FILES
from neuro.errors import SpecError
from plasticity.projection.subspace import HebbianSettings, HebbianSubspace

TEXT = """experiment:
  kind: continual
  trainer: dsr
  hidden: [40]
  steps: 4
  stream: {stream}
  laterals:
    rows: {rows}
    rates: {rates}
    burst: {burst}
output: {{path: "{path}"}}
"""
# Where rows stand.
PLACE = ":8:11: experiment.laterals.rows: "


def written(folder, rows="[[5, 5]]", rates="[0.001, 0.01]", burst=0, data="digits", more=""):
    stream = f"{{data: {data}, number: 4, train: 64, test: 20{more}}}"
    file = folder / "rows.yaml"
    path = folder / "run.h5"
    file.write_text(TEXT.format(stream=stream, rows=rows, rates=rates, burst=burst, path=path))
    return file


def read(file, *overrides):
    return load(file, overrides, experiments=SETTINGS)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ("buffer: 0", "buffer: buffer 0"),
        ("epochs: 0", "epochs: epochs 0"),
        ("rate: 0.0", "rate: rate 0.0"),
        ("hidden: [5, 0]", "hidden: hidden [5, 0]"),
        ("view_batch: {noise: -1.0, views: 2}", "view_batch.noise: noise -1.0"),
        ("view_batch: {views: 65}", "view_batch.views: 65 views of an image do not fit a batch"),
    ],
)
def test_a_wrong_setting_is_named_where_it_stands(tmp_path, wrong, place):
    right = {"rate": "0.1", "buffer": "9", "epochs": "1", "hidden": "[5]", "method": "view_batch"}
    right.pop(wrong.split(":")[0], None)
    lines = "".join(f"  {key}: {value}\n" for key, value in right.items())
    file = tmp_path / "wrong.yaml"
    file.write_text(f"experiment:\n  kind: continual\n{lines}  {wrong}\n")
    with pytest.raises(ConfigError) as refused:
        read(file)
    n_line, column = 3 + len(right), wrong.rindex(place.split(":")[0].rpartition(".")[2])
    # Two blanks before the key, one after the colon, columns from 1.
    value = wrong.index(":", column) + 5
    assert f"{file}:{n_line}:{value}: experiment.{place}" in str(refused.value)


class Noted(Silent):
    """Keep what is told."""

    def __init__(self):
        self.notices = []

    def notice(self, text):
        self.notices.append(text)


def test_the_rows_of_the_defaults_are_those_published_and_fit_to_the_last_task(tmp_path):
    rows = ContinualLearning().laterals.rows
    assert np.sum(rows, axis=0).tolist() == [470, 590, 490]
    file = tmp_path / "defaults.yaml"
    file.write_text("experiment: {kind: continual, stream: {train: 64, test: 20}}\n")
    assert not read(file).notices


@pytest.mark.parametrize(
    ("rows", "more", "told"),
    [
        ("[[100, 5]]", "", "layer 1 of weights: 400 rows of 64 cells after 4 tasks; needed: at"),
        ("[[20, 5], [15, 5]]", "", "layer 1 of weights: 65 rows of 64 cells after 4 tasks"),
        ("[[5, 20], [5, 7]]", "", "layer 2 of weights: 41 rows of 40 cells after 4 tasks"),
        (
            "[[17, 5], [80, 5]]",
            ", enlarge: 2",
            "layer 1 of weights: 257 rows of 256 cells after 4 tasks",
        ),
    ],
)
def test_rows_beyond_the_cells_are_refused_at_their_place(tmp_path, rows, more, told):
    file = written(tmp_path, rows, more=more)
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert f"{file}{PLACE}{told}" in str(refused.value)
    # Other methods have no rows.
    assert not read(file, "experiment.method=gpm").notices


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("[[16, 10], [16, 10]]", ["layer 1 of weights: 64 rows", "layer 2 of weights: 40 rows"]),
        ("[[12, 10], [12, 7]]", ["layer 2 of weights: 31 rows of 40 cells after 4 tasks leave"]),
        ("[[12, 9], [12, 7]]", []),
    ],
)
def test_rows_beyond_three_quarters_are_told_at_their_place(tmp_path, rows, told):
    file = written(tmp_path, rows)
    found = [str(notice) for notice in read(file).notices]
    assert len(found) == len(told)
    for notice, beginning in zip(found, told, strict=True):
        assert notice.startswith(f"{file}{PLACE}{beginning}")


def test_a_recurrent_layer_sees_the_pixels_of_a_step_and_itself(tmp_path):
    recurrent = ("experiment.trainer=eprop", "experiment.steps=8")
    laterals = "experiment.laterals={{rows: {}, rates: [0.1, 0.1, 0.1]}}"
    file = written(tmp_path)
    assert not read(file, *recurrent, laterals.format("[[3, 9, 9], [1, 7, 7]]")).notices
    for rows, told in (("[[3, 9, 9], [2, 7, 7]]", "9 rows of 8 cells after 4 tasks"),
                       ("[[3, 9, 9], [1, 11, 7]]", "42 rows of 40 cells after 4 tasks"),
                       ("[[3, 9, 9], [1, 7, 11]]", "layer 3 of weights: 42 rows")):  # fmt: skip
        with pytest.raises(ConfigError, match=told):
            read(file, *recurrent, laterals.format(rows))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rows": "[[5, 5], [5, -5]]"}, ":8:11: experiment.laterals.rows: rows [[5, 5], [5, -5]]"),
        ({"rates": "[0, 0.01]"}, ":9:12: experiment.laterals.rates: rates [0.0, 0.01]; needed"),
        ({"burst": -1}, ":10:12: experiment.laterals.burst: burst -1; needed: 0 or more"),
        ({"rows": "[[5, 5, 5]]"}, ":8:5: experiment.laterals: laterals need rows and rates of one"),
        ({"more": ", tasks: split, kind: class"}, ":6:34: experiment.stream.number: 10 classes do"),
    ],
)
def test_what_no_stream_can_have_is_refused_at_its_place(tmp_path, given, told):
    file = written(tmp_path, **given)
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert f"{file}{told}" in str(refused.value)


def test_rows_that_do_not_fit_the_images_of_a_folder_are_told_before_the_first_task(tmp_path):
    rng = np.random.default_rng(0)
    for (images, _), (labels, _) in FILES.values():
        for name, array in (
            (images, rng.integers(0, 256, (80, 6, 6))),
            (labels, np.arange(80) % 4),
        ):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            (tmp_path / name.removesuffix(".gz")).write_bytes(
                header + array.astype(np.uint8).tobytes()
            )
    noted = Noted()
    with pytest.raises(SpecError, match="layer 1 of weights: 37 rows of 36 cells after 4 tasks"):
        runner.run(read(written(tmp_path, "[[10, 5], [9, 5]]", data=tmp_path)), noted)
    crowded = read(written(tmp_path, "[[10, 5], [6, 5]]", data=tmp_path), "output.overwrite=true")
    runner.run(crowded, noted)
    (told,) = [notice for notice in noted.notices if "rows of" in notice]
    assert told.startswith(
        "experiment.laterals.rows: layer 1 of weights: 28 rows of 36 cells after 4 tasks leave"
    )


@pytest.mark.parametrize(("norm", "n_told"), [(1.1, 0), (1.3, 1)])
def test_rows_that_grow_long_are_told_once(tmp_path, monkeypatch, norm, n_told):
    noted = Noted()
    monkeypatch.setattr(HebbianSubspace, "norm", lambda _self: norm)
    runner.run(read(written(tmp_path)), noted)
    assert len(noted.notices) == n_told
    if n_told:
        assert noted.notices[0].startswith("permuted 1: laterals of layer 1 of weights: spectral")


def test_the_norm_is_that_before_rows_are_made_orthonormal():
    projector = HebbianSubspace(6, HebbianSettings())
    projector.begin_task(2, np.random.default_rng(0))
    assert projector.norm_learnt == 0
    projector.rows[:] *= 1.5
    projector.end_task()
    assert projector.norm_learnt == pytest.approx(1.5)
    assert projector.norm() == pytest.approx(1)


@pytest.mark.parametrize("number", [1, 2, 5, 10])
def test_the_quick_form_leaves_a_quarter_of_its_cells_free(number):
    stream = Stream(tasks="split", number=number, kind="class")
    quick = ContinualLearning(stream=stream, hidden=(800, 800)).quick()
    assert quick.hidden == (60, 60)
    assert not list(quick.objections(None))
    assert not list(quick.notices())
