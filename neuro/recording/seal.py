"""Merge the segments of a run into its one file, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.recording import sonata
from neuro.recording.catalogue import Catalogue, SpikeBlock, are_in_order
from neuro.recording.header import Status, now
from neuro.recording.integrity import gaps, verify, write_integrity
from neuro.recording.item import Item, Storage, write_items
from neuro.recording.layout import LIBVER
from neuro.recording.merge import merged
from neuro.recording.segment import (
    check_segment,
    opened,
    reopened,
    segment_paths,
    sync_folder,
)
from neuro.recording.sink import Sink
from neuro.recording.slab import copy_rows


def catalogue_of(paths: Sequence[Path]) -> Catalogue:
    """Return what lies in segments, each checked byte for byte.

    Parameters
    ----------
    paths : sequence of Path
        Oldest first.

    Returns
    -------
    Catalogue
        Of all of them.

    Raises
    ------
    DamagedFileError
        When one of them is damaged.
    """
    listed = Catalogue(tuple(paths))
    for index, path in enumerate(paths):
        check_segment(path)
        with opened(path) as h5:
            listed.add(index, h5, is_timed=True)
    return listed


def seal(folder: Path, path: Path, lost: Sequence[str] = ()) -> None:
    """Merge a folder of segments into one file, which appears complete or not at all.

    Parameters
    ----------
    folder : Path
        FILE.h5.parts, locked by the caller.
    path : Path
        FILE.h5, replaced if it exists.
    lost : sequence of str
        Names of damaged segments to leave out; told in /run.

    Raises
    ------
    DamagedFileError
        When another segment is damaged.
    OSError
        When the disk refuses; nothing is left of the unfinished file.
    """
    listed = catalogue_of([p for p in segment_paths(folder) if p.name not in lost])
    if "/config/source" not in listed.whole:
        raise DamagedFileError(f"{folder}: segment 0 is missing; nothing says what ran")
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        _write(listed, temporary, lost)
        if problems := verify(temporary):
            raise EnvironmentFault(f"{path} does not read back as written: {problems[0]}")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _write(listed: Catalogue, temporary: Path, lost: Sequence[str]) -> None:
    with Sink(temporary) as sink:
        try:
            with h5py.File(sink, "w", libver=LIBVER) as h5:
                _Merger(listed, h5, sink).run(lost)
        except Exception:
            # After a fault of the disk HDF5 complains about what it reads back.
            sink.check()
            raise
        sink.sync()


class _Merger:
    """Hold both ends of one merge."""

    def __init__(self, listed: Catalogue, h5: h5py.File, sink: Sink) -> None:
        self.listed = listed
        self.h5 = h5
        self.sink = sink
        with reopened(listed.files[listed.whole["/"]]) as first:
            self.storage = Storage(str(first.attrs["compression"]))  # type: ignore[arg-type]

    def run(self, lost: Sequence[str]) -> None:
        """Write everything, the status last but for the hashes that cover it."""
        offsets = {path: self.start(path) for path in (*self.listed.rows, *self.streams())}
        for index, path in enumerate(self.listed.files):
            with reopened(path) as segment:
                self.copy_whole(index, segment)
                for name in offsets:
                    if name in segment:
                        offsets[name] += self.copy_part(name, segment, offsets[name])
        for population, blocks in self.listed.spikes.items():
            if not are_in_order(blocks):
                self.merge_spikes(population, blocks)
        self.finish_reports()
        self.finish_run(lost)
        write_integrity(self.h5)

    def streams(self) -> list[str]:
        """Return the spike datasets whose blocks only have to be put end to end."""
        ordered = [p for p, blocks in self.listed.spikes.items() if are_in_order(blocks)]
        return [f"/spikes/{p}/{column}" for p in ordered for column in ("timestamps", "node_ids")]

    def copy_whole(self, index: int, segment: h5py.File) -> None:
        """Copy what this segment was the last one to hold."""
        for path, last in self.listed.whole.items():
            if last != index or path == "/run/status":
                continue
            source = segment[path]
            if isinstance(source, h5py.Group):
                target = self.h5.require_group(path)
            else:
                target = self.create(path, source.shape, source.dtype)
                if source.shape:
                    copy_rows(source, target, 0)
                else:
                    target[()] = source[()]
            copy_attributes(source, target)
            self.sink.check()

    def copy_part(self, path: str, segment: h5py.File, at: int) -> int:
        """Copy this segment's rows of a dataset and return their number."""
        source = segment[path]
        if path not in self.h5:
            self.create(path, (self.length(path), *source.shape[1:]), source.dtype)
            copy_attributes(source, self.h5[path])
            # Synapses of snapshots before the first pruning are all alive.
            if at:
                self.h5[path][:at] = 1
        if source.shape[1:] != self.h5[path].shape[1:]:
            raise DamagedFileError(f"{segment.filename}: {path} has another width than before")
        copy_rows(source, self.h5[path], at)
        self.sink.check()
        return int(source.shape[0])

    def length(self, path: str) -> int:
        """Return the number of rows of a dataset over all segments."""
        if path.startswith("/spikes/"):
            return sum(block.n for block in self.listed.spikes[path.split("/")[2]])
        if path.endswith("/alive"):
            path = path.removesuffix("alive") + "t"
        return sum(n for _, n in self.listed.rows[path])

    def start(self, path: str) -> int:
        """Return the row at which a dataset's first block belongs."""
        if not path.endswith("/alive"):
            return 0
        return self.length(path) - sum(n for _, n in self.listed.rows[path])

    def create(self, path: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """Create a dataset as the recording's storage wants it."""
        return self.h5.create_dataset(
            path, shape=shape, dtype=dtype, **self.storage.options(shape, dtype)
        )

    def merge_spikes(self, population: str, blocks: Sequence[SpikeBlock]) -> None:
        """Write spikes whose blocks overlap in time."""
        root = f"/spikes/{population}"
        total = sum(block.n for block in blocks)
        columns = [("timestamps", np.dtype(np.float64)), ("node_ids", np.dtype(np.uint64))]
        targets = [self.create(f"{root}/{name}", (total,), dtype) for name, dtype in columns]
        targets[0].attrs["units"] = "ms"

        def fetch(block: SpikeBlock, start: int, stop: int) -> tuple[sonata.Float, sonata.Ids]:
            with reopened(self.listed.files[block.file]) as segment:
                group = segment[root]
                return group["timestamps"][start:stop], group["node_ids"][start:stop]

        at = 0
        for piece in merged(blocks, fetch):
            stop = at + piece[0].size
            for target, values in zip(targets, piece, strict=True):
                target[at:stop] = values
            at = stop
            self.sink.check()

    def finish_reports(self) -> None:
        """Set the time axis of every report, label its axes, and link the first one."""
        for name in self.listed.children("/reports"):
            for population in self.listed.children(f"/reports/{name}"):
                group = self.h5[f"/reports/{name}/{population}"]
                group["mapping/time"][...] = sonata.time_axis(group["time"][...])
                for side, scale in enumerate(("time", "node")):
                    group[scale].make_scale(scale)
                    group["data"].dims[side].attach_scale(group[scale])
        if names := self.listed.children("/reports"):
            self.h5["/report"] = self.h5[f"/reports/{names[0]}"]

    def finish_run(self, lost: Sequence[str]) -> None:
        """Write when the file was sealed, what is missing, and the status."""
        with reopened(self.listed.files[self.listed.whole["/run/status"]]) as last:
            status = Status(int(last["/run/status"][()]))
        if status is Status.RUNNING:
            status = Status.INTERRUPTED
        told = {"sealed": now()}
        if absent := [*(f"segment {name} was damaged" for name in lost), *gaps(self.listed.files)]:
            told["lost"] = "; ".join(absent)
        write_items(self.h5, [Item("/run", None, told)], self.storage)
        self.sink.check()
        write_items(self.h5, [Item("/run/status", np.array(status, dtype=np.uint8))], self.storage)


def copy_attributes(source: Any, target: Any) -> None:
    """Copy attributes with their types.

    Parameters
    ----------
    source, target : h5py.Group or h5py.Dataset
        Of two files.
    """
    for name in source.attrs:
        kind = source.attrs.get_id(name)
        target.attrs.create(name, source.attrs[name], shape=kind.shape, dtype=kind.dtype)
