"""Own the folder FILE.h5.parts in which a run leaves its segments."""

from __future__ import annotations

import fcntl
import glob
import json
import os
import shutil
import socket
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from neuro.errors import EnvironmentFault
from neuro.recording import faults
from neuro.recording.header import now
from neuro.recording.outline import Image
from neuro.recording.segment import publish, segment_path, segment_paths, sync_folder

_LOCK = "lock"
# Seconds until a folder without a lock is one that a process left that died while making it.
_MAKING = 60.0


def parts_path(path: Path) -> Path:
    """Return the folder of segments that belongs to a recording."""
    # The working directory and the root have no name.
    return path.parent / f"{path.name}.parts"


def owner(folder: Path) -> str:
    """Return who wrote a folder: "process 4711 on host, since TIME"."""
    try:
        who = json.loads((folder / _LOCK).read_text(encoding="utf-8"))
        return f"process {who['pid']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "an unknown process"


def owner_process(folder: Path) -> tuple[int | None, str]:
    """Return the process that wrote a folder and its host, None where that is not known."""
    try:
        who = json.loads((folder / _LOCK).read_text(encoding="utf-8"))
        return int(who["pid"]), str(who["host"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""


def is_in_use(folder: Path) -> bool:
    """Return whether a living process holds the folder's lock.

    Parameters
    ----------
    folder : Path
        FILE.h5.parts.

    Returns
    -------
    bool
        The kernel releases the lock of a process that dies, so a stale one is told apart.
    """
    try:
        handle = os.open(folder / _LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@dataclass(slots=True)
class Parts:
    """Hold a locked folder of segments.

    Attributes
    ----------
    folder : Path
        FILE.h5.parts.
    lock : int
        Descriptor of the lock file.
    next : int
        Ordinal of the next segment.
    made : tuple of Path
        Folders above that were made for it, the innermost first.
    shown : Path or None
        What the folder is to be called; until `reveal` nobody finds it, and a process that dies
        leaves nothing that needs repair.
    """

    folder: Path
    lock: int
    next: int
    made: tuple[Path, ...] = ()
    shown: Path | None = None

    @property
    def is_hidden(self) -> bool:
        """Return whether the folder does not bear its name yet."""
        return self.shown is not None and self.folder != self.shown

    def reveal(self) -> None:
        """Give the folder its name, with all segments at once.

        Raises
        ------
        EnvironmentFault
            When another process records there, a dead one left its segments, or the disk refuses.
        """
        if self.shown is None or not self.is_hidden:
            return
        with faults.environment("write", self.shown):
            try:
                # A folder that is not empty is never replaced: of two runs, one fails here.
                os.rename(self.folder, self.shown)
            except OSError:
                _refuse_taken(self.shown, self.shown.with_suffix(""))
                raise
            self.folder = self.shown
            sync_folder(self.folder.parent)

    def publish(self, image: Image) -> None:
        """Add a segment.

        Parameters
        ----------
        image : tuple of bytes
            From `segment.image`.

        Raises
        ------
        EnvironmentFault
            When the disk refuses; the segments before it stay readable.
        """
        path = segment_path(self.folder, self.next)
        advice = f"everything flushed before is kept in {self.folder}"
        with faults.environment("write", path, advice):
            publish(path, image)
        self.next += 1

    def release(self) -> None:
        """Give the lock back; the segments stay."""
        if self.lock >= 0:
            fcntl.flock(self.lock, fcntl.LOCK_UN)
            os.close(self.lock)
            self.lock = -1

    def remove(self) -> None:
        """Delete the folder, which no reader sees half deleted, and give the lock back."""
        doomed = self.folder.with_name(f".{self.folder.name}.{uuid.uuid4().hex[:8]}.sealed")
        with faults.environment("remove", self.folder):
            os.rename(self.folder, doomed)
            sync_folder(doomed.parent)
            shutil.rmtree(doomed)
        self.release()

    def discard(self) -> None:
        """Delete the folder and those made for it, as far as nothing else came into them."""
        self.remove()
        for folder in self.made:
            try:
                folder.rmdir()
            except OSError:
                return


def create_parts(path: Path, first_image: Image, *, is_hidden: bool = False) -> Parts:
    """Make the folder with its first segment, so that it is never seen empty.

    Parameters
    ----------
    path : Path
        The recording that will be sealed.
    first_image : tuple of bytes
        Segment 0.
    is_hidden : bool
        Whether further segments come before the folder is seen, by `Parts.reveal`.

    Returns
    -------
    Parts
        Locked by this process.

    Raises
    ------
    EnvironmentFault
        When another process records there, a dead one left its segments, or the disk refuses.
    """
    folder = parts_path(path)
    with faults.environment("write", folder):
        _refuse_taken(folder, path)
    hidden = folder.with_name(f".{folder.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.new")
    with faults.environment("write", folder):
        made = tuple(above for above in path.parents if not above.exists())
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        hidden.mkdir()
        lock = -1
        try:
            lock = _locked(hidden)
            parts = Parts(hidden, lock, 1, made, folder)
            publish(segment_path(hidden, 0), first_image)
            if not is_hidden:
                parts.reveal()
        except (OSError, EnvironmentFault):
            is_placed = not hidden.exists()
            shutil.rmtree(folder if is_placed else hidden, ignore_errors=True)
            if lock >= 0:
                os.close(lock)
            raise
    return parts


def adopt_parts(path: Path) -> Parts:
    """Take over the folder that a dead run left.

    Parameters
    ----------
    path : Path
        The recording that was never sealed.

    Returns
    -------
    Parts
        Locked by this process.

    Raises
    ------
    EnvironmentFault
        When there is no folder, or its run is alive.
    """
    folder = parts_path(path)
    with faults.environment("take over", folder):
        if not folder.is_dir():
            raise EnvironmentFault(f"nothing to repair: there is no folder {folder}")
        if is_in_use(folder):
            raise EnvironmentFault(f"{path} is in use by {owner(folder)}")
        handle = _locked(folder)
        ordinals = [int(segment.stem) for segment in segment_paths(folder)]
    return Parts(folder, handle, max(ordinals, default=-1) + 1)


def _refuse_taken(folder: Path, path: Path) -> None:
    if not folder.exists():
        return
    if is_in_use(folder):
        raise EnvironmentFault(f"{path} is in use by {owner(folder)}")
    raise EnvironmentFault(
        f"{folder} holds what a run that died left ({owner(folder)}):"
        f" merge it with `engram repair {path}`, or delete the folder"
    )


def _sweep(folder: Path) -> None:
    """Delete what a process that died while making or removing the folder left hidden."""
    pattern = f".{glob.escape(folder.name)}.*"
    for left in folder.parent.glob(f"{pattern}.sealed"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.parent.glob(f"{pattern}.new"):
        if (left / _LOCK).exists():
            is_left = not is_in_use(left)
        else:
            is_left = time.time() - left.stat().st_mtime > _MAKING
        if is_left:
            shutil.rmtree(left, ignore_errors=True)


def _locked(folder: Path) -> int:
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino != os.stat(folder / _LOCK).st_ino:
            raise BlockingIOError(f"{folder} was taken by another process")
        who = {"pid": os.getpid(), "host": socket.gethostname(), "since": now()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(who).encode(), 0)
    except BaseException:
        os.close(handle)
        raise
    return handle
