"""The door to Brian2: import it without evaluating what lies in the working directory.

At `import brian2` a file `brian_preferences` in the working directory is evaluated as Python; a
configuration that comes with such a file would run code. Everything in the house that needs
Brian2 takes it from here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from neuro.errors import EnvironmentFault

PREFERENCE_FILE = "brian_preferences"


@contextlib.contextmanager
def away_from_preferences() -> Iterator[None]:
    """Leave the working directory while it holds a file that Brian2 would evaluate.

    Yields
    ------
    None
        With the working directory an empty private folder if needed, else unchanged.
    """
    if not Path(PREFERENCE_FILE).exists():
        yield
        return
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="engram-") as empty:
        os.chdir(empty)
        try:
            yield
        finally:
            os.chdir(here)


@contextlib.contextmanager
def hooks_kept() -> Iterator[None]:
    """Put back what `import brian2` takes over: the hook of uncaught errors and Ctrl+C.

    Yields
    ------
    None
    """
    hook, handler = sys.excepthook, signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        sys.excepthook = hook
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)


def _load() -> None:
    try:
        with away_from_preferences(), hooks_kept():
            import brian2  # noqa: F401
    except (ImportError, AttributeError) as error:
        # numpy 2.4 has no ndarray.ptp, which brian2 2.9 reads while it is imported.
        raise EnvironmentFault(
            f"brian2 cannot be imported under Python {sys.version.split()[0]}: {error}; "
            "install the package again in a fresh environment (pip install -e .)"
        ) from error


_load()

import brian2  # noqa: E402

# Said by the house itself: what is wrong with a description, and numbers that ran away.
for _warning in ("unused_brian_object", "invalid_values"):
    brian2.BrianLogger.suppress_name(_warning)

__all__ = ["PREFERENCE_FILE", "away_from_preferences", "brian2"]
