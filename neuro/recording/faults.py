"""Turn faults of disk and file into errors that name the path and the cause."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neuro.errors import DamagedFileError, EnvironmentFault, NeuroError

# What a system refuses although the file may be sound; HDF5 tells the number in its message.
_OF_THE_SYSTEM = frozenset(
    {errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM,
     errno.EACCES, errno.EPERM}
)  # fmt: skip
# A group where an array is needed has not what an array has.
_OF_THE_FILE = (
    OSError, KeyError, RuntimeError, ValueError, TypeError, IndexError, AttributeError, MemoryError
)  # fmt: skip
_NUMBER = re.compile(r"\berrno = (\d+)")


def refusal(fault: BaseException) -> str:
    """Return the words of a system that refused to read, or "" for anything else.

    Parameters
    ----------
    fault : BaseException
        What Python or HDF5 raised.

    Returns
    -------
    str
        "Input/output error", for example; HDF5 has the number in its message only.
    """
    told = _NUMBER.search(str(fault))
    number = int(told[1]) if told else getattr(fault, "errno", None)
    return os.strerror(number) if number in _OF_THE_SYSTEM else ""


def cause(fault: BaseException) -> str:
    """Return the operating system's words for a fault, or the fault's own.

    Parameters
    ----------
    fault : BaseException
        What was raised.

    Returns
    -------
    str
        "No space left on device", for example.
    """
    number = getattr(fault, "errno", None)
    return os.strerror(number) if number else str(fault)


@contextmanager
def environment(action: str, path: Path, advice: str = "") -> Iterator[None]:
    """Raise `EnvironmentFault` for what the operating system refuses inside the block.

    Parameters
    ----------
    action : str
        What was attempted ("write").
    path : Path
        The file or folder concerned.
    advice : str
        What the reader can do, appended to the message.

    Raises
    ------
    EnvironmentFault
        With the path and the system's cause.
    """
    try:
        yield
    except EnvironmentFault as fault:
        if not advice or advice in str(fault):
            raise
        raise EnvironmentFault(f"{fault}; {advice}") from fault
    except NeuroError:
        raise
    except OSError as fault:
        words = f"cannot {action} {path}: {cause(fault)}"
        raise EnvironmentFault(f"{words}; {advice}" if advice else words) from fault


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Raise `DamagedFileError` for what HDF5 or NumPy cannot read inside the block.

    Parameters
    ----------
    path : Path
        The file that is read.

    Raises
    ------
    DamagedFileError
        With the path and the library's words.
    EnvironmentFault
        When the file vanished or may not be read, or the disk fails.
    """
    try:
        yield
    except NeuroError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError) as fault:
        raise EnvironmentFault(f"cannot read {path}: {cause(fault)}") from fault
    except _OF_THE_FILE as bad:
        if words := refusal(bad):
            raise EnvironmentFault(f"cannot read {path}: {words}") from bad
        raise DamagedFileError(f"{path} is damaged: {bad}") from bad
