"""The picture of a comparison, drawn from its file."""

import json

from experiments.bench.cases import QUICK
from experiments.bench.contenders import CONTENDERS
from experiments.bench.engines.base import Sample
from experiments.bench.report import Measured, write
from experiments.bench.results import Entry, Row
from experiments.figures.benchmark import save
from experiments.figures.engines import MARKERS, draw, is_measured

HOST = {"cpu": "a processor", "python": "3.11"}


def measured(**entries):
    row = Row(QUICK["cuba-4k"], {name.replace("_", "-"): e for name, e in entries.items()})
    return Measured(HOST, {"cuba-4k": row})


def entry(wall, n_spikes=1000):
    return Entry(samples=[Sample(wall, wall, n_spikes, 0)])


def test_every_engine_has_a_mark_of_its_own():
    assert set(MARKERS) == set(CONTENDERS)
    drawn = {(marker, colour) for _, marker, colour in MARKERS.values()}
    assert len(drawn) == len(MARKERS)


def test_a_void_time_is_not_drawn(tmp_path):
    found = measured(brian2_cython=entry(1.0), standalone_1=entry(0.5, 10), numba_fast=entry(0.1))
    write(tmp_path / "bench.json", found)
    figure = draw(json.loads((tmp_path / "bench.json").read_text()))
    labels = {line.get_label() for line in figure.axes[0].get_lines()}
    assert labels == {"Brian2 Cython", "numba fast"}
    picture = save(tmp_path / "bench.json", is_measured, draw)
    assert picture == tmp_path / "bench.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_nothing_is_drawn_of_nothing(tmp_path):
    write(tmp_path / "bench.json", measured(numba_fast=Entry(fault="died")))
    assert save(tmp_path / "bench.json", is_measured, draw) is None
