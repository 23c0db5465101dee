"""The command line as a user meets it, without leaving the process of the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


@pytest.fixture
def numpy_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Brian2 run without a compiler: a small network is through before one has started."""
    from neuro.engines import activation

    monkeypatch.setattr(activation, "choose_target", lambda: ("numpy", ""))


@pytest.fixture
def engram(capsys: pytest.CaptureFixture[str], numpy_target: None) -> Callable[..., Answer]:
    """Call `engram` with the given words."""
    from experiments.cli import invoke

    def call(*words: object) -> Answer:
        capsys.readouterr()
        code = invoke([str(word) for word in words])
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return call
