"""Recordings and sweeps of known content, and a parser that reads pages as a browser does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import html5lib
import numpy as np
import pytest

from experiments.sweep.axes import Axis
from experiments.sweep.folder import Failure, Folder
from experiments.sweep.points import Plan, Point
from neuro.recording import Header, Recorder

sys.path.insert(0, str(Path(__file__).parent))

from reported import EVIL, HOSTILE, MATRIX, METHODS, Page, fill, header


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sealed recording."""
    path = tmp_path_factory.mktemp("known") / "known.h5"
    with Recorder(path, header()) as recorder:
        fill(recorder)
    return path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording all of whose texts try to become markup or script."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.h5"
    provenance = {"cpu": EVIL, EVIL: EVIL, "argv": [EVIL], "git": {"commit": EVIL, "dirty": EVIL}}
    resolved = json.dumps({"name": EVIL, "experiment": {"kind": EVIL}, EVIL: EVIL})
    with Recorder(path, Header(f"name: {EVIL}\n", resolved, provenance, {"root": 1})) as recorder:
        recorder.nodes("cells", 4, EVIL)
        recorder.spikes("cells", [1.0, 2.0], [0, 3])
        recorder.phase("<b>one", 0, 1, EVIL[:30])
        recorder.phase("<b>two", 1, 3)
        recorder.progress(3.0, 0.1)
        recorder.metric("<b>acc", 0.5, EVIL, EVIL)
        recorder.metric("accuracy_matrix", MATRIX, EVIL)
        recorder.metric("theory", [0.1, 0.2], EVIL, EVIL)
        recorder.metric("recall", [0.1, 0.25], f"[{HOSTILE[1]}]: {EVIL}", EVIL)
        recorder.array("tasks", np.array([EVIL, "<i>two", "three"]))
    return path


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sweep over four methods, two repeats each, and a point that failed."""
    place = Folder(tmp_path_factory.mktemp("swept") / "methods-sweep")
    names = [*METHODS, "poison"]
    points = tuple(
        Point(f"{16 * k + repeat:016x}", (), {"experiment.method": name}, repeat)
        for k, name in enumerate(names)
        for repeat in range(2 if name != "poison" else 1)
    )
    planned = Plan(Path("methods.yaml"), (Axis.of("experiment.method", names),), 2, points)
    place.write(planned, [Failure(points[-1], 3, f"v is not finite {EVIL}")])
    for point in points[:-1]:
        accuracy, n_bytes = METHODS[point.values["experiment.method"]]
        with Recorder(place.path / point.file, header()) as recorder:
            recorder.metric("acc", accuracy + 0.01 * point.repeat, "mean over j of R[K-1, j]")
            recorder.metric("bytes_kept_last", n_bytes, "all that is kept", "byte")
    return place.path


@pytest.fixture
def parse():
    def parsed(path: Path) -> Page:
        text = path.read_text(encoding="utf-8")
        root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        page = Page(root, text)
        (data,) = [each for each in page.all("script") if each.get("id") == "data"]
        page.data = json.loads(data.text)
        return page

    return parsed
