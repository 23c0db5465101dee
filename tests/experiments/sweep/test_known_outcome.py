"""A sweep of two keys whose outcome is known: every number stands in its own row and column."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from experiments.figures.sweep import draw
from experiments.sweep import collect, plan, sweep

# A counter that rises by `drive` a time step of .1 ms and starts again at 1: it fires at 10 kHz
# times the drive. Drives are powers of two, so that sums are exact.
TEXT = """
schema_version: 1
name: counters
seed: 1
simulation: {dt: 0.1 ms, duration: 102.4 ms, engine: numba}
models:
  counter:
    equations: 'dv/dt = drive / (0.1*ms) : 1'
    threshold: v > 0.999999
    reset: v = 0
    parameters: {drive: '0.0625'}
populations:
  left: {model: counter, size: 2}
  right: {model: counter, size: 3}
recordings:
  left: {population: left}
  right: {population: right}
"""
LEFT, RIGHT = (f"populations.{name}.parameters.drive" for name in ("left", "right"))
LEFTS, RIGHTS = (0.03125, 0.0625, 0.125), (0.015625, 0.0078125)
FASTEST = 10_000.0  # Hz


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a sweep over the drives of both populations."""
    place = tmp_path_factory.mktemp("counted")
    config = place / "counters.yaml"
    config.write_text(TEXT)
    axes = [f"{key}={','.join(map(str, values))}"
            for key, values in ((LEFT, LEFTS), (RIGHT, RIGHTS))]  # fmt: skip
    sweep(plan(config, axes), place / "sweep")
    return place / "sweep"


def expected():
    """Yield the drives of each row, and the rates that follow."""
    for left in LEFTS:
        for right in RIGHTS:
            yield left, right, FASTEST * left, FASTEST * right


@pytest.mark.slow(reason="starts processes that import everything")
def test_each_number_stands_under_its_own_name(engram, folder):
    rows = json.loads(engram("report", folder, "--json").out)
    told = [[row[LEFT], row[RIGHT], *(row[f"rate/{name}"]["mean"] for name in ("left", "right"))]
            for row in rows]  # fmt: skip
    np.testing.assert_allclose(told, list(expected()), rtol=1e-9)
    one = rows[0]["rate/left"]
    assert (one["low"], one["networks"], one["missing"], one["extrapolated"]) == (None, 1, 0, 0)

    lines = engram("report", folder).out.splitlines()
    cells = [re.split(r"\s{2,}", line.strip()) for line in lines]
    (at,) = (n for n, each in enumerate(cells) if each[0] == "left.parameters.drive")
    assert cells[at] == ["left.parameters.drive", "right.parameters.drive", "runs", "rate/left",
                         "rate/right"]  # fmt: skip
    shown = [[float(cell) for cell in (*row[:2], *row[3:])] for row in cells[at + 2 : at + 8]]
    np.testing.assert_allclose(shown, list(expected()), rtol=1e-3)


@pytest.mark.slow(reason="starts processes that import everything")
def test_each_point_is_drawn_at_its_own_place(folder):
    found = collect(folder)
    left, right = draw(found, ["rate/left", "rate/right"]).axes
    for axis, rate in ((left, lambda _, x: x), (right, lambda own, _: own)):
        assert axis.get_xlabel() == LEFT
        assert len(axis.containers) == len(RIGHTS)
        for bars, own in zip(axis.containers, RIGHTS, strict=True):
            assert bars.get_label() == f"right.parameters.drive={own}"
            np.testing.assert_array_equal(bars.lines[0].get_xdata(), LEFTS)
            wanted = [FASTEST * rate(own, x) for x in LEFTS]
            np.testing.assert_allclose(bars.lines[0].get_ydata(), wanted, rtol=1e-3)
    assert found.interval("rate/right", {LEFT: LEFTS[2], RIGHT: RIGHTS[0]}).mean == pytest.approx(
        FASTEST * RIGHTS[0], rel=1e-3
    )
