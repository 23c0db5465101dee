"""What is wrong with a configuration, where, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from neuro.errors import SpecError

# A file of a thousand mistakes is one mistake; the first ones tell which.
MAX_SHOWN = 50
MAX_EXCERPT = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Hold the text that a reader sees: a file, or one override of the command line.

    Attributes
    ----------
    name : str
        Path as given, or "<command line>".
    lines : tuple of str
        Text of a file, or the single override.
    order : int
        Files are shown in the order in which they were read, the command line last.
    """

    name: str
    lines: tuple[str, ...] = field(repr=False)
    order: int = 0

    @property
    def is_file(self) -> bool:
        """Say whether lines and columns mean something to the reader."""
        return not self.name.startswith("<")


@dataclass(frozen=True, slots=True)
class Mark:
    """Point into a source; line and column are counted from 0."""

    source: Source
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.source.is_file:
            return f"{self.source.name}: {self.source.lines[0]}"
        return f"{self.source.name}:{self.line + 1}:{self.column + 1}"

    def excerpt(self) -> str:
        """Return the marked line with a caret under the marked column."""
        if self.line >= len(self.source.lines):
            return ""
        text = self.source.lines[self.line].replace("\t", " ")
        start = max(0, self.column - MAX_EXCERPT // 2) if len(text) > MAX_EXCERPT else 0
        shown = "".join(c if c.isprintable() else "?" for c in text[start : start + MAX_EXCERPT])
        return f"    {shown}\n    {' ' * (self.column - start)}^"


@dataclass(frozen=True, slots=True)
class Problem:
    """Say what is wrong with one place."""

    mark: Mark
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.mark}: {self.path}: " if self.path else f"{self.mark}: "
        return where + self.message

    def show(self) -> str:
        """Return the message with an excerpt of the source."""
        excerpt = self.mark.excerpt() if self.mark.source.is_file else ""
        return f"{self}\n{excerpt}" if excerpt else str(self)


class ConfigError(SpecError):
    """Signal everything that is wrong with a configuration, sorted by file and line.

    Attributes
    ----------
    problems : tuple of Problem
        One for each mistake.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_order))
        shown = [problem.show() for problem in self.problems[:MAX_SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden:
            shown.append(f"... and {hidden} more")
        super().__init__("\n".join(shown))


def _order(problem: Problem) -> tuple[int, int, int, str, str]:
    """Return what problems are sorted by."""
    mark = problem.mark
    return mark.source.order, mark.line, mark.column, problem.path, problem.message


class Problems:
    """Collect problems while a configuration is read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, mark: Mark, path: str, message: str) -> None:
        """Note a problem."""
        self.found.append(Problem(mark, path, message))

    def stop(self) -> None:
        """Raise `ConfigError` if anything was found."""
        if self.found:
            raise ConfigError(self.found)
