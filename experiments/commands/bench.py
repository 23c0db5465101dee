"""The commands `bench ...`: how fast this machine runs what, beside what could be used instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from neuro.errors import SpecError, nearest

if TYPE_CHECKING:
    from experiments.bench.engine_table import Plan

app = typer.Typer(
    name="bench",
    help="Measure how fast this machine runs what, beside what could be used instead.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
LIMITS, STARTS = "limits", "starts"


@app.callback()
def benchmarks() -> None:
    """Measure how fast this machine runs what, beside what could be used instead."""


@app.command()
def engines(
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="A network, an engine, 'limits' or 'starts'; may be repeated. All if left out.",
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small networks, short runs.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 5,
    budget: Annotated[
        float,
        typer.Option(
            min=0.0, help="Seconds after which an engine need not repeat a network any more."
        ),
    ] = 60.0,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The JSON file; a picture is put beside it.")
    ] = Path("runs/bench-engines.json"),
) -> None:
    """Compare the device "numba" with its peers; the last line printed is the JSON file.

    Ctrl+C keeps what was measured and exits 130.
    """
    plan = _plan(only or [], quick, repeats, budget)
    from experiments.bench import engine_table
    from experiments.figures import engines as figure

    with _drawn(figure, output):
        engine_table.measure(plan, output)


@app.command()
def memory(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer synapses and patterns.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 9,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The JSON file; a picture is put beside it.")
    ] = Path("runs/bench-memory.json"),
) -> None:
    """Time storing and recalling in 10 million synapses kept as bits, beside dense matrices.

    Then the HTM temporal memory on 3000 elements, beside its pseudo-code in plain Python, and a
    dense memory of 10,000 patterns, beside plain NumPy. The last line printed is the JSON file.
    Ctrl+C keeps what was measured and exits 130.
    """
    from experiments.bench import dense_table, memory_table, sequence_table
    from experiments.figures import stores as figure

    task = memory_table.QUICK if quick else memory_table.TASK
    course = sequence_table.QUICK if quick else sequence_table.COURSE
    overlaps = dense_table.QUICK if quick else dense_table.OVERLAPS
    with _drawn(figure, output):
        memory_table.measure(task, course, overlaps, repeats, output)


@app.command()
def continual(
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", help="A contender or a course ('T = 6'); may be repeated. All if left out."
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small layers, few batches.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 7,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The JSON file; a picture is put beside it.")
    ] = Path("runs/bench-continual.json"),
) -> None:
    """Time training by DSR, OTTT and BPTT, beside torch (which the extra bench-torch installs).

    The last line printed is the JSON file. Ctrl+C keeps what was measured and exits 130.
    """
    from experiments.bench import training_table
    from experiments.bench.training.contenders import CONTENDERS, COURSES, QUICK
    from experiments.figures import training as figure

    known = QUICK if quick else COURSES
    words = only or []
    _check_names(words, (*known, *CONTENDERS))
    courses = {name: known[name] for name in known if name in words} or known
    names = [name for name in CONTENDERS if name in words] or list(CONTENDERS)
    with _drawn(figure, output):
        training_table.measure(courses, names, repeats, output)


@app.command()
def lyapunov(
    quick: Annotated[bool, typer.Option("--quick", help="Small networks, few spikes.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 5,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The JSON file; a picture is put beside it.")
    ] = Path("runs/bench-lyapunov.json"),
) -> None:
    """Time Lyapunov exponents beside plain NumPy, and networks before and after pruning.

    The last line printed is the JSON file. Ctrl+C keeps what was measured and exits 130.
    """
    from experiments.bench import lyapunov_table, pruned_table
    from experiments.figures import exponents as figure

    tasks = lyapunov_table.QUICK if quick else lyapunov_table.TASKS
    cases = pruned_table.QUICK if quick else pruned_table.CASES
    with _drawn(figure, output):
        lyapunov_table.measure(tasks, cases, repeats, output)


@app.command()
def recording(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer spikes, a shorter run.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 5,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The JSON file, on the disk that is to be measured."),
    ] = Path("runs/bench-recording.json"),
) -> None:
    """Time spikes to disk beside plain h5py, and what recording adds to a simulation.

    The last line printed is the JSON file. Ctrl+C keeps what was measured and exits 130.
    """
    # Before whatever else imports Brian2, which takes over Ctrl+C and evaluates preference files.
    import neuro.engines.brian  # noqa: F401
    from experiments.bench import recording_table
    from experiments.figures import recorders as figure

    task = recording_table.QUICK if quick else recording_table.TASK
    with _drawn(figure, output):
        recording_table.measure(task, repeats, output)


@contextmanager
def _drawn(figure: ModuleType, output: Path) -> Iterator[None]:
    """Draw what the block measured, also when it is interrupted, and tell the files."""
    from experiments.figures import benchmark

    try:
        yield
    finally:
        if output.exists():
            picture = benchmark.save(output, figure.is_measured, figure.draw)
            if picture is not None:
                typer.echo(picture)
    typer.echo(output)


def _check_names(words: list[str], names: tuple[str, ...]) -> None:
    for word in words:
        if word not in names:
            raise SpecError(f"nothing named '{word}'{nearest(word, names)} ({', '.join(names)})")


def _plan(only: list[str], quick: bool, repeats: int, budget: float) -> Plan:
    from experiments.bench.cases import CASES, QUICK
    from experiments.bench.contenders import CONTENDERS

    known = QUICK if quick else CASES
    _check_names(only, (*known, *CONTENDERS, LIMITS, STARTS))
    # Before whatever else imports Brian2, which takes over Ctrl+C and evaluates preference files.
    import neuro.engines.brian  # noqa: F401
    from experiments.bench.engine_table import Plan

    cases = {name: known[name] for name in known if name in only}
    contenders = [name for name in CONTENDERS if name in only] or list(CONTENDERS)
    if cases or LIMITS in only or STARTS in only:
        return Plan(cases, contenders, repeats, budget, LIMITS in only, STARTS in only)
    # Starts compile for minutes.
    return Plan(known, contenders, repeats, budget, with_starts=not quick)
