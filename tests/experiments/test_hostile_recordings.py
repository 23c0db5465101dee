"""Recordings of strangers, through every command that opens one: a sentence and a code, no more."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from neuro.recording import Header, Recorder

DAMAGED = 5
PLOTS = ("raster", "rates", "trace", "weights", "graph", "matrix", "capacity")
FORMATS = ("sonata", "nwb", "nir", "csv", "parquet", "graphml", "edges")
# BAD is the file of the stranger, GOOD a sound one, OUT what the command may write.
COMMANDS: dict[str, tuple[str, ...]] = {
    "inspect": ("inspect", "BAD"),
    "inspect --json": ("inspect", "BAD", "--json"),
    **{f"plot {kind}": ("plot", kind, "BAD", "-o", "OUT.png") for kind in PLOTS},
    "plot --text": ("plot", "raster", "BAD", "--text"),
    "compare a": ("compare", "BAD", "GOOD"),
    "compare b": ("compare", "GOOD", "BAD"),
    "report": ("report", "BAD", "-o", "OUT.html"),
    **{f"export {kind}": ("export", kind, "BAD", "-o", "OUT") for kind in FORMATS},
    "resume": ("resume", "BAD"),
    "repair": ("repair", "BAD"),
    "watch": ("watch", "BAD", "--once"),
    "watch --json": ("watch", "BAD", "--json"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording in which every command finds something."""
    path = tmp_path_factory.mktemp("good") / "good.h5"
    with Recorder(path, Header("name: x\n", "{}", {"python": "3.11"}, {"root": 1})) as rec:
        fill(rec)
    return path


def fill(rec: Recorder) -> None:
    drawn = np.random.default_rng(0)
    rec.nodes("exc", 9, "lif")
    ends = np.arange(9)
    rec.edges("ee", "exc", "exc", ends, ends[::-1], drawn.random(9), "A", np.ones(9))
    rec.spikes("exc", np.arange(100.0), np.arange(100) % 9)
    rec.report("v", "exc", "v", "mV", [0, 1], np.arange(20.0), drawn.random((20, 2)))
    rec.weights("ee", 0.0, drawn.random(9))
    rec.phase("learn", 0, 100, "digits")
    rec.metric("accuracy_matrix", drawn.random((3, 3)), "task after, task tested")
    rec.progress(100, 1)


class Canary:
    """Leave a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.path,)


def payload(folder: Path) -> bytes:
    return pickle.dumps(Canary(folder / "executed"), protocol=0)


def external_link(h5: h5py.File, folder: Path) -> None:
    h5["metrics/secret"] = h5py.ExternalLink(str(folder / "secret.h5"), "/")


def external_root(h5: h5py.File, folder: Path) -> None:
    del h5["spikes"]
    h5["spikes"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link_cycle(h5: h5py.File, folder: Path) -> None:
    h5["metrics/round"] = h5py.SoftLink("/metrics/round")


def virtual(h5: h5py.File, folder: Path) -> None:
    layout = h5py.VirtualLayout((10,), "f8")
    layout[:] = h5py.VirtualSource("/etc/hostname.h5", "x", (10,))
    h5.create_virtual_dataset("metrics/virtual", layout)


def raw_external_storage(h5: h5py.File, folder: Path) -> None:
    h5.create_dataset("metrics/raw", (4,), "u1", external=[("/etc/hostname", 0, 4)])


def absurd_shape(h5: h5py.File, folder: Path) -> None:
    del h5["spikes/exc/timestamps"]
    h5["spikes/exc"].create_dataset("timestamps", (2**50,), "f8", chunks=(16384,))


def absurd_dimensions(h5: h5py.File, folder: Path) -> None:
    h5.create_dataset("metrics/many", shape=(1,) * 31 + (2**40,), dtype="u1", chunks=(1,) * 32)


def pickled_dataset(h5: h5py.File, folder: Path) -> None:
    h5.create_dataset("metrics/opaque", data=np.void(payload(folder)))


REFUSED = (
    external_link, external_root, soft_link_cycle, virtual, raw_external_storage, absurd_shape,
    absurd_dimensions, pickled_dataset,
)  # fmt: skip


def pickled_attributes(h5: h5py.File, folder: Path) -> None:
    for place in ("/", "nodes/exc", "metrics/accuracy_matrix", "spikes/exc/timestamps"):
        for name in [*h5[place].attrs, "object"]:
            if name != "format" and "DIMENSION" not in name and "REFERENCE" not in name:
                h5[place].attrs[name] = np.void(payload(folder))


def pickled_texts(h5: h5py.File, folder: Path) -> None:
    for place in ("config/source", "config/resolved", "provenance/versions", "provenance/seeds"):
        del h5[place]
        h5[place] = payload(folder).decode("latin-1")


def wrong_kinds(h5: h5py.File, folder: Path) -> None:
    for place in (
        "run/status",
        "run/progress",
        "metrics/accuracy_matrix",
        "nodes/exc/node_type_id",
    ):
        del h5[place]
        h5.create_group(place)


def wrong_shapes(h5: h5py.File, folder: Path) -> None:
    for place in ("edges/ee/source_node_id", "weights/ee/t", "reports/v/exc/data"):
        del h5[place]
        h5[place] = np.zeros((3, 2, 2))


def wrong_numbers(h5: h5py.File, folder: Path) -> None:
    h5["edges/ee/target_node_id"][...] = np.uint64(2**63 + 5)
    h5["spikes/exc/node_ids"][...] = np.uint64(2**62)
    h5["spikes/exc/timestamps"][...] = np.nan
    h5["run/progress"][...] = -np.inf


def unfinished(h5: h5py.File, folder: Path) -> None:
    h5["run/status"][...] = 3
    del h5["config/resolved"]
    h5["config/resolved"] = '{"experiment": 3, "populations": [7]}'


def unfinished_pickle(h5: h5py.File, folder: Path) -> None:
    pickled_texts(h5, folder)
    h5["run/status"][...] = 3


def list_for_mapping(h5: h5py.File, folder: Path) -> None:
    for place in ("config/resolved", "provenance/versions", "provenance/seeds"):
        del h5[place]
        h5[place] = "[1, [2, 3]]"


TOLD = (
    unfinished,
    unfinished_pickle,
    list_for_mapping,
    pickled_attributes,
    pickled_texts,
    wrong_kinds,
    wrong_shapes,
    wrong_numbers,
)


def run_all(engram: Any, bad: Path, good: Path, allowed: Callable[[str, Any], bool]) -> None:
    """Call every command and tell of all that went wrong."""
    content = bad.read_bytes() if bad.exists() else b""
    problems = []
    for number, (name, words) in enumerate(COMMANDS.items()):
        out = bad.parent / f"out{number}"
        places = {"BAD": str(bad), "GOOD": str(good), "OUT": str(out)}
        answer = engram(*(places.get(word, word.replace("OUT", str(out))) for word in words))
        is_internal = "Traceback" in answer.err or "--debug" in answer.err
        is_touched = content and bad.read_bytes() != content
        is_executed = (bad.parent / "executed").exists()
        if is_internal or is_touched or is_executed or not allowed(name, answer):
            problems.append(f"{name}: code {answer.code}, {answer.err}")
    assert not problems, "\n".join(problems)


def refused(_name: str, answer: Any) -> bool:
    return answer.code == DAMAGED and "bad.h5" in answer.err


def told(name: str, answer: Any) -> bool:
    """What HDF5 can read may be read, but never as an internal error."""
    return answer.code in {0, 2, 4, DAMAGED} or (answer.code == 1 and name.startswith("compare"))


def refused_or_watched(name: str, answer: Any) -> bool:
    return answer.code == DAMAGED or name.startswith("watch")


def spoil(good: Path, folder: Path, attack: Callable[[h5py.File, Path], None]) -> Path:
    bad = folder / "bad.h5"
    bad.write_bytes(good.read_bytes())
    with h5py.File(bad, "r+", libver=("v110", "v110")) as h5:
        attack(h5, folder)
    return bad


@pytest.mark.parametrize("attack", REFUSED, ids=lambda attack: attack.__name__)
def test_hostile_files_are_refused_by_every_command(
    engram: Any, good: Path, tmp_path: Path, attack: Callable[..., None]
) -> None:
    run_all(engram, spoil(good, tmp_path, attack), good, refused)


@pytest.mark.parametrize("attack", TOLD, ids=lambda attack: attack.__name__)
def test_pickles_and_nonsense_are_only_data(
    engram: Any, good: Path, tmp_path: Path, attack: Callable[..., None]
) -> None:
    run_all(engram, spoil(good, tmp_path, attack), good, told)


@pytest.mark.torture
def test_files_cut_anywhere_are_refused_by_every_command(
    engram: Any, good: Path, tmp_path: Path, scale: Callable, tally: Callable
) -> None:
    content = good.read_bytes()
    bad = tmp_path / "bad.h5"
    n_places = scale(6, 200)
    for size in np.linspace(0, len(content) - 1, n_places).astype(int):
        bad.write_bytes(content[:size])
        run_all(engram, bad, good, refused)
    tally(f"{n_places} files cut, {len(COMMANDS)} commands each: all refused with exit code 5")


@pytest.mark.torture
def test_flipped_bits_are_no_internal_error_of_any_command(
    engram: Any, good: Path, tmp_path: Path, scale: Callable, tally: Callable
) -> None:
    content = good.read_bytes()
    drawn = np.random.default_rng(7)
    bad = tmp_path / "bad.h5"
    n_flips = scale(6, 300)
    for at in drawn.integers(0, len(content), n_flips):
        spoiled = bytearray(content)
        spoiled[at] ^= 1 << int(drawn.integers(8))
        bad.write_bytes(spoiled)
        run_all(engram, bad, good, told)
    tally(f"{n_flips} flipped bits, {len(COMMANDS)} commands each: no internal error")


@pytest.mark.parametrize("rot", ["cut", "link", "beacon"])
def test_a_rotten_folder_of_a_dead_run(engram: Any, good: Path, tmp_path: Path, rot: str) -> None:
    """Segments come from strangers as well as files do."""
    with Recorder(tmp_path / "alive.h5", Header("name: x\n", "{}", {}, {})) as rec:
        fill(rec)
        rec.flush()
        folder = tmp_path / "bad.h5.parts"
        folder.mkdir()
        for each in (tmp_path / "alive.h5.parts").iterdir():
            (folder / each.name).write_bytes(each.read_bytes())
    first = folder / "000000.h5"
    match rot:
        case "cut":
            first.write_bytes(first.read_bytes()[:100])
        case "link":
            first.unlink()
            first.symlink_to("/etc/passwd")
        case _:
            for each in folder.iterdir():
                if each.suffix != ".h5":
                    each.write_bytes(payload(tmp_path))
            first.write_bytes(payload(tmp_path))
    run_all(engram, tmp_path / "bad.h5", good, refused_or_watched)


def deep_configuration(h5: h5py.File, folder: Path) -> None:
    del h5["config/resolved"]
    h5["config/resolved"] = "[" * 100_000 + "]" * 100_000


def test_a_configuration_nested_beyond_measure_is_no_internal_error(
    engram: Any, good: Path, tmp_path: Path
) -> None:
    bad = spoil(good, tmp_path, deep_configuration)
    run_all(engram, bad, good, told)


ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b"


def escapes(h5: h5py.File, folder: Path) -> None:
    h5["nodes/exc"].attrs["model"] = ESCAPES
    h5["metrics/accuracy_matrix"].attrs["units"] = ESCAPES
    h5.move("metrics/accuracy_matrix", f"metrics/{ESCAPES}")
    del h5["provenance/versions"]
    h5["provenance/versions"] = json.dumps({ESCAPES: ESCAPES})


def test_what_a_terminal_would_obey_is_written_out(engram: Any, good: Path, tmp_path: Path) -> None:
    bad = spoil(good, tmp_path, escapes)
    for words in (("inspect", bad), ("inspect", bad, "--json"), ("compare", bad, good, "--all")):
        answer = engram(*words)
        assert not set(answer.out + answer.err) & set("\x1b\x07\x9b"), words
    assert r"\x1b]0;owned\x07" in engram("inspect", bad).out


@pytest.mark.parametrize("command", ["inspect", "repair", "resume", "plot", "export", "report"])
def test_what_is_no_file_is_told_and_never_waited_for(
    engram: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    kind = {"plot": ("raster",), "export": ("csv",)}.get(command, ())
    for place in (tmp_path / "pipe.h5", tmp_path / "empty", Path(), Path("/dev/zero")):
        answer = engram(command, *kind, place)
        assert answer.code in {4, DAMAGED}, f"{place}: {answer.code} {answer.err}"
        assert "--debug" not in answer.err
