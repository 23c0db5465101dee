"""`when_quick`: what a file says of its quick form, beside what its experiment makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from networks.config import scalars
from networks.config.document import Node, merge, without
from networks.config.overrides import apply_overrides
from networks.config.problems import Problems
from neuro.errors import nearest

KEY = "when_quick"
BLOCKS = ("simulation", "experiment")


def both_forms(written: Node, overrides: Sequence[str], problems: Problems) -> tuple[Node, Node]:
    """Return the tree of a configuration and that of its quick form, the same without a block.

    Parameters
    ----------
    written : Node
        The tree of the files.
    overrides : sequence of str
        ``key.path=value`` of the command line, which lie over both.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    full, quick : Node
        Both without the block `when_quick`.
    """
    full = apply_overrides(written, overrides, problems)
    said = full.get(KEY)
    if said is None:
        return full, full
    full = without(full, KEY)
    if not said.is_mapping:
        message = f"expected blocks with their keys, not {scalars.show(said.plain())}"
        problems.add(said.mark, KEY, message)
        return full, full
    for key in said.mapping:
        if key not in BLOCKS:
            hint = nearest(key, BLOCKS) or f"; there are {', '.join(BLOCKS)}"
            problems.add(said.key_mark(key), f"{KEY}.{key}", f"unknown key{hint}")
    laid = replace(merge(written, said), mark=written.mark)
    # What is wrong with an override has been noted.
    return full, without(apply_overrides(laid, overrides, Problems()), KEY)


def is_quick(node: Node) -> bool:
    """Say whether a tree asks for the quick form; a wrong value is noted by who reads it."""
    asked = node.get("quick")
    return asked is not None and asked.value is True
