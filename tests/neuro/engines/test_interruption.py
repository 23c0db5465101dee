"""Ctrl+C is heard wherever it comes."""

import os
import signal
import time

import pytest

from neuro.engines.interruption import listening


class Dying:
    """Press Ctrl+C in a destructor, where Python ignores what is raised."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)


def wait_after(survived):
    with listening():
        dying = Dying()
        del dying
        survived.append(time.monotonic())
        time.sleep(5)


def test_ctrl_c_in_a_destructor_is_not_swallowed():
    survived = []
    with pytest.raises(KeyboardInterrupt):
        wait_after(survived)
    # It came once the destructor had ended, and long before the sleep did.
    assert time.monotonic() - survived[0] < 2


def test_another_fault_of_a_destructor_is_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr("sys.unraisablehook", lambda ignored: told.append(ignored.exc_type))

    class Faulty:
        def __del__(self):
            raise ValueError

    with listening():
        faulty = Faulty()
        del faulty
    assert told == [ValueError]
