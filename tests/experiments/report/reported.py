"""Known and hostile content of recordings, and pages as a browser reads them."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from neuro.recording import Header, Recorder

MATRIX = np.array([[0.95, 0.1, np.nan], [0.9, 0.97, 0.2], [0.85, 0.93, 0.99]])
LOAD = np.array([10, 100, 1000, 2000])
RECALL = np.array([[1.0, 0.9, 0.5, 0.1], [1.0, 0.95, 0.4, 0.0]])
THEORY = np.array([1.0, 0.9, 0.5, 0.0])
CODE = {"git": {"commit": "c0ffee" * 6 + "0000", "dirty": False}, "packages": {"numpy": "2.3.5"}}
HOSTILE = (
    "</script><script>boom()</script>", '"><img src=x onerror=boom()>', "{{ 7 * 7 }}", "<!--",
    "</style><style>*{display:none}</style>", "javascript:boom()", "&lt;b&gt;", "\u2028\u202e",
)  # fmt: skip
EVIL = " ".join(HOSTILE)


def header(name: str = "known", source: str = "name: known  # <as written>\n") -> Header:
    resolved = json.dumps({"name": name, "experiment": {"kind": "continual"}})
    return Header(source, resolved, CODE, {"root": 7, "streams": {"noise": [1, 2]}})


def fill(recorder: Recorder) -> None:
    """Record a bit of everything that a page shows."""
    rng = np.random.default_rng(3)
    recorder.nodes("exc", 40, "lif")
    recorder.nodes("inh", 8, "lif")
    recorder.nodes("silent", 3, "lif")
    steps = np.sort(rng.integers(0, 2000, 600))
    recorder.spikes("exc", 0.1 * steps, rng.integers(0, 40, 600))
    recorder.spikes("inh", np.sort(rng.random(50) * 200), rng.integers(0, 8, 50))
    recorder.phase("learn", 0, 80)
    recorder.phase("recall", 80, 200, plasticity=False)
    recorder.progress(200.0, 1.5)
    recorder.metric("accuracy_matrix", MATRIX, "R[k, j]: accuracy on task j after task k")
    recorder.metric("acc", 0.9233333333333333, "mean over j of R[K-1, j]")
    recorder.metric("seconds", [1.25, 2.5, 3.0], "[task]: processor time of learning", "s")
    recorder.array("tasks", np.array(["one", "two", "three"]))
    recorder.metric("load", LOAD, "number of stored patterns")
    recorder.metric("recall", RECALL, "[network, load]: share of probes recalled")
    ends = np.stack([RECALL.min(axis=0), RECALL.max(axis=0)], axis=1)
    recorder.metric("recall_ci", ends, "[load, low and high]: 95 % interval")
    recorder.metric("theory", THEORY, "[load]: one step")


METHODS = {
    "plain": (0.70, 100),
    "replay": (0.90, 400),
    "hlop": (0.95, 200),
    "<b>worst": (0.60, 500),
}


@dataclass
class Page:
    """Hold a page as a browser sees it."""

    root: Any
    text: str
    data: dict[str, Any] = field(default_factory=dict)

    def all(self, path: str) -> list[Any]:
        return list(self.root.iterfind(f".//{path}"))

    def words(self, element: Any) -> str:
        return " ".join("".join(element.itertext()).split())

    def section(self, name: str) -> str:
        (found,) = self.all(f"section[@id='{name}']")
        return self.words(found)


def unpacked(packed: dict[str, str]) -> np.ndarray:
    """Read whole numbers as the script does."""
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    return np.frombuffer(raw, dtype=f"<u{int(packed['type'][4:-5]) // 8}").astype(np.int64)
