"""Record on a failing disk, trial by trial, in children of one process that has all imported.

Run with ``disk.c`` preloaded, as ``python trials.py FOLDER TRIALS``, where TRIALS is a JSON list of
``[how, at, errno, blocks]`` (see disk.c). One JSON line answers each trial.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import traceback
from pathlib import Path

from consecutive import record

from neuro.errors import NeuroError
from neuro.recording.header import generator


def child(disk: ctypes.CDLL, folder: Path, trial: list[int], answer: int) -> None:
    """Record once on the disk that a trial describes, and say how it ended."""
    how, at, error, n_blocks = trial
    folder.mkdir()
    log = os.open(f"{folder}.log", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    disk.torture_arm(os.fsencode(folder), log, at, how, error)
    ended = ["", ""]
    try:
        record(folder / "run.h5", n_blocks)
    except NeuroError as fault:
        ended = [type(fault).__name__, str(fault)]
    except BaseException:
        ended = ["internal", traceback.format_exc()]
    n_operations = disk.torture_count()
    disk.torture_arm(b"/nowhere", -1, -1, 0, 0)
    os.write(answer, json.dumps([n_operations, *ended]).encode())


def main() -> None:
    """Run every trial in a process of its own."""
    folder, trials = Path(sys.argv[1]), json.loads(sys.argv[2])
    disk = ctypes.CDLL(None)
    disk.torture_count.restype = ctypes.c_long
    disk.torture_arm.argtypes = [
        ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int
    ]  # fmt: skip
    generator()
    out = os.dup(1)
    for number, trial in enumerate(trials):
        told, tell = os.pipe()
        answered, answer = os.pipe()
        if not (process := os.fork()):
            os.dup2(tell, 1)
            child(disk, folder / f"{number:04d}", trial, answer)
            os._exit(0)
        os.close(tell)
        os.close(answer)
        _, status = os.waitpid(process, 0)
        said, answers = os.read(told, 1 << 16).decode(), os.read(answered, 1 << 16)
        os.close(told)
        os.close(answered)
        n_operations, kind, words = json.loads(answers) if answers else (0, "", "")
        line = {
            "trial": trial, "said": said.split(), "n_operations": n_operations, "kind": kind,
            "words": words, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        }  # fmt: skip
        os.write(out, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    main()
