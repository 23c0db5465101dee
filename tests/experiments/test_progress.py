"""What the user sees while a run lasts."""

from io import StringIO

import pytest

from experiments import progress
from experiments.progress import Bars, PlainLines, Silent, choose_progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_bars_and_a_pipe_gets_lines():
    assert isinstance(choose_progress(Terminal()), Bars)
    assert isinstance(choose_progress(StringIO()), PlainLines)


def test_lines_come_once_per_stage_and_then_seldom(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    text = StringIO()
    with PlainLines(text) as shown:
        shown.notice("no compiler")
        shown.stage("build")
        shown.stage("learn", 2.0, "s")
        for step in range(1, 21):
            clock[0] += 0.5
            shown.advance(step / 10)
    assert text.getvalue().splitlines() == [
        "no compiler",
        "build ...",
        "learn (2 s) ...",
        "learn: 1 s (50 %), about 5 s left",
        "learn: 2 s (100 %)",
    ]


@pytest.mark.parametrize("kind", [Bars, PlainLines, Silent])
def test_every_progress_takes_the_same_calls(kind):
    with kind() as shown:
        shown.advance(0.0)
        shown.stage("build")
        shown.stage("run", 1.0, "s")
        shown.advance(0.5)
        shown.notice("half of it")


def test_bars_show_stages_and_how_far_they_are(capsys):
    with Bars() as shown:
        shown.stage("learn", 2.0, "s")
        shown.advance(1.0)
    output = capsys.readouterr().err
    assert "learn" in output
