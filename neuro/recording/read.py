"""Read a recording: a sealed file, or the segments of a run that lives or died."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError, EnvironmentFault, SpecError, nearest
from neuro.recording import faults
from neuro.recording.contents import (
    Edges,
    Metric,
    Phase,
    Population,
    Report,
    WeightHistory,
    edges_of,
    metric_of,
    phases_of,
    population_of,
)
from neuro.recording.header import Status
from neuro.recording.parts import parts_path
from neuro.recording.sonata import Float, Ids, by_time
from neuro.recording.soundness import check_edges, check_report, check_spikes, check_weights
from neuro.recording.store import Store


class Recording:
    """Give back what was recorded; a context manager that closes the file.

    A sealed file and the segments of a run have the same interface. Segments that appear after
    opening are not seen: open again to see them.

    Parameters
    ----------
    path : Path
        FILE.h5, or a folder FILE.h5.parts.

    Raises
    ------
    SpecError
        When asked for a name that was not recorded; the message lists those that were.
    DamagedFileError
        When the file is damaged, hostile, or no recording.
    EnvironmentFault
        When there is nothing to read, or it may not be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path)
        self._names = self._store.catalogue.children

    def __enter__(self) -> Recording:
        """Return the recording itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; what was read stays."""
        self._store.close()

    @property
    def files(self) -> tuple[Path, ...]:
        """Return what is read: the sealed file, or the segments, oldest first."""
        return self._store.catalogue.files

    @property
    def is_sealed(self) -> bool:
        """Return whether this is the one file of a finished run."""
        return self._store.is_sealed

    @property
    def created(self) -> str:
        """Return when the run began: ISO 8601, UTC."""
        return self._told("created")

    @property
    def run_id(self) -> str:
        """Return what distinguishes two runs that wrote to the same path."""
        return self._told("run_id")

    def _told(self, name: str) -> str:
        with self._store.file(0) as h5:
            return str(h5.attrs[name])

    @property
    def status(self) -> Status:
        """Return how far the run came: 0 running, 1 ok, 2 failed, 3 interrupted."""
        return self._store.read("/run/status", lambda found: Status(int(found[()])))

    @property
    def progress(self) -> tuple[float, float]:
        """Return simulated time in ms and wall-clock time in s."""
        with faults.damage(self.path):
            model_ms, wall_s = map(float, self._store.array("/run/progress"))
        if not (isfinite(model_ms) and isfinite(wall_s)):
            raise DamagedFileError(f"{self._where('run', 'progress')} is no time")
        return model_ms, wall_s

    @property
    def config_source(self) -> str:
        """Return the configuration as written."""
        return self._store.text("/config/source")

    @property
    def resolved(self) -> str:
        """Return the resolved configuration, a JSON text."""
        return self._store.text("/config/resolved")

    @property
    def configuration(self) -> dict[str, Any]:
        """Return the resolved configuration, as mappings and lists."""
        return self._store.json("/config/resolved")

    @property
    def provenance(self) -> dict[str, Any]:
        """Return versions, platform, engine and whatever else was said of the run."""
        return self._store.json("/provenance/versions")

    @property
    def seeds(self) -> dict[str, Any]:
        """Return the root seed and every stream's spawn key."""
        return self._store.json("/provenance/seeds")

    @property
    def nodes(self) -> dict[str, Population]:
        """Return every population by name."""
        return {
            name: self._store.read(f"/nodes/{name}", population_of)
            for name in self._names("/nodes")
        }

    def size(self, population: str) -> int:
        """Return the number of nodes of a population that spikes or synapses name.

        Parameters
        ----------
        population : str
            Its name.

        Returns
        -------
        int
            Its size.

        Raises
        ------
        DamagedFileError
            If the file has no such population.
        """
        if (known := self.nodes.get(population)) is None:
            raise DamagedFileError(f"{self.path} is damaged: it has no population '{population}'")
        return known.size

    @property
    def projections(self) -> list[str]:
        """Return the names that `edges` takes."""
        return self._names("/edges")

    @property
    def spiking(self) -> list[str]:
        """Return the names that `spikes` takes."""
        return self._names("/spikes")

    @property
    def reports(self) -> list[str]:
        """Return the names that `report` takes."""
        return self._names("/reports")

    @property
    def weighed(self) -> list[str]:
        """Return the names that `weights` takes."""
        return self._names("/weights")

    def spikes(self, population: str) -> tuple[Float, Ids]:
        """Return the spikes of a population.

        Parameters
        ----------
        population : str
            Its name.

        Returns
        -------
        tuple of ndarray
            Times in ms and node ids, sorted by time, then by id.
        """
        self._known("spikes", population, self.spiking)
        blocks = self._store.catalogue.spikes[population]
        times, ids = [np.empty(0)], [np.empty(0, dtype=np.uint64)]
        for block in blocks:
            with self._store.file(block.file) as h5:
                times.append(h5[f"/spikes/{population}/timestamps"][...])
                ids.append(h5[f"/spikes/{population}/node_ids"][...])
        found = np.concatenate(times), np.concatenate(ids)
        check_spikes(self._where("spikes", population), *found, population, self.nodes)
        return by_time(*found)

    def trains(self, population: str) -> list[NDArray[np.float64]]:
        """Return the spike times of every neuron, silent ones too.

        Parameters
        ----------
        population : str
            Its name.

        Returns
        -------
        list of array of float64
            Sorted times in ms, in the order of the ids of the neurons; of a population of unknown
            size up to the last neuron that spiked.
        """
        times, ids = self.spikes(population)
        known = self.nodes.get(population)
        size = known.size if known else int(ids.max(initial=0)) + 1
        by_id = np.argsort(ids, kind="stable")
        ends = np.searchsorted(ids[by_id], np.arange(size + 1, dtype=ids.dtype))
        return [times[by_id[start:stop]] for start, stop in pairwise(ends)]

    def reported(self, name: str) -> list[str]:
        """Return the populations that a report was recorded of."""
        self._known("report", name, self.reports)
        return self._names(f"/reports/{name}")

    def report(self, name: str, population: str | None = None) -> Report:
        """Return a trace.

        Parameters
        ----------
        name : str
            Name of the report.
        population : str, optional
            Needed when it was recorded of several.

        Returns
        -------
        Report
            Samples with their times and nodes.
        """
        among = self.reported(name)
        if population is None and len(among) > 1:
            raise SpecError(f"report '{name}' was recorded of {', '.join(among)}: say of which")
        owner = among[0] if population is None else population
        self._known(f"report '{name}' of", owner, among)
        root = f"/reports/{name}/{owner}"
        unit = self._store.unit(f"{root}/data")
        found = Report(
            population=owner,
            variable=self._store.read(root, lambda found: str(found.attrs["variable"])),
            unit=unit,
            node_ids=self._store.array(f"{root}/node"),
            element_ids=self._store.array(f"{root}/mapping/element_ids"),
            times_ms=self._store.rows(f"{root}/time"),
            data=self._store.rows(f"{root}/data"),
        )
        check_report(self._where("reports", f"{name}/{owner}"), found)
        return found

    def weights(self, projection: str) -> WeightHistory:
        """Return all snapshots of a projection's weights.

        Parameters
        ----------
        projection : str
            Its name.

        Returns
        -------
        WeightHistory
            In the order of /edges.
        """
        self._known("weights", projection, self.weighed)
        root = f"/weights/{projection}"
        data = self._store.rows(f"{root}/data")
        alive = np.ones(data.shape, dtype=np.bool_)
        if f"{root}/alive" in self._store.catalogue.rows:
            marked = self._store.rows(f"{root}/alive") != 0
            with faults.damage(self.path):
                alive[len(alive) - len(marked) :] = marked
        unit = self._store.unit(f"{root}/data")
        found = WeightHistory(unit, self._store.rows(f"{root}/t"), data, alive)
        check_weights(self._where("weights", projection), found)
        return found

    def edges(self, projection: str) -> Edges:
        """Return the synapses of a projection.

        Parameters
        ----------
        projection : str
            Its name.

        Returns
        -------
        Edges
            In the order in which they were recorded.
        """
        self._known("projection", projection, self.projections)
        found = self._store.read(f"/edges/{projection}", edges_of)
        check_edges(self._where("edges", projection), found, self.nodes)
        return found

    def phases(self) -> list[Phase]:
        """Return the phases of the run, in the order recorded."""
        if "/phases" not in self._store.catalogue.rows:
            return []
        return phases_of(self._store.rows("/phases"))

    def metrics(self) -> dict[str, Metric]:
        """Return everything measured, by name."""
        return {
            name: self._store.read(f"/metrics/{name}", metric_of)
            for name in self._store.leaves("/metrics")
        }

    def metric(self, name: str) -> NDArray[Any]:
        """Return the value of a metric; its definition is in `metrics`.

        Parameters
        ----------
        name : str
            Path below /metrics.

        Returns
        -------
        ndarray
            Of shape () for a single number.
        """
        self._known("metric", name, self._store.leaves("/metrics"))
        return self._store.array(f"/metrics/{name}")

    @property
    def arrays(self) -> list[str]:
        """Return the names that `array` takes."""
        return self._store.leaves("/data")

    def array(self, name: str) -> NDArray[Any]:
        """Return data of the experiment's own.

        Parameters
        ----------
        name : str
            Path below /data.

        Returns
        -------
        ndarray
            As recorded; text as an array of str.
        """
        self._known("array", name, self.arrays)
        return self._store.array(f"/data/{name}")

    def _where(self, group: str, name: str) -> str:
        return f"{self.path} is damaged: /{group}/{name}"

    def _known(self, what: str, name: str, valid: list[str]) -> None:
        if name not in valid:
            there = ", ".join(valid) or "none"
            raise SpecError(f"{self.path} has no {what} '{name}'{nearest(name, valid)} ({there})")


def read(path: str | Path) -> Recording:
    """Open a recording for reading.

    Parameters
    ----------
    path : path
        FILE.h5; while there is none, its segments in FILE.h5.parts are read, of a living or a
        dead run. The folder itself may be given too.

    Returns
    -------
    Recording
        Open; use it as a context manager.

    Raises
    ------
    DamagedFileError
        When it is damaged, hostile, or no recording.
    EnvironmentFault
        When there is nothing to read, or it may not be read.
    """
    path = Path(path)
    folder = parts_path(path)
    with faults.damage(path):
        is_sealed = path.exists() or not folder.is_dir()
    if is_sealed:
        return Recording(path)
    try:
        return Recording(folder)
    except EnvironmentFault:
        # The run was sealed while its segments were being listed.
        return Recording(path)
