"""Checkpoints of runs whose parts draw from streams of their own: what is finished, and no more."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import Any

from neuro.recording import Checkpoint, Recorder, write_checkpoint


def keep_finished(recorder: Recorder, finished: Any) -> None:
    """Put the results of finished parts beside the recording, from which the run can go on.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    finished : list or dict
        Of numbers, arrays and dataclasses of these. All come back bit for bit (`finished_of`),
        arrays as lists and dataclasses as dicts of their fields.
    """
    recorder.flush()
    write_checkpoint(recorder.path, Checkpoint(json.dumps(finished, default=_plain), {}))


def finished_of(begun: Checkpoint | None) -> Any:
    """Return what was finished when a run stopped; an empty list if it begins."""
    return [] if begun is None else json.loads(begun.note)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.tolist()
