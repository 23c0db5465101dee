"""Searches for the best point: they find it, go on where they stopped, and tell what is wrong."""

import json

import pytest

from experiments.sweep import collect, workers
from experiments.sweep.optimise import Goal, optimise
from neuro.errors import SpecError

WEIGHT = "projections.drive.synapse.weight"
RANGE = "{low: 1 pA, high: 400 pA, scale: log}"
SPACE = f"sweep: {{random: {{samples: 6, space: {{{WEIGHT}: {RANGE}}}}}}}\n"


@pytest.fixture
def spaced(config):
    """Return a configuration with a space to search."""
    config.write_text(config.read_text() + SPACE)
    return config


def weights(folder):
    return [point.values[WEIGHT] for point in collect(folder).points]


@pytest.mark.slow(reason="starts processes that import everything")
def test_a_search_finds_the_strongest_weight_whatever_the_workers(spaced, tmp_path, engram):
    one, two = tmp_path / "one", tmp_path / "two"
    found = optimise(spaced, Goal("rate/cells"), one, 12, n_workers=1)
    again = optimise(spaced, Goal("rate/cells"), two, 12, n_workers=2)
    assert weights(one) == weights(two)
    assert (found.point, found.value) == (again.point, again.value)
    rates = collect(one).values("rate/cells")
    assert found.value == max(rates)
    assert found.n_trials == 12
    # Drive and rate grow together: the Parzen estimator draws strong weights after the start.
    drawn = [float(text.removesuffix(" pA")) for text in weights(one)]
    assert max(drawn) > 200
    answer = engram("report", one, "--json")
    assert answer.code == 0
    assert len(json.loads(answer.out)) == 12


@pytest.mark.slow(reason="starts processes that import everything")
def test_a_search_goes_on_to_the_end_of_one_that_never_stopped(
    spaced, tmp_path, engram, monkeypatch
):
    calm, stopped = tmp_path / "calm", tmp_path / "stopped"
    goal = Goal("rate/cells", "minimise")
    # Beyond the ten trials that are drawn of the space alone.
    optimise(spaced, goal, calm, 14)

    whole, n_batches = workers.run_points, []

    def stopping(client, config, folder, points, told):
        n_batches.append(len(points))
        if len(n_batches) < 3:
            return whole(client, config, folder, points, told)
        whole(client, config, folder, points[:2], told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workers, "run_points", stopping)
        with pytest.raises(KeyboardInterrupt):
            optimise(spaced, goal, stopped, 14)
    times = {path: path.stat().st_mtime_ns for path in stopped.glob("*.h5")}
    assert len(times) == 10
    words = ("--metric", "rate/cells", "--minimise", "--trials", 14, "--output", stopped)
    answer = engram("optimise", spaced, *words)
    assert answer.code == 0, answer.err
    assert "8 of 14 trials are done already" in answer.err
    assert "the best of 14 trials" in answer.out
    assert answer.last_line == str(stopped)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert weights(calm) == weights(stopped)
    best = min(collect(calm).values("rate/cells"))
    assert f"rate/cells {best:.6g}, " in answer.out
    command = next(line for line in answer.out.splitlines() if line.startswith("engram run"))
    assert "projections.drive.synapse.weight=" in command


@pytest.mark.slow(reason="starts processes that import everything")
def test_points_that_fail_leave_the_search_alone(config, tmp_path):
    """A membrane that explodes at one of two values."""
    text = config.read_text().replace(
        "  cells: {model: lif, size: 10}",
        "  cells: {model: lif, size: 10}\n  bomb: {model: bomb, size: 1}\n",
    )
    config.write_text(
        text + "models: {bomb: {equations: 'dv/dt = k*v/ms : 1', parameters: {k: '1'}, "
        "initial: {v: '1'}}}\n"
        "sweep: {random: {samples: 8, space: {populations.bomb.parameters.k: [-1, 1e4]}}}\n"
    )
    best = optimise(config, Goal("rate/cells"), tmp_path / "out")
    assert best.point.values == {"populations.bomb.parameters.k": -1}
    assert best.n_trials == 8
    assert 1 <= best.n_failed <= 7
    found = collect(tmp_path / "out")
    assert len(found.points) == len(found.missing) == 1


@pytest.mark.slow(reason="starts processes that import everything")
def test_a_metric_that_no_run_has_is_told(spaced, tmp_path, engram):
    answer = engram("optimise", spaced, "--metric", "rate/cell", "--output", tmp_path / "out")
    assert answer.code == 2
    assert "no metric 'rate/cell'; did you mean 'rate/cells'" in answer.err


def test_a_search_needs_a_space_and_trials(config, tmp_path):
    with pytest.raises(SpecError, match=r"no space to search; needed: sweep: \{random"):
        optimise(config, Goal("rate/cells"), tmp_path / "out")
    config.write_text(config.read_text() + SPACE)
    with pytest.raises(SpecError, match="at least 1"):
        optimise(config, Goal("rate/cells"), tmp_path / "out", 0)
