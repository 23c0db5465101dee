"""Carry a run's blocks from memory to segments and, at its end, into the sealed file."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from neuro.errors import EnvironmentFault, SpecError
from neuro.interrupt import held_back
from neuro.recording import faults
from neuro.recording.batch import Batch
from neuro.recording.beacon import Beacon, leave
from neuro.recording.header import Header, Status, header_items, run_items
from neuro.recording.item import Compression
from neuro.recording.parts import Parts, create_parts
from neuro.recording.seal import seal
from neuro.recording.segment import image

# Traces and weights are flushed by size: no segment grows far beyond this.
FLUSH_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Policy:
    """Say when a batch becomes a segment, and what becomes of the segments.

    Attributes
    ----------
    flush_seconds : float
        Longest time between two segments.
    flush_events : int
        Spikes that fill a segment.
    compression : {"none", "gzip"}
        Of the sealed file.
    overwrite : bool
        Whether a finished file may be replaced.
    """

    flush_seconds: float = 2.0
    flush_events: int = 1_048_576
    compression: Compression = "none"
    overwrite: bool = False

    def __post_init__(self) -> None:
        """Refuse settings without a meaning."""
        if self.compression not in ("none", "gzip"):
            raise SpecError(f"compression {self.compression!r}: needed is 'none' or 'gzip'")
        if not self.flush_seconds > 0 or self.flush_events < 1:
            raise SpecError("flush_seconds and flush_events must be greater than 0")


class Journal:
    """Hold the open batch and the folder of segments of one run.

    Parameters
    ----------
    path : Path
        The file to be sealed.
    policy : Policy
        When to flush.
    """

    def __init__(self, path: Path, policy: Policy) -> None:
        self.path = path
        self.policy = policy
        self.batch = Batch()
        self.status = Status.RUNNING
        self.progress = (0.0, 0.0)
        self._parts: Parts | None = None
        self._holds_segments = False
        self._is_held = False
        self._is_asked = False
        self._opened_at = self._flushed_at = time.monotonic()

    def open(self, header: Header, *, is_hidden: bool = False) -> None:
        """Create the folder of segments; once it is seen the run can be repaired.

        Parameters
        ----------
        header : Header
            What segment 0 says of the run.
        is_hidden : bool
            Whether the folder is seen only when `reveal` is called.

        Raises
        ------
        EnvironmentFault
            When the path is taken or the disk refuses.
        """
        if self._parts is not None or self.status is not Status.RUNNING:
            raise SpecError(f"the recorder of {self.path} was entered before")
        with faults.environment("write", self.path):
            is_there = self.path.exists()
        if is_there and not self.policy.overwrite:
            raise EnvironmentFault(f"{self.path} exists: choose another output.path, or delete it")
        run_id = uuid.uuid4().hex
        first = header_items(header, run_id, self.policy.compression, self.policy.overwrite)
        content = image([*first, *run_items(self.status, *self.progress)])
        self._parts = create_parts(self.path, content, is_hidden=is_hidden)
        self._opened_at = self._flushed_at = time.monotonic()

    def reveal(self) -> None:
        """Flush, and let the folder be seen with all that was recorded so far.

        Raises
        ------
        EnvironmentFault
            When the path is taken meanwhile or the disk refuses.
        """
        self.flush()
        self._open_parts().reveal()

    def tell(self, beacon: Beacon) -> None:
        """Leave a word beside the segments.

        Parameters
        ----------
        beacon : Beacon
            What the run does now.
        """
        leave(self._open_parts().folder, beacon)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Flush, and hear Ctrl+C, only when the block has ended.

        Yields
        ------
        None

        Raises
        ------
        EnvironmentFault
            At its end, when the disk refuses; the batch stays in memory.
        """
        if self._is_held:
            yield
            return
        self._is_held = True
        try:
            with held_back():
                yield
        finally:
            self._is_held = False
        if self._is_asked:
            self.flush()
        else:
            self.flush_if_due()

    def flush_if_due(self) -> None:
        """Flush when the batch is full or old."""
        if self._is_held:
            return
        full = self.policy.flush_events
        is_full = self.batch.n_events >= full or self.batch.n_bytes >= FLUSH_BYTES
        if is_full or time.monotonic() - self._flushed_at >= self.policy.flush_seconds:
            self.flush()
        else:
            self._open_parts()

    def flush(self) -> None:
        """Put the batch on disk as a segment.

        Raises
        ------
        EnvironmentFault
            When the disk refuses; the batch stays in memory.
        """
        parts = self._open_parts()
        self._is_asked = self._is_held
        if self._is_held:
            return
        # Between the rename and the new batch an interruption would record the batch twice.
        with held_back():
            content = [*self.batch.items(), *run_items(self.status, *self.progress)]
            parts.publish(image(content))
            self.batch = Batch()
            self._holds_segments = True
            self._flushed_at = time.monotonic()

    def close(self, status: Status) -> None:
        """Flush with the final status, seal, and remove the segments.

        A run that failed before anything was recorded leaves no file: its path stays free for
        the mended configuration. One that was never revealed leaves what was there before.

        Parameters
        ----------
        status : Status
            How the run ended.

        Raises
        ------
        EnvironmentFault
            When the disk refuses; the segments stay and can be repaired.
        """
        parts = self._open_parts()
        self.status = status
        try:
            with held_back():
                if parts.is_hidden or (status is Status.FAILED and self._is_blank):
                    parts.discard()
                else:
                    model_ms, wall_s = self.progress
                    # Nobody said how long it took where nothing was simulated.
                    self.progress = model_ms, wall_s or time.monotonic() - self._opened_at
                    self.flush()
                    self._seal(parts)
        except EnvironmentFault:
            self.status = max(status, Status.FAILED)
            raise
        finally:
            self._parts = None
            parts.release()

    @property
    def _is_blank(self) -> bool:
        return not self._holds_segments and self.batch.is_empty and self.progress == (0.0, 0.0)

    def _seal(self, parts: Parts) -> None:
        kept = f"everything recorded is kept in {parts.folder}: `engram repair {self.path}`"
        with faults.environment("seal", self.path, kept):
            seal(parts.folder, self.path)
        with faults.environment("remove", parts.folder, f"{self.path} is complete"):
            parts.remove()

    def _open_parts(self) -> Parts:
        if self._parts is None:
            raise SpecError(f"the recorder of {self.path} is not open")
        return self._parts
