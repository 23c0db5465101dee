"""Talk to a worker process: ask, wait no longer than allowed, end it with all that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from neuro.errors import EnvironmentFault

ROOT = Path(__file__).resolve().parents[2]
#: Seconds in which a worker that is asked to end may clean up.
GRACE = 5.0
N_LOG_CHARACTERS = 300


class WorkerFault(EnvironmentFault):
    """Signal a worker that failed, died or took too long; the message says which."""


class Worker:
    """Hold a process that serves one contender.

    Parameters
    ----------
    module : str
        What is run in it; it calls `serve`.
    task : mapping
        What it is to do, as JSON can hold it.
    environment : mapping of str to str
        Of the process.
    """

    def __init__(
        self, module: str, task: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        self._log = tempfile.TemporaryFile("w+b")  # noqa: SIM115  (closed by `close`)
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, json.dumps(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            # A group of its own, so that compilers and programs that it starts end with it.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._text = b""
        self._is_closed, self._is_idle = False, False

    def ask(self, request: str, patience: float) -> dict[str, Any]:
        """Send a request and return the answer.

        Parameters
        ----------
        request : str
            A word that the worker knows; "" only waits for its next line.
        patience : float
            Seconds.

        Returns
        -------
        dict
            The answer.

        Raises
        ------
        WorkerFault
            If there is none in time, or it tells of a fault.
        """
        self._is_idle = False
        if request:
            self._send(request)
        deadline = time.monotonic() + patience
        while b"\n" not in self._text:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise WorkerFault(f"no answer to '{request or 'start'}' within {patience:g} s")
            assert self._process.stdout is not None
            piece = os.read(self._process.stdout.fileno(), 65536)
            if not piece:
                raise WorkerFault(f"died ({self._exit_code()}): {self.last_words()}")
            self._text += piece
        line, _, self._text = self._text.partition(b"\n")
        self._is_idle = True
        told: dict[str, Any] = json.loads(line)
        if "fault" in told:
            raise WorkerFault(told["fault"])
        return told

    def _send(self, request: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{request}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerFault(f"died ({self._exit_code()}): {self.last_words()}") from None

    def _exit_code(self) -> str:
        try:
            return f"exit code {self._process.wait(GRACE)}"
        except subprocess.TimeoutExpired:
            return "its pipe is closed"

    def last_words(self) -> str:
        """Return the end of what the worker wrote on standard error, on one line."""
        self._log.seek(0)
        text = self._log.read().decode(errors="replace")
        return " ".join(text[-N_LOG_CHARACTERS:].split())

    def _ends_by_itself(self) -> bool:
        # Not busy: a worker that awaits requests ends as soon as the pipe is closed.
        deadline = time.monotonic() + (GRACE if self._is_idle else 0.0)
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return self._process.poll() is not None

    def close(self) -> None:
        """End the process and whatever it started."""
        if self._is_closed:
            return
        self._is_closed = True
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        # Kill before the process is waited for: afterwards its number may be somebody else's.
        if not self._ends_by_itself():
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._selector.close()
        process.stdout.close()
        self._log.close()


def serve(make: Callable[[Any], Callable[[str], Mapping[str, Any]]]) -> None:
    """Answer requests, a line of JSON for each, until the parent closes the pipe.

    Parameters
    ----------
    make : callable
        Takes the task and returns what answers a request. What is printed meanwhile goes to
        standard error.
    """
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answer = make(json.loads(sys.argv[1]))
    print(json.dumps({"ready": True}), file=channel, flush=True)
    for line in sys.stdin:
        try:
            told = answer(line.strip())
        except Exception as fault:  # whatever is raised makes a row void, not the run
            told = {"fault": f"{type(fault).__name__}: {' '.join(str(fault).split())}"}
        print(json.dumps(told), file=channel, flush=True)


def environment(threads: int, blas: int = 1) -> dict[str, str]:
    """Return the environment of a worker: how many threads it and its BLAS may use."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(blas),
    }
