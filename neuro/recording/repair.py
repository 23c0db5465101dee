"""Seal what a dead run left."""

from __future__ import annotations

from pathlib import Path

from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.interrupt import held_back
from neuro.recording import faults, trust
from neuro.recording.integrity import verify
from neuro.recording.parts import Parts, adopt_parts, parts_path
from neuro.recording.seal import seal
from neuro.recording.segment import check_segment, opened, segment_paths


def repair(path: str | Path) -> Path:
    """Merge the segments of a run that died into its file.

    Segments that rotted on the disk are left out, told in /run, and kept in FILE.h5.damaged.
    The status of a run that did not say how it ended becomes 3 (interrupted). A file that needs
    no repair is left alone.

    Parameters
    ----------
    path : path
        FILE.h5 or FILE.h5.parts.

    Returns
    -------
    Path
        The sealed file.

    Raises
    ------
    EnvironmentFault
        When the run is alive, there is nothing to repair, or the disk refuses.
    DamagedFileError
        When what was left does not even say what ran, or the sealed file itself is damaged.
    """
    path = Path(path)
    path = path.with_suffix("") if path.suffix == ".parts" else path
    with faults.environment("repair", path):
        if path.is_dir() and not parts_path(path).exists():
            raise EnvironmentFault(f"nothing to repair: {path} is a folder; needed: FILE.h5")
        is_sealed = path.exists() and not parts_path(path).exists()
    if is_sealed:
        if problems := verify(path):
            raise DamagedFileError(f"{path} cannot be repaired: {problems[0]}")
        return path
    parts = adopt_parts(path)
    try:
        with held_back(), faults.environment("repair", path):
            _merge(parts, path)
    finally:
        parts.release()
    return path


def _merge(parts: Parts, path: Path) -> None:
    lost = _damaged(parts.folder)
    if path.exists() and not _may_replace(parts.folder, path):
        raise EnvironmentFault(
            f"{path} was written by another run than {parts.folder}: move one of them away"
        )
    seal(parts.folder, path, lost)
    if lost:
        kept = path.with_name(f"{path.name}.damaged")
        kept.mkdir(exist_ok=True)
        for name in lost:
            (parts.folder / name).rename(kept / name)
    with faults.environment("remove", parts.folder, f"{path} is complete"):
        parts.remove()


def _damaged(folder: Path) -> list[str]:
    lost = []
    for segment in segment_paths(folder):
        try:
            check_segment(segment)
        except DamagedFileError:
            lost.append(segment.name)
    return lost


def _may_replace(folder: Path, path: Path) -> bool:
    with opened(folder / "000000.h5") as h5:
        run, is_meant = str(h5.attrs["run_id"]), bool(h5.attrs["overwrites"])
    try:
        with trust.open_file(path) as sealed:
            return is_meant or str(sealed.attrs.get("run_id")) == run
    except DamagedFileError:
        return is_meant
