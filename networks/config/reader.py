"""YAML text to a tree of located values; the only door to ruamel.yaml.

ruamel splits the text into events; which scalar is a number is decided here (YAML 1.2 core: `no`
is a text, `1e-3` a number), nothing is constructed from tags, and no alias expands without bound.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from networks.config.document import Node, Scalar
from networks.config.problems import Mark, Problems, Source

# 200,000 values take ruamel.yaml some ten seconds; larger data belong in a file of their own.
MAX_BYTES = 10_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 30
MAX_KEY = 200

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_OTHER_BASE = re.compile(r"0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    **{sign + dot: float(sign + "inf")
       for sign in ("", "+", "-") for dot in (".inf", ".Inf", ".INF")},
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip


class _Unreadable(Exception):
    """Leave the reader: the problem is noted, the rest of the text cannot be read."""


def read_file(path: Path, shown: str, order: int, problems: Problems) -> tuple[Node | None, str]:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.
    order : int
        How many files were read before.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    node : Node or None
        The tree; None if the text cannot be read.
    text : str
        The text as written.
    """
    here = Mark(Source(shown, (), order))
    try:
        if path.stat().st_size > MAX_BYTES:
            size = path.stat().st_size / 1e6
            limit = f"{MAX_BYTES / 1e6:.0f} MB; put large data into files of their own"
            problems.add(here, "", f"the file has {size:.1f} MB; at most {limit}")
            return None, ""
        data = path.read_bytes()
    except OSError as error:
        problems.add(here, "", f"cannot be read: {error.strerror or error}")
        return None, ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        source = Source(shown, tuple(data.decode("utf-8", "replace").split("\n")), order)
        mark = Mark(source, before.count("\n"), len(before) - (before.rfind("\n") + 1))
        problems.add(mark, "", f"byte 0x{data[error.start]:02x} is not UTF-8")
        return None, ""
    return read_text(text, Source(shown, tuple(text.splitlines()), order), problems), text


def read_text(text: str, source: Source, problems: Problems) -> Node | None:
    """Read YAML text as one document; None if it cannot be read."""
    try:
        return _Composer(source, problems).compose(text)
    except _Unreadable:
        return None


class _Composer:
    """Build the tree from ruamel's events, without recursion."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.anchors: dict[str, Node] = {}
        self.stack: list[tuple[str, Any, Any]] = []
        self.values = 0
        self.root: Node | None = None

    def compose(self, text: str) -> Node | None:
        """Read all events of a text."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                self.take(event)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = self.mark(mark) if mark else Mark(self.source)
            self.problems.add(place, "", _explain(error, self.source, place))
            return None
        except (YAMLError, ValueError, RecursionError, AttributeError, IndexError) as error:
            message = str(error).split("\n", maxsplit=1)[0] or type(error).__name__
            position = getattr(error, "position", 0)
            before = text[:position] if isinstance(position, int) else ""
            place = Mark(self.source, before.count("\n"), len(before) - (before.rfind("\n") + 1))
            self.problems.add(place, "", f"not YAML: {message}")
            return None
        if self.root is None:
            self.problems.add(Mark(self.source), "", "the file is empty")
        return self.root

    def mark(self, mark: Any) -> Mark:
        """Return our mark of ruamel's, moved to the last line if it points past the end."""
        last = len(self.source.lines) - 1
        if mark.line > last >= 0:
            return Mark(self.source, last, len(self.source.lines[last]))
        return Mark(self.source, max(mark.line, 0), max(mark.column, 0))

    def fail(self, mark: Mark, message: str) -> _Unreadable:
        """Note a problem after which nothing more can be read."""
        self.problems.add(mark, "", message)
        return _Unreadable()

    def take(self, event: Any) -> None:
        """Take one event."""
        kind = type(event).__name__.removesuffix("Event")
        if kind == "DocumentStart" and self.root is not None:
            raise self.fail(self.mark(event.start_mark), "a second document; one file is one run")
        if kind in ("Scalar", "SequenceStart", "MappingStart"):
            self.check_tag(event)
        if kind == "Scalar":
            self.put(self.scalar(event), event.anchor)
        elif kind == "Alias":
            self.alias(event)
        elif kind in ("SequenceStart", "MappingStart"):
            self.open(kind, event)
        elif kind in ("SequenceEnd", "MappingEnd"):
            self.close()

    def check_tag(self, event: Any) -> None:
        """Refuse tags: they would ask for objects to be made."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            message = f"the tag '{str(tag)[:60]}' is not read; write plain values"
            raise self.fail(self.mark(event.start_mark), message)

    def scalar(self, event: Any) -> Node:
        """Make a scalar; only a plain one can be a number, a truth value or null."""
        mark, text = self.mark(event.start_mark), event.value
        if event.style:
            return Node(text, mark, style=event.style)
        return Node(_resolve(text), mark, style="")

    def alias(self, event: Any) -> None:
        """Put what an alias stands for, counted again."""
        mark = self.mark(event.start_mark)
        node = self.anchors.get(event.anchor)
        if node is None:
            message = f"the alias '*{event.anchor[:40]}' refers to itself or to nothing"
            raise self.fail(mark, message)
        self.values += node.size
        self.put(node, None, mark)

    def open(self, kind: str, event: Any) -> None:
        """Begin a list or mapping."""
        if len(self.stack) >= MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise self.fail(self.mark(event.start_mark), message)
        self.stack.append((kind, event, [] if kind == "SequenceStart" else _Mapping()))

    def close(self) -> None:
        """End a list or mapping."""
        kind, event, content = self.stack.pop()
        mark = self.mark(event.start_mark)
        if kind == "SequenceStart":
            node = Node(content, mark, size=1 + sum(each.size for each in content))
        else:
            entries, keys = content.entries, content.keys
            for base in content.merged:
                entries = {**base.mapping, **entries}
                keys = {**base.keys, **keys}
            size = 1 + sum(each.size for each in entries.values())
            node = Node(entries, mark, keys, size)
        self.put(node, event.anchor, grown=False)

    def put(
        self, node: Node, anchor: str | None, mark: Mark | None = None, grown: bool = True
    ) -> None:
        """Put a finished value where it belongs."""
        self.values += grown
        if max(self.values, node.size) > MAX_VALUES:
            message = f"more than {MAX_VALUES} values; put large data into a file of its own"
            raise self.fail(mark or node.mark, message)
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        kind, _, content = self.stack[-1]
        if kind == "SequenceStart":
            content.append(node)
        elif content.key is None:
            content.key = self.key(node, mark or node.mark)
        else:
            self.entry(content, node)

    def key(self, node: Node, mark: Mark) -> tuple[str, Mark]:
        """Return the text and place of a key."""
        if isinstance(node.value, dict | list):
            raise self.fail(mark, "a key must be a word")
        text = _written(node.value)
        if len(text) > MAX_KEY:
            raise self.fail(mark, f"a key of more than {MAX_KEY} characters")
        return text, mark

    def entry(self, content: _Mapping, node: Node) -> None:
        """Add an entry to a mapping; a second one of the same key is a problem."""
        (key, mark), content.key = content.key or ("", node.mark), None
        if key == "<<":
            content.merged.extend(self.merged(node))
        elif key in content.entries:
            first = content.keys[key].line + 1
            open_keys = [each.key for *_, each in self.stack[:-1] if isinstance(each, _Mapping)]
            above = [each[0] for each in open_keys if each is not None]
            message = f"the key stands twice; it is given in line {first} too"
            self.problems.add(mark, ".".join([*above, key]), message)
        else:
            content.entries[key] = node
            content.keys[key] = mark

    def merged(self, node: Node) -> list[Node]:
        """Return the mappings that a merge key brings in."""
        bases = node.value if isinstance(node.value, list) else [node]
        if not all(base.is_mapping for base in bases):
            raise self.fail(node.mark, "'<<' needs a mapping")
        return bases


class _Mapping:
    """Hold a mapping that is still being read."""

    def __init__(self) -> None:
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Mark] = {}
        self.merged: list[Node] = []
        self.key: tuple[str, Mark] | None = None


def _written(value: Scalar) -> str:
    """Return a scalar as the text of a key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _resolve(text: str) -> Scalar:
    """Return what a plain scalar means in YAML 1.2."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def _explain(error: Any, source: Source, mark: Mark) -> str:
    """Say in plain words what ruamel found."""
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    rest = line[mark.column :]
    if "\t" in line[: mark.column + 1] and (rest[:1] == "\t" or not line[: mark.column].strip()):
        return "a tab: YAML is indented by spaces"
    what = str(error.problem or error.context or "cannot be read").strip()
    opened = error.context_mark
    if opened is None or not any(word in str(error.context) for word in ("flow", "quoted")):
        return f"not YAML: {what}"
    begun = "quote" if "quoted" in error.context else "bracket"
    return f"not YAML: {what}; the {begun} opened at {opened.line + 1}:{opened.column + 1}"
