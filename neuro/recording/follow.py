"""Follow a run from another process: only segments that are new are read, and nothing is locked."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py

from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.recording import beacon
from neuro.recording.beacon import Beacon
from neuro.recording.header import Status
from neuro.recording.parts import is_in_use, owner, owner_process, parts_path
from neuro.recording.read import read
from neuro.recording.segment import opened, segment_paths


@dataclass(slots=True)
class Follower:
    """Hold what was seen of a run; `look` brings it up to date.

    Attributes
    ----------
    path : Path
        FILE.h5, sealed or not.
    status : Status
        As recorded last.
    model_ms, wall_s : float
        Simulated and wall-clock time, as recorded last.
    spikes : dict
        Population -> number of spikes on disk.
    sizes : dict
        Population -> number of neurons.
    metrics : dict
        Metrics that are one number, as recorded last.
    n_segments : int
        Segments that were read.
    is_sealed, is_alive : bool
        Whether the file is complete; whether its process holds the folder of segments.
    owner : str
        Who writes or wrote the segments.
    memory_bytes : int or None
        Resident memory of that process, if it lives on this machine.
    now : Beacon or None
        What the run was doing last, while it is not sealed.
    """

    path: Path
    status: Status = Status.RUNNING
    model_ms: float = 0.0
    wall_s: float = 0.0
    spikes: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    n_segments: int = 0
    is_sealed: bool = False
    is_alive: bool = False
    owner: str = ""
    memory_bytes: int | None = None
    now: Beacon | None = None

    @property
    def has_begun(self) -> bool:
        """Return whether there is anything to look at, segments or a file."""
        return parts_path(self.path).is_dir() or self.path.exists()

    def look(self) -> None:
        """Read what came since the last look.

        Raises
        ------
        DamagedFileError
            When a segment or the file is damaged.
        EnvironmentFault
            When there is nothing to read, or it may not be read.
        """
        folder = parts_path(self.path)
        # Asked before the segments are listed: a dead run writes none after.
        self.is_alive = is_in_use(folder)
        if folder.is_dir():
            self.owner = owner(folder)
            self.memory_bytes = _resident(folder) if self.is_alive else None
            try:
                self._read_new(folder)
                return
            except (DamagedFileError, EnvironmentFault):
                # The run may have been sealed while its segments were read.
                if folder.is_dir():
                    raise
        self._read_sealed()

    def _read_new(self, folder: Path) -> None:
        for segment in segment_paths(folder)[self.n_segments :]:
            with opened(segment) as h5:
                self._take(h5)
            self.n_segments += 1
        self.now = beacon.found(folder)
        if self.now is not None:
            self.wall_s = max(self.wall_s, self.now.wall_s)

    def _take(self, h5: h5py.File) -> None:
        """Take over what a file says, and add the spikes that it holds."""
        self.status = Status(int(h5["/run/status"][()]))
        model_ms, self.wall_s = (float(each) for each in h5["/run/progress"][...])
        self.model_ms = model_ms
        for name, nodes in h5.get("/nodes", {}).items():
            if "node_type_id" in nodes:
                self.sizes[name] = int(nodes["node_type_id"].shape[0])
        for name, group in h5.get("/spikes", {}).items():
            n = int(group["timestamps"].shape[0])
            self.spikes[name] = self.spikes.get(name, 0) + n
        if "/metrics" in h5:
            h5["/metrics"].visititems(self._take_metric)

    def _take_metric(self, name: str, found: Any) -> None:
        if isinstance(found, h5py.Dataset) and found.shape == () and found.dtype.kind in "iufb":
            self.metrics[name] = float(found[()])

    def _read_sealed(self) -> None:
        self.is_alive, self.memory_bytes, self.now = False, None, None
        with read(self.path) as recording:  # refuses what is no recording
            self.is_sealed = recording.is_sealed
            files = recording.files
        self.spikes = {}
        for file in files:
            with opened(file) as h5:
                self._take(h5)


def _resident(folder: Path) -> int | None:
    pid, host = owner_process(folder)
    if pid is None or host != socket.gethostname():
        return None
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    lines = [line for line in told.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) * 1024 if lines else None
