"""Parts of a run: measured once, and the same whether they were kept or not."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from experiments import parts as module
from experiments.parts import Parts
from neuro.errors import DamagedFileError
from neuro.recording import Header, Recorder, packed, read_checkpoint


class Pair(NamedTuple):
    name: str
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Found:
    pairs: list[Pair]
    row: dict[str, float]
    nothing: None = None


@dataclass(frozen=True, slots=True)
class Other:
    row: dict[str, float]


def found():
    values = np.array([0.1, np.nan, -0.0, 1e-310])
    return Found([Pair("a", values), Pair("b", values[:0] > 0)], {"x": np.float64(0.1), "y": 3})


@pytest.fixture
def recorder(tmp_path):
    with Recorder(tmp_path / "run.h5", Header("name: t\n", "{}", {}, {})) as recorder:
        yield recorder


def assert_alike(one, other):
    assert type(one) is type(other)
    assert [each.name for each in one.pairs] == [each.name for each in other.pairs]
    for a, b in zip(one.pairs, other.pairs, strict=True):
        assert a.values.dtype == b.values.dtype
        assert a.values.tobytes() == b.values.tobytes()
    assert {k: (type(v), v) for k, v in one.row.items()} == {
        k: (type(v), v) for k, v in other.row.items()
    }


def test_a_part_is_measured_once_and_comes_back_bit_for_bit(recorder):
    asked = []

    def measure():
        asked.append(1)
        return found()

    first = Parts(recorder)("part", measure, Found, Pair)
    kept = Parts(recorder, read_checkpoint(recorder.path))
    assert "part" in kept
    assert "other" not in kept
    assert_alike(first, kept("part", measure, Found, Pair))
    assert len(asked) == 1


def test_what_a_caller_changes_is_not_what_is_kept(recorder):
    parts = Parts(recorder)
    parts("part", found, Found, Pair).pairs[0].values[:] = 7
    assert np.isnan(parts("part", found, Found, Pair).pairs[0].values[1])


def test_quick_parts_are_not_written_one_by_one(recorder, monkeypatch):
    written = []
    monkeypatch.setattr(module, "write_checkpoint", lambda *given: written.append(given))
    clock = iter([10.0, 11.0, 15.0, 22.0, 22.5])
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock.__next__))
    parts = Parts(recorder)
    # Written at 10 in 1 s; at 15 it is too soon, at 22 it is due.
    for name in "abc":
        parts(name, lambda: 1)
    assert [sorted(each["parts"]) for each in map(_tree, written)] == [["a"], ["a", "b", "c"]]


def _tree(given):
    return module.unpacked(given[1])


@pytest.mark.parametrize(
    "tree", [3, {"parts": []}, {"places": {}}], ids=["no dict", "no parts", "of another kind"]
)
def test_a_checkpoint_of_something_else_is_refused(recorder, tree):
    with pytest.raises(DamagedFileError, match="independent parts"):
        Parts(recorder, packed(tree))


def test_a_part_of_another_form_is_refused_by_name(recorder):
    Parts(recorder)("part", found, Found, Pair)
    kept = Parts(recorder, read_checkpoint(recorder.path))
    with pytest.raises(DamagedFileError, match="no part 'part'"):
        kept("part", found, Other)
