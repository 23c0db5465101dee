"""Time training by the house's trainers beside torch, course by course."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from experiments.bench.compare import START, turn
from experiments.bench.process import Worker, WorkerFault, environment
from experiments.bench.report import machine, number, show_machine, write
from experiments.bench.training.contenders import CONTENDERS, LONG, Course
from experiments.progress import PlainLines
from experiments.tables import show_table
from neuro.engines.compiler import version

MODULE = "experiments.bench.training.worker"
PATIENCE = 400.0  # seconds for one answer; compiling takes most
LEARNT = 0.5  # accuracy after the warm-up below which nothing was trained, and a time is void
# Ratio to torch that a trainer is to reach: (family, T) -> goal.
GOALS = {("dsr", 20): 5.0, ("dsr", 6): 3.0, ("ottt", 20): 1.3, ("ottt", 6): 1.3}
FLAT = 1.2  # activity memory of OTTT at T = 100 over that at T = 20
# Otherwise freed memory stays with a process, and the next batch seems to take none.
GIVING_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
Clock = Literal["wall", "cpu"]


@dataclass(slots=True)
class Entry:
    """Hold what one contender did in one course.

    Attributes
    ----------
    build : float
        Seconds to the end of the second batch: making, compiling.
    accuracy : float
        On 1000 test digits after the warm-up.
    wall, cpu : list of float
        Seconds for one image, a number for each repetition.
    limit : list of float
        1e9 operations a second of the product of a hidden layer at all steps, a number for each
        repetition: what NumPy's or torch's library reaches at the same moment.
    activity : dict
        Spikes and operations of an image; size of the weights.
    memory : dict of int to int
        Steps -> bytes by which one batch raises the resident memory, without its gradient.
    fault : str
        Why there is no more.
    """

    build: float = float("nan")
    accuracy: float = float("nan")
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    activity: dict[str, Any] = field(default_factory=dict)
    memory: dict[int, int] = field(default_factory=dict)
    fault: str = ""

    def seconds(self, clock: Clock) -> float:
        """Return the median of the seconds for an image; NaN if void."""
        values = self.wall if clock == "wall" else self.cpu
        return statistics.median(values) if values and not self.verdict() else float("nan")

    def verdict(self) -> str:
        """Return "" if the times may be compared, else why they are void."""
        if self.fault:
            return self.fault
        if self.accuracy < LEARNT:
            return f"void: {self.accuracy:.2f} right after the warm-up"
        return ""


@dataclass(slots=True)
class Found:
    """Hold everything that was measured so far: by course, by contender."""

    host: Mapping[str, Any]
    courses: dict[str, Course] = field(default_factory=dict)
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def ratio(self, course: str, name: str, clock: Clock) -> float:
        """Return how many times faster than torch under the same conditions; NaN without it."""
        peer = self.entries[course].get(CONTENDERS[name].peer, Entry())
        return peer.seconds(clock) / self.entries[course][name].seconds(clock)

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        return {
            "machine": self.host,
            "courses": {name: asdict(course) for name, course in self.courses.items()},
            "entries": {
                course: {name: self._plain(course, name) for name in entries}
                for course, entries in self.entries.items()
            },
            "goals": [
                {"what": what, "goal": goal, "measured": measured}
                for what, goal, measured in self.goals()
            ],
        }

    def _plain(self, course: str, name: str) -> dict[str, Any]:
        entry = self.entries[course][name]
        return {
            **asdict(entry),
            "verdict": entry.verdict(),
            **{
                f"images_per_{clock}_second": 1 / entry.seconds(clock)
                for clock in ("wall", "cpu")
            },
            **{f"ratio_{clock}": self.ratio(course, name, clock) for clock in ("wall", "cpu")},
        }  # fmt: skip

    def goals(self) -> list[tuple[str, float, float]]:
        """Return what is asked for, how much, and what was measured on one thread."""
        told = []
        for course, settings in self.courses.items():
            for (family, steps), goal in GOALS.items():
                name = f"{family}-1"
                if steps == settings.steps and name in self.entries[course]:
                    measured = self.ratio(course, name, "cpu")
                    told.append((f"{name}, {course}: times torch-1 (cpu)", goal, measured))
            memory = self.entries[course].get("ottt-1", Entry()).memory
            if memory.get(20) and memory.get(LONG):
                what = f"ottt-1: activity memory at T = {LONG} over T = 20, at most"
                told.append((what, FLAT, memory[LONG] / memory[20]))
        return told


def measure(
    courses: Mapping[str, Course], names: Sequence[str], repeats: int, output: Path
) -> None:
    """Measure, print tables, write the JSON file, also when interrupted.

    Parameters
    ----------
    courses : mapping of str to Course
        What is trained.
    names : sequence of str
        Of `CONTENDERS`.
    repeats : int
        Repetitions of each contender, taken in turns.
    output : Path
        The JSON file.
    """
    host = machine()
    host["packages"] = {**host["packages"], "torch": version("torch")}
    found = Found(host)
    try:
        for title, course in courses.items():
            found.courses[title], found.entries[title] = course, {}
            _compare(found, title, names, repeats, PlainLines())
            write(output, found)
            show(found, title)
    finally:
        write(output, found)
        show_goals(found)
        show_machine(found.host)


def _compare(
    found: Found, title: str, names: Sequence[str], repeats: int, progress: PlainLines
) -> None:
    course, entries = found.courses[title], found.entries[title]
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for name in names:
            entries[name] = Entry()
            progress.notice(f"  {title}, {name}: building")
            workers[name] = stack.enter_context(closing(_worker(course, name)))
            told = _ask(workers, entries, name, "build", progress)
            if told:
                entries[name].build, entries[name].accuracy = told["seconds"], told["accuracy"]
        for repetition in range(repeats):
            for name in turn(list(workers), repetition):
                told = _ask(workers, entries, name, "run", progress)
                for series, value in told.items():
                    getattr(entries[name], series).append(value)
            progress.notice(f"  {title}: repetition {repetition + 1} of {repeats}")
        for name in list(workers):
            entries[name].activity = _ask(workers, entries, name, "count", progress)
    for name in workers:
        # Compiling anew for many steps would take minutes.
        if CONTENDERS[name].threads == 1 and CONTENDERS[name].family != "torch-compiled":
            _remember(course, entries, name, progress)


def _worker(course: Course, name: str) -> Worker:
    threads = CONTENDERS[name].threads
    task = {"course": asdict(course), "contender": asdict(CONTENDERS[name])}
    return Worker(MODULE, task, environment(threads, blas=threads))


def _remember(course: Course, entries: dict[str, Entry], name: str, progress: PlainLines) -> None:
    """Ask a fresh process, which gives memory back as soon as it is freed, what a batch takes."""
    task = {"course": asdict(replace(course, warm=1)), "contender": asdict(CONTENDERS[name])}
    worker = Worker(MODULE, task, environment(1) | GIVING_BACK)
    workers = {name: worker}
    try:
        if not _ask(workers, entries, name, "build", progress):
            return
        for steps in sorted({course.steps, 20, LONG}):
            told = _ask(workers, entries, name, f"memory {steps}", progress)
            if told.get("bytes") is not None:
                entries[name].memory[steps] = told["bytes"] - entries[name].activity["weight_bytes"]
    finally:
        worker.close()


def _ask(
    workers: dict[str, Worker],
    entries: dict[str, Entry],
    name: str,
    request: str,
    progress: PlainLines,
) -> dict[str, Any]:
    """Ask a worker; one that fails leaves its fault, and nothing is asked of it any more."""
    try:
        if request == "build":
            workers[name].ask("", START)
        return workers[name].ask(request, PATIENCE)
    except WorkerFault as fault:
        text = str(fault)
        entries[name].fault = "torch is not installed" if "'torch'" in text else text
        progress.notice(f"  {name}: {entries[name].fault}")
        workers.pop(name).close()
        return {}


def show(found: Found, title: str) -> None:
    """Print a row for each contender of one course."""
    course = found.courses[title]
    columns = (
        "training", "images/s cpu", "wall", "x torch (cpu)", "x torch (wall)", "MB a batch",
        f"MB at T = {LONG}", "spikes/image", "operations", "GF/s", "right", "n", "build s", "",
    )  # fmt: skip
    rows = [_cells(found, title, name, entry) for name, entry in found.entries[title].items()]
    sizes = "-".join(map(str, (784, *course.hidden, 10)))
    show_table(
        f"{title}, {sizes}, batches of {course.batch}; median of n repetitions", columns, rows
    )


def _cells(found: Found, title: str, name: str, entry: Entry) -> tuple[str, ...]:
    spikes = entry.activity.get("spikes")
    megabytes = (entry.memory.get(steps) for steps in (found.courses[title].steps, LONG))
    return (
        name,
        *(number(1 / entry.seconds(clock), ".0f") for clock in ("cpu", "wall")),
        *(number(found.ratio(title, name, clock), ".2f") for clock in ("cpu", "wall")),
        *("-" if value is None else f"{value / 1e6:.1f}" for value in megabytes),
        "-" if not spikes else f"{sum(spikes):.0f}",
        number(entry.activity.get("operations", float("nan"))),
        number(statistics.median(entry.limit) if entry.limit else float("nan"), ".0f"),
        number(entry.accuracy, ".2f"),
        str(len(entry.cpu)),
        number(entry.build, ".1f"),
        entry.verdict(),
    )


def show_goals(found: Found) -> None:
    """Print what is asked for beside what was measured."""
    rows = [(what, f"{goal:g}", number(measured)) for what, goal, measured in found.goals()]
    if rows:
        show_table("goals, one thread", ("what", "goal", "measured"), rows)
