"""The command `bench lyapunov`: both programs have the same exponents, pruning takes bytes away."""

import json

import numpy as np
import pytest

from experiments.bench.lyapunov_table import AGREEMENT, QUICK, Row, Task, Times, measure_row, slope


def test_numpy_has_the_exponents_of_the_house():
    row = Row(Task(12, blocks=6))
    measure_row(row, 1)
    assert row.numba.n_spikes == row.numpy.n_spikes == 72
    assert row.difference < AGREEMENT
    assert len(row.numba.cpu) == len(row.numpy.wall) == 1
    # Inhibitory pulses: no exponent above 0 but for the one of the flow, which goes to 0.
    assert row.numba.exponents[1:].max() < 0


def test_other_exponents_have_no_ratio():
    row = Row(QUICK[0])
    row.numba, row.numpy = (
        Times([1.0], [1.0], np.array([0.0, -2.0])), Times([3.0], [3.0], np.array([0.0, -2.1])),
    )  # fmt: skip
    assert "other exponents" in row.fault
    assert np.isnan(row.ratio("cpu"))
    row.numpy.exponents = row.numba.exponents.copy()
    assert row.ratio("cpu") == 3.0


def test_slope_is_the_power():
    assert slope([(n, 0.01 * n**1.7) for n in (10, 40, 90)]) == pytest.approx(1.7)


# Two processes, each of which compiles a network.
@pytest.mark.slow
def test_table_json_and_picture(engram, tmp_path):
    output = tmp_path / "bench.json"
    answer = engram("bench", "lyapunov", "--quick", "--repeats", 2, "-o", output)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(output)
    assert output.with_suffix(".png").stat().st_size > 1000
    held = json.loads(output.read_text())
    assert all(row["fault"] == "" for row in held["exponents"])
    assert len(held["slopes"]) == 2
    (pair,) = held["pruned"]
    assert pair["fault"] == ""
    n_whole, n_pruned = (pair[name]["n_synapses"] for name in ("whole", "pruned"))
    assert n_pruned == round(0.1 * n_whole)
    assert pair["ratio_bytes"] > 5
    assert 0 < pair["whole"]["event_share"] < 1
    assert len(pair["pruned"]["cpu"]) == 2
