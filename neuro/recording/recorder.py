"""Record a run: blocks into memory, segments onto disk, one sealed file at the end."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neuro.errors import EnvironmentFault, Interrupted, SpecError
from neuro.recording import sonata
from neuro.recording.beacon import Beacon
from neuro.recording.header import Header, Status
from neuro.recording.item import Compression, Item
from neuro.recording.journal import Journal, Policy
from neuro.recording.layout import checked_text
from neuro.recording.ledger import Ledger, per_edge
from neuro.recording.trace import trace


class Recorder:
    """Write one recording; used as a context manager.

    What is recorded is held in memory until `flush_seconds` or `flush_events` are reached, then
    goes to disk as a segment that survives the death of the process. When the block ends, in
    whatever way, the segments are sealed into one file: status 1 (ok) without an exception, 3
    (interrupted) for KeyboardInterrupt and Interrupted, 2 (failed) for any other. Only a block
    that failed before anything was recorded leaves no file. Not for use by several threads.

    Parameters
    ----------
    path : path
        The file to be sealed; FILE.h5.parts holds the segments meanwhile.
    header : Header
        Configuration, provenance, seeds.
    flush_seconds : float
        Longest time between two segments, looked at whenever something is recorded.
    flush_events : int
        Most spikes of a segment, give or take one call.
    compression : {"none", "gzip"}
        Of the sealed file; libsonata reads "none" only.
    overwrite : bool
        Whether a finished file at `path` may be replaced, which happens at the end of the run.
    is_hidden : bool
        Whether nothing is seen of the recording until `reveal` is called; if the block ends
        before, in whatever way, or the process dies, a finished file at `path` stays as it was.

    Raises
    ------
    SpecError
        For a setting, and later for anything recorded, that the file cannot hold.
    EnvironmentFault
        When the path is taken or the disk refuses, here and at every flush.
    """

    def __init__(
        self,
        path: str | Path,
        header: Header,
        *,
        flush_seconds: float = 2.0,
        flush_events: int = 1_048_576,
        compression: Compression = "none",
        overwrite: bool = False,
        is_hidden: bool = False,
    ) -> None:
        policy = Policy(flush_seconds, flush_events, compression, overwrite)
        self.path = Path(path)
        self._header = header
        self._journal = Journal(self.path, policy)
        self._ledger = Ledger()
        self._is_hidden = is_hidden
        self._rows: Counter[str] = Counter()

    @property
    def status(self) -> Status:
        """Return how far the run came: 0 running, 1 ok, 2 failed, 3 interrupted."""
        return self._journal.status

    def __enter__(self) -> Recorder:
        """Create the folder of segments; from here on the run can be repaired."""
        self._journal.open(self._header, is_hidden=self._is_hidden)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Flush, seal and set the status; a fault of the disk does not hide `error`."""
        try:
            self._journal.close(_final_status(kind))
        except EnvironmentFault as fault:
            if error is None:
                raise
            if str(fault) != str(error):
                error.add_note(str(fault))

    @property
    def rows(self) -> dict[str, int]:
        """Return how many rows were recorded so far of whatever grows by rows, by its path."""
        return dict(self._rows)

    def reveal(self) -> None:
        """Flush, and let a hidden recording be seen; for others nothing changes.

        Raises
        ------
        EnvironmentFault
            When another run took the path meanwhile, or the disk refuses.
        """
        if self._is_hidden:
            self._journal.reveal()

    def together(self) -> AbstractContextManager[None]:
        """Return a context in which nothing is flushed: what it records is kept or lost as one.

        Populations, traces and weights that were recorded up to one time, with the `progress` that
        says so, then come to that time in every segment, whenever the run dies. Ctrl+C is heard,
        and `flush` obeyed, at the end of the block. What is recorded in it is held in memory.

        Returns
        -------
        context manager
            Which may lie in another one; the outermost counts.

        Raises
        ------
        EnvironmentFault
            At the end of the block, when the disk refuses.
        """
        return self._journal.together()

    def nodes(self, population: str, size: int, model: str) -> None:
        """Record a population.

        Parameters
        ----------
        population : str
            Its name.
        size : int
            Number of nodes.
        model : str
            Name of the neuron model.
        """
        items = sonata.nodes(population, self._ledger.population(population, size), model)
        self._put(f"/nodes/{population}", items)

    def edges(
        self,
        projection: str,
        source_pop: str,
        target_pop: str,
        source_ids: ArrayLike,
        target_ids: ArrayLike,
        weight: ArrayLike,
        weight_unit: str,
        delay_ms: ArrayLike,
    ) -> None:
        """Record a projection; a later call replaces it, with as many synapses.

        Parameters
        ----------
        projection, source_pop, target_pop : str
            Names; `source` is presynaptic.
        source_ids, target_ids : array_like
            Node ids, shape [E].
        weight, delay_ms : array_like
            Shape [E], or one value for all; weights keep their dtype.
        weight_unit : str
            Unit of the weights.
        """
        source = self._ledger.ids(source_pop, source_ids)
        target = self._ledger.ids(target_pop, target_ids)
        where = f"projection '{projection}'"
        if source.size != target.size:
            raise SpecError(f"{where}: {source.size} sources for {target.size} targets")
        strength = per_edge(f"{where}: weight", weight, source.size)
        delay = per_edge(f"{where}: delay", delay_ms, source.size).astype(np.float64)
        self._ledger.projection(projection, weight_unit, source.size)
        items = sonata.edges(
            projection, (source_pop, source), (target_pop, target), (strength, weight_unit), delay
        )
        self._put(f"/edges/{projection}", items)

    def spikes(self, population: str, times_ms: ArrayLike, node_ids: ArrayLike) -> None:
        """Record spikes, in any order; call it with empty arrays to say that there were none.

        Parameters
        ----------
        population : str
            Who spiked.
        times_ms : array_like
            Times in ms, shape [S].
        node_ids : array_like
            Nodes, shape [S].
        """
        times = sonata.reals_of(f"spikes of '{population}'", times_ms)
        ids = self._ledger.ids(population, node_ids)
        if times.size != ids.size:
            raise SpecError(f"spikes of '{population}': {times.size} times, {ids.size} nodes")
        self._journal.batch.add_spikes(population, times, ids)
        self._rows[f"/spikes/{population}"] += times.size
        self._journal.flush_if_due()

    def report(
        self,
        name: str,
        population: str,
        variable: str,
        unit: str,
        node_ids: ArrayLike,
        times_ms: ArrayLike,
        data: ArrayLike,
        element_ids: ArrayLike | None = None,
    ) -> None:
        """Append samples to a regularly sampled trace, kept as float32.

        Parameters
        ----------
        name, population : str
            Names of the report and of the population sampled.
        variable, unit : str
            What is sampled.
        node_ids : array_like
            Node of every column, shape [n]; the same in every call.
        times_ms : array_like
            Sample times in ms, shape [T]; they go on where the last call ended.
        data : array_like
            Samples, shape [T, n].
        element_ids : array_like, optional
            Compartment of every column, shape [n].
        """
        given = trace(name, population, variable, unit, node_ids, element_ids)
        known = self._ledger.trace(given)
        times, rows = known.block(times_ms, data)
        if times.size:
            self._journal.batch.add_samples(known, times, rows)
            self._rows[known.root] += times.size
        self._journal.flush_if_due()

    def weights(
        self, projection: str, t_ms: float, values: ArrayLike, alive: ArrayLike | None = None
    ) -> None:
        """Record the weights of a projection at one time.

        Parameters
        ----------
        projection : str
            Its name.
        t_ms : float
            Time in ms.
        values : array_like
            Weights in the order of /edges, shape [E]; pruned synapses keep their place.
        alive : array_like of bool, optional
            Which synapses are there; without it the last one given holds.
        """
        track = self._ledger.track(projection)
        snapshot = track.snapshot(t_ms, values, alive)
        self._journal.batch.add_snapshot(projection, track.unit, snapshot)
        self._rows[f"/weights/{projection}"] += 1
        self._journal.flush_if_due()

    def phase(
        self,
        name: str,
        t_start_ms: float,
        t_stop_ms: float,
        task: str = "",
        plasticity: bool = True,
    ) -> None:
        """Record a phase of the run.

        Parameters
        ----------
        name, task : str
            What it is called and what was done in it.
        t_start_ms, t_stop_ms : float
            Begin and end in ms.
        plasticity : bool
            Whether synapses could learn.
        """
        for text in (name, task):
            checked_text(f"phase {name!r}", text)
        self._journal.batch.add_phase(
            (name, float(t_start_ms), float(t_stop_ms), task, bool(plasticity))
        )
        self._rows["/phases"] += 1
        self._journal.flush_if_due()

    def metric(
        self, name: str, array: ArrayLike, definition: str, unit: str = "1", **attrs: Any
    ) -> None:
        """Record a number or array that was measured; a later call replaces it.

        Parameters
        ----------
        name : str
            Path below /metrics.
        array : array_like
            Numbers or text.
        definition : str
            How it is computed, for a reader who was not there.
        unit : str
            "1" for plain numbers.
        **attrs : text or numbers
            Further attributes, beside the root seed and the commit of the header.
        """
        if not definition or definition.isspace():
            raise SpecError(f"metric '{name}' has no definition")
        attrs = self._header.origin | attrs | {"definition": definition, "units": unit}
        item = self._ledger.named("metrics", name, array, attrs)
        self._put(item.path, [item])

    def array(self, name: str, array: ArrayLike, unit: str = "1", description: str = "") -> None:
        """Record data of an experiment's own; a later call replaces it.

        Parameters
        ----------
        name : str
            Path below /data.
        array : array_like
            Numbers or text.
        unit, description : str
            What the numbers are.
        """
        attrs = {"units": unit, "description": description}
        item = self._ledger.named("data", name, array, attrs)
        self._put(item.path, [item])

    def progress(self, model_ms: float, wall_s: float) -> None:
        """Record how far the simulation is, for whoever watches.

        Parameters
        ----------
        model_ms, wall_s : float
            Simulated time in ms and wall-clock time in s.
        """
        self._journal.progress = (float(model_ms), float(wall_s))
        self._journal.flush_if_due()

    def tell(self, beacon: Beacon) -> None:
        """Leave a word for whoever watches the run; it is not recorded.

        Parameters
        ----------
        beacon : Beacon
            What the run does now.
        """
        self._journal.tell(beacon)

    def flush(self) -> None:
        """Put what is held in memory on disk now.

        Raises
        ------
        EnvironmentFault
            When the disk refuses; what is held stays in memory.
        """
        self._journal.flush()

    def _put(self, root: str, items: list[Item]) -> None:
        self._journal.batch.put(root, items)
        self._journal.flush_if_due()


def _final_status(kind: type[BaseException] | None) -> Status:
    if kind is None:
        return Status.OK
    if issubclass(kind, KeyboardInterrupt | Interrupted):
        return Status.INTERRUPTED
    return Status.FAILED
