"""Pack the spikes of a run for a page: every one, or where there are too many, counts."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.recording import Recording

# Spikes of a page that are drawn one by one: about 3 MB of it, and 0.1 s of the browser to unpack.
MOST_SPIKES = 1_000_000
MOST_BINS, MOST_ROWS = 2000, 250
MOST_PHASES = 2000
# Steps of time on which spikes lie, ms; finer than the last no recording tells them apart.
TICKS_MS = (1.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.02, 0.01, 0.005, 0.001, 1e-6)
LAST_ID = 2**31


def raster(recording: Recording) -> tuple[dict[str, Any] | None, list[str]]:
    """Pack all recorded spikes.

    Parameters
    ----------
    recording : Recording
        Open.

    Returns
    -------
    figure : dict or None
        What the script draws; None without any spike.
    notes : list of str
        What of the recording the figure does not show, or not one by one.
    """
    trains = {name: recording.spikes(name) for name in recording.spiking}
    nodes, notes = recording.nodes, list[str]()
    n_all = sum(times.size for times, _ in trains.values())
    if not n_all:
        return None, notes
    panels = []
    for name, (times, ids) in trains.items():
        sound = np.isfinite(times) & (ids < LAST_ID)
        if not sound.all():
            notes.append(f"{name}: {(~sound).sum()} spikes without a possible time or id left out")
            times, ids = times[sound], ids[sound]
        size = max(nodes[name].size if name in nodes else 0, int(ids.max(initial=0)) + 1)
        panel: dict[str, Any] = {"name": name, "size": size, "n": int(times.size)}
        if n_all > MOST_SPIKES and times.size > MOST_SPIKES // len(trains):
            counts, cells = _grid(times, ids, size)
            panel |= counts
            notes.append(f"{name}: {times.size:,} spikes are drawn as {cells}")
        else:
            panel |= _spikes(times, ids)
        panels.append(panel)
    ends = [float(times[-1]) for times, _ in trains.values() if times.size]
    stop = max(recording.progress[0], *ends) if ends else recording.progress[0]
    phases = recording.phases()[:MOST_PHASES]
    told = [{"name": p.name, "start": p.t_start_ms, "stop": p.t_stop_ms} for p in phases]
    return {"panels": panels, "start": 0.0, "stop": stop or 1.0, "phases": told}, notes


def _spikes(times: NDArray[np.float64], ids: NDArray[np.uint64]) -> dict[str, Any]:
    """Pack spikes as steps of a clock since the one before, and neurons."""
    start = float(times[0]) if times.size else 0.0
    tick = next((each for each in TICKS_MS if _is_on(times, each)), TICKS_MS[-1])
    first = np.rint(start / tick)
    steps = np.diff(np.rint(times / tick), prepend=first)
    while steps.max(initial=0) >= 2**32:
        tick, steps = tick * 1000, np.rint(steps / 1000)
    return {
        "kind": "spikes",
        "first": float(first),
        "tick": tick,
        "steps": pack(steps),
        "ids": pack(ids),
    }


def _is_on(times: NDArray[np.float64], tick: float) -> bool:
    steps = times / tick
    return bool(np.all(np.abs(steps - np.rint(steps)) < 1e-5))


def _grid(
    times: NDArray[np.float64], ids: NDArray[np.uint64], size: int
) -> tuple[dict[str, Any], str]:
    """Count spikes in cells of time and neurons, and say how large these are."""
    start, stop = min(0.0, float(times[0])), float(times[-1])
    per_row = -(-size // MOST_ROWS)
    n_rows = -(-size // per_row)
    width = (stop - start) / MOST_BINS or 1.0
    column = np.minimum(((times - start) / width).astype(np.int64), MOST_BINS - 1)
    flat = (ids // np.uint64(per_row)).astype(np.int64) * MOST_BINS + column
    counts = np.bincount(flat, minlength=n_rows * MOST_BINS)
    cells = f"counts in cells of {width:.3g} ms × {per_row} neuron{'s' * (per_row > 1)}"
    grid = {"kind": "grid", "start": start, "width": width, "per_row": per_row,
            "columns": MOST_BINS, "rows": n_rows, "counts": pack(counts)}  # fmt: skip
    return grid, cells


def pack(values: NDArray[Any]) -> dict[str, str]:
    """Pack whole numbers that are not negative: shortest type, deflate, base64.

    Parameters
    ----------
    values : array
        Less than 2**32.

    Returns
    -------
    dict
        `type` is that of the script's array, little endian; `data` the text.
    """
    largest = int(values.max(initial=0))
    bits = next(each for each in (8, 16, 32) if largest < 2**each)
    raw = values.astype(f"<u{bits // 8}").tobytes()
    return {"type": f"Uint{bits}Array", "data": base64.b64encode(zlib.compress(raw)).decode()}
