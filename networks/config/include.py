"""`include`: files merged before the one that names them."""

from __future__ import annotations

from pathlib import Path

from networks.config.document import Node, merge, without
from networks.config.problems import Mark, Problems
from networks.config.reader import read_file

MAX_FILES = 50
# What marks the folder that a project lives in.
PROJECT_MARKS = (".git", "pyproject.toml")


def project_folder(path: Path) -> Path:
    """Return the folder beyond which includes may not reach.

    Parameters
    ----------
    path : Path
        The configuration.

    Returns
    -------
    Path
        The nearest folder above it that holds `.git` or `pyproject.toml`, else its own folder.
    """
    folder = path.resolve().parent
    for parent in (folder, *folder.parents):
        if any((parent / mark).exists() for mark in PROJECT_MARKS):
            return parent
    return folder


class Includes:
    """Read a file and everything that it includes.

    Files are merged in the order in which they are listed, a later one over an earlier one, the
    including file over all of them.
    """

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.project = project_folder(path)
        self.problems = problems
        self.read = 0

    def load(self) -> tuple[Node | None, str]:
        """Read the file; return the merged tree, or None, and the text of the file itself."""
        node, text = read_file(self.path, str(self.path), 0, self.problems)
        if node is None:
            return None, text
        self.read = 1
        return self.resolve(node, self.path.resolve(), (self.path.resolve(),)), text

    def resolve(self, node: Node, path: Path, chain: tuple[Path, ...]) -> Node:
        """Merge what a tree includes below it."""
        listed = node.get("include")
        if listed is None:
            return node
        own = without(node, "include")
        base: Node | None = None
        for entry in listed.value if isinstance(listed.value, list) else [listed]:
            included = self.included(entry, path, chain)
            if included is not None and not included.is_mapping:
                self.problems.add(included.mark, "", "an included file must hold keys and values")
            elif included is not None:
                base = included if base is None else merge(base, included)
        return own if base is None else merge(base, own)

    def included(self, entry: Node, path: Path, chain: tuple[Path, ...]) -> Node | None:
        """Read one included file with its own includes."""
        target = self.target(entry, path, chain)
        if target is None:
            return None
        shown = _shown(target, self.path)
        node, _ = read_file(target, shown, self.read, self.problems)
        self.read += 1
        return None if node is None else self.resolve(node, target, (*chain, target))

    def target(self, entry: Node, path: Path, chain: tuple[Path, ...]) -> Path | None:
        """Return the file that an entry names, if it may be included."""
        if not isinstance(entry.value, str) or not entry.value or "\x00" in entry.value:
            self.note(entry.mark, "expected a path such as 'models/lif.yaml'")
            return None
        try:
            target = (path.parent / entry.value).resolve()
            is_file = target.is_file()
        except (OSError, RuntimeError):
            target, is_file = path, False
        if target in chain:
            names = " -> ".join(each.name for each in (*chain[chain.index(target) :], target))
            self.note(entry.mark, f"'{entry.value}' includes itself: {names}")
        elif not target.is_relative_to(self.project):
            self.note(entry.mark, f"'{entry.value}' is outside the project folder {self.project}")
        elif not is_file:
            self.note(entry.mark, f"'{entry.value[:100]}' is not a file")
        elif self.read >= MAX_FILES:
            self.note(entry.mark, f"more than {MAX_FILES} files are included")
        else:
            return target
        return None

    def note(self, mark: Mark, message: str) -> None:
        """Note a problem of an include."""
        self.problems.add(mark, "include", message)


def _shown(path: Path, root: Path) -> str:
    """Return a path as the reader would write it beside the file that was given."""
    try:
        return str(root.parent / path.relative_to(root.resolve().parent))
    except ValueError:
        return str(path)
