"""What a run leaves that died, of whatever cause, ends at one time in all that was recorded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from networks.build import build
from networks.build.outlets import make_outlets, write_graph
from networks.config import load
from neuro import recording
from neuro.engines import simulation, taps
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import EnvironmentFault
from neuro.recording import Header, Recorder
from neuro.recording.parts import Parts
from neuro.recording.read import Recording

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "experiments" / "resume" / "noisy_network.yaml"
DURATION = 0.012
EVERY = 7  # segments between two looks at all there are


def before(run: Recording, end_ms: float) -> dict[str, np.ndarray]:
    """Return all that was recorded of the time before one."""
    found: dict[str, np.ndarray] = {}
    for name in run.spiking:
        times, ids = run.spikes(name)
        found[f"{name} times"], found[f"{name} ids"] = times[times < end_ms], ids[times < end_ms]
    trace = run.report("v")
    found["v"] = trace.data[trace.times_ms < end_ms]
    weights = run.weights("in_exc")
    found["w"] = weights.data[weights.times_ms < end_ms]
    return found


def check_common(run: Recording, calm: Recording) -> float:
    """Check that one time ends every stream, and that nothing earlier is missing; return it."""
    end = run.progress[0]
    left, whole = before(run, np.inf), before(calm, end)
    for name, values in left.items():
        np.testing.assert_array_equal(values, whole[name], err_msg=f"{name} at {end} ms")
    return end


def record(path: Path, **options: object) -> None:
    """Simulate and record, with a flush whenever one is possible."""
    options = {"flush_seconds": 1e-9} | options
    with activate("brian2", target="numpy"):
        built = build(load(CONFIG).spec)
        with Recorder(path, Header("", "{}", {}, {}), **options) as recorder:  # type: ignore[arg-type]
            write_graph(built, recorder)
            outlets = replace(
                make_outlets(built, recorder, lambda *_: None), snapshot=lambda _: None
            )
            simulate(built.network, [Stretch("run", DURATION)], outlets)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calm") / "run.h5"
    record(path)
    return path


# As they are, and so few that what one look finds is handed over in many windows.
@pytest.mark.parametrize("most", [taps.MAX_EVENTS, 7])
def test_every_segment_brings_all_to_one_time(
    calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(simulation, "TICK", 0.0)
    monkeypatch.setattr(taps, "MAX_EVENTS", most)
    ends: list[float] = []
    numbers = count()

    def look(parts: Parts, image: tuple[bytes, ...]) -> None:
        publish(parts, image)
        if next(numbers) % EVERY:
            return
        with recording.read(tmp_path / "run.h5") as run, recording.read(calm) as whole:
            if run.progress[0]:
                ends.append(check_common(run, whole))

    publish = Parts.publish
    monkeypatch.setattr(Parts, "publish", look)
    record(tmp_path / "run.h5")
    assert len(set(ends)) > 2
    assert ends == sorted(ends)


def test_a_full_disk_leaves_one_time(
    calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "TICK", 0.0)
    path = tmp_path / "run.h5"
    publish, left = Parts.publish, iter(range(18))

    def until_full(parts: Parts, image: tuple[bytes, ...]) -> None:
        if next(left, None) is None:
            raise EnvironmentFault("no space left")
        publish(parts, image)

    monkeypatch.setattr(Parts, "publish", until_full)
    with pytest.raises(EnvironmentFault):
        record(path)
    monkeypatch.undo()
    with recording.read(path) as run, recording.read(calm) as whole:
        assert not run.is_sealed
        assert 0 < check_common(run, whole) < DURATION * 1e3


@pytest.mark.slow
@pytest.mark.torture
def test_killed_runs_leave_one_time(tmp_path: Path, scale: Callable, tally: Callable) -> None:
    n_kills = scale(8, 100)
    command = [sys.executable, str(HERE / "killing.py"), str(tmp_path), str(CONFIG), str(n_kills)]
    subprocess.run(command, check=True, capture_output=True)
    ends = []
    with recording.read(tmp_path / "calm.h5") as whole:
        for number in range(n_kills):
            path = tmp_path / f"{number}.h5"
            if not path.exists() and not path.with_name(f"{path.name}.parts").exists():
                continue  # it died while it was imported or built
            recording.repair(path)
            with recording.read(path) as run:
                if run.progress[0]:
                    ends.append(check_common(run, whole))
    assert len(set(ends)) > n_kills // 4
    tally(f"{n_kills} kills, {len(ends)} left recordings that end at one time")
