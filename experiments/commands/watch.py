"""The command `watch`: follow a run that goes on in another process."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.progress import time_left
from neuro.errors import EnvironmentFault, SpecError

if TYPE_CHECKING:
    from neuro.recording import Beacon, Follower

# Outside of a terminal: a line every so many seconds, if there is anything new to say.
LINE_INTERVAL = 5.0

Run = Annotated[
    Path,
    typer.Argument(metavar="RUN", help="FILE.h5 of a run, or a folder: the run in it that lives."),
]


def watch(
    run: Run,
    once: Annotated[bool, typer.Option("--once", help="Tell the state once and leave.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the state once, as JSON.")] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.1, help="Time between looks.")
    ] = 1.0,
) -> None:
    """Follow a run in another process until it ends; it is only read, and never waits.

    A run that has not begun is waited for, except by --once and --json. The code is 0 when the
    file is sealed, however the run ended, 4 if its process died, 130 after Ctrl+C.
    """
    is_once = once or as_json
    follower = _found(run, every, is_once)
    follower.look()
    if as_json:
        typer.echo(json.dumps(state(follower), indent=2))
    elif is_once or not follower.is_alive:
        typer.echo(told(follower))
    else:
        _follow(follower, every)
    if not follower.is_sealed and not follower.is_alive:
        raise EnvironmentFault(
            f"the run died ({follower.owner}): what it recorded is kept,"
            f" `engram repair {follower.path}` makes the file of it"
        )


def state(follower: Follower) -> dict[str, Any]:
    """Return what was seen of a run as JSON can hold it."""
    seconds = follower.model_ms / 1000.0
    is_dead = not (follower.is_alive or follower.is_sealed)
    now = follower.now
    return {
        "path": str(follower.path),
        "status": "died" if is_dead else follower.status.name.lower(),
        "is_sealed": follower.is_sealed,
        "stage": None
        if now is None
        else {"name": now.stage, "done": now.done, "total": now.total or None, "unit": now.unit,
              "more": now.more, "seconds_left": _left(now)},
        "model_ms": follower.model_ms,
        "wall_s": follower.wall_s,
        "segments": follower.n_segments,
        "memory_bytes": follower.memory_bytes,
        "populations": {
            name: {
                "neurons": (size := follower.sizes.get(name)),
                "spikes": n,
                "rate_hz": n / size / seconds if seconds > 0 and size else None,
            }
            for name, n in sorted(follower.spikes.items())
        },
        # JSON has no word for those that are not finite.
        "metrics": {
            name: value if math.isfinite(value) else str(value)
            for name, value in follower.metrics.items()
        },
    }  # fmt: skip


def told(follower: Follower) -> str:
    """Return what was seen of a run in plain lines, without control codes."""
    now = state(follower)
    lines = [f"{now['path']}: {now['status']}"]
    if follower.now is not None:
        lines.append(_told_stage(follower.now))
    lines.append(_told_time(follower))
    if follower.memory_bytes is not None:
        lines.append(f"{follower.memory_bytes / 2**20:.0f} MiB of memory ({follower.owner})")
    for name, found in now["populations"].items():
        rate = "" if found["rate_hz"] is None else f", {found['rate_hz']:.2f} spikes/s per neuron"
        lines.append(f"{name}: {found['spikes']} spikes{rate}")
    lines += [
        f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in now["metrics"].items()
    ]
    # A stranger's file may hold what moves a terminal's cursor.
    return "\n".join(_printable(line) for line in lines)


def _told_time(follower: Follower) -> str:
    wall = f"{follower.wall_s:.1f} s of wall-clock time"
    kept = "" if follower.is_sealed else f", {follower.n_segments} segments on disk"
    return (f"{follower.model_ms:g} ms simulated in {wall}" if follower.model_ms else wall) + kept


def _told_stage(now: Beacon) -> str:
    left = _left(now)
    rest = "" if left is None else time_left(left)
    more = ", ".join(part for part in (_told_done(now), now.more, rest) if part)
    return f"{now.stage}: {more}" if more else now.stage


def _told_done(now: Beacon) -> str:
    if now.total > 0:
        share = 100 * now.done / now.total
        return f"{now.done:.4g} of {now.total:.4g} {now.unit} ({share:.0f} %)"
    return f"{now.done:.4g} {now.unit}".rstrip() if now.done else ""


def _left(now: Beacon) -> float | None:
    """Return the seconds that the rest of a stage takes if it goes on as it went so far."""
    if not 0 < now.done < now.total:
        return None
    return now.stage_s * (now.total - now.done) / now.done


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _follow(follower: Follower, every: float) -> None:
    if not sys.stdout.isatty():
        _follow_in_lines(follower, every)
        typer.echo(told(follower))
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(Text(told(follower)), console=Console(), auto_refresh=False) as live:
        while follower.is_alive:
            time.sleep(every)
            follower.look()
            live.update(Text(told(follower)), refresh=True)


def _follow_in_lines(follower: Follower, every: float) -> None:
    last, due = "", 0.0
    while follower.is_alive:
        stage = [] if follower.now is None else [_told_stage(follower.now)]
        line = _printable("; ".join([*stage, _told_time(follower)]))
        if line != last and time.monotonic() >= due:
            typer.echo(line)
            last, due = line, time.monotonic() + max(every, LINE_INTERVAL)
        time.sleep(every)
        follower.look()


def _found(run: Path, every: float, is_once: bool) -> Follower:
    """Return a follower of a run that has begun."""
    from neuro.recording import Follower

    if not run.is_dir() and run.suffix != ".h5":
        raise SpecError(f"{run}: needed is FILE.h5 of a run, or a folder of such files")
    is_told = False
    while True:
        path = _chosen(run)
        if path is not None and (follower := Follower(path)).has_begun:
            return follower
        if is_once:
            raise EnvironmentFault(f"{run}: no run is or was here")
        if not is_told:
            typer.echo(f"{run}: no run yet, waiting for one (Ctrl+C leaves)", err=True)
            is_told = True
        time.sleep(every)


def _chosen(run: Path) -> Path | None:
    """Return FILE.h5: of its segments, or of a folder the run that lives, else the latest."""
    from neuro.recording.parts import is_in_use

    if run.name.endswith(".h5.parts"):
        return run.with_suffix("")
    if not run.is_dir():
        return run
    folders = [*run.glob("*.h5.parts"), *run.glob("*/*.h5.parts")]
    living = [folder for folder in folders if is_in_use(folder)]
    files = [f for f in (*run.glob("*.h5"), *run.glob("*/*.h5")) if ".ckpt" not in f.suffixes]
    latest = max(living or [*folders, *files], key=_changed, default=None)
    return latest.with_suffix("") if latest and latest.suffix == ".parts" else latest


def _changed(path: Path) -> float:
    """Return when a path changed; one that vanished meanwhile is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
