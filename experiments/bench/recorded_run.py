"""Measure what recording adds to the simulation of a network of 1000 neurons."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from experiments import templates
from experiments.bench.report import number
from experiments.tables import show_table
from networks.spec import Spec

OVERRIDES = ("populations.exc.size=800", "populations.inh.size=200")


@dataclass(slots=True)
class Run:
    """Hold seconds of stretches of one network without and with recording, taken in turns.

    Attributes
    ----------
    model_seconds : float
        Of a stretch.
    off_wall, off_cpu, on_wall, on_cpu : list of float
        Seconds of each stretch.
    seal_wall, n_spikes : float, int
        Seconds to seal what all stretches recorded, and its spikes.
    """

    model_seconds: float
    off_wall: list[float] = field(default_factory=list)
    off_cpu: list[float] = field(default_factory=list)
    on_wall: list[float] = field(default_factory=list)
    on_cpu: list[float] = field(default_factory=list)
    seal_wall: float = float("nan")
    n_spikes: int = 0

    def overhead(self, clock: str) -> float:
        """Return the median of what recording added, as a share, the seal apart."""
        without: list[float] = getattr(self, f"off_{clock}")
        recorded: list[float] = getattr(self, f"on_{clock}")
        if not without:
            return float("nan")
        return statistics.median(
            after / before - 1 for before, after in zip(without, recorded, strict=True)
        )

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        shares = {f"overhead_{clock}": self.overhead(clock) for clock in ("wall", "cpu")}
        return {**asdict(self), **shares}

    def show(self) -> None:
        """Print one row."""
        columns = ("1000 neurons", "s/s", "recorded", "adds", "cpu", "seal s", "spikes", "n")
        medians = [
            number(statistics.median(values) / self.model_seconds) if values else "-"
            for values in (self.off_wall, self.on_wall)
        ]
        shares = [f"{100 * self.overhead(clock):.1f} %" for clock in ("wall", "cpu")]
        row = (
            "engine numba, strict",
            *medians,
            *shares,
            number(self.seal_wall),
            str(self.n_spikes),
            str(len(self.on_wall)),
        )
        show_table(
            "simulation with and without recording; seconds per model second", columns, [row]
        )


def measure_run(
    model_seconds: float,
    repeats: int,
    seed: int,
    folder: Path,
    tell: Callable[[float], None],
) -> Run:
    """Simulate two copies of one network in turns, one recorded.

    Parameters
    ----------
    model_seconds : float
        Of one stretch.
    repeats : int
        Stretches of each.
    seed : int
        Of both networks.
    folder : Path
        Where the recording goes.
    tell : callable
        Called with the number of stretches done.

    Returns
    -------
    Run
        Spikes of both, and a trace of three potentials every millisecond, as in the template.
    """
    from networks.build import build
    from networks.build.outlets import make_outlets, write_graph
    from neuro.engines.activation import activate
    from neuro.engines.simulation import NO_OUTLETS, Stretch, simulate
    from neuro.recording import Header, Recorder, read

    found = Run(model_seconds)
    path = folder / "run.h5"
    with activate("numba"):
        silent, recorded = build(_spec(seed, False)), build(_spec(seed, True))
        with Recorder(path, Header("name: bench\n", "{}", {}, {})) as recorder:
            write_graph(recorded, recorder)
            outlets = make_outlets(recorded, recorder, lambda *_: None)
            # Stretch 0 compiles.
            for repetition in range(repeats + 1):
                for built, kept, walls, cpus in (
                    (silent, NO_OUTLETS, found.off_wall, found.off_cpu),
                    (recorded, outlets, found.on_wall, found.on_cpu),
                ):
                    clocks = (time.perf_counter(), time.process_time())
                    simulate(built.network, [Stretch("all", model_seconds)], kept)
                    if repetition:
                        walls.append(time.perf_counter() - clocks[0])
                        cpus.append(time.process_time() - clocks[1])
                tell(repetition)
            started = time.perf_counter()
    found.seal_wall = time.perf_counter() - started
    with read(path) as run:
        found.n_spikes = sum(run.spikes(name)[0].size for name in run.spiking)
    return found


def _spec(seed: int, is_recorded: bool) -> Spec:
    """Return the template of a balanced network at 1000 neurons."""
    from networks.config import load

    changes = [*OVERRIDES, f"seed={seed}"]
    if not is_recorded:
        changes.append("recordings={}")
    return load(templates.path("lif-network"), changes).spec
