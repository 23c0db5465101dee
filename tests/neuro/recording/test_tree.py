"""State of any shape goes through a checkpoint and comes back as it was, or not at all."""

import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from neuro.errors import DamagedFileError
from neuro.recording import (
    Checkpoint,
    checkpoint_path,
    packed,
    read_checkpoint,
    unpacked,
    write_checkpoint,
)

N_FLIPS = 500
N_CUTS = 60
NUMBERS = st.sampled_from(["bool", "uint8", "int32", "uint32", "int64", "float32", "float64"])
ARRAYS = NUMBERS.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_dims=2, min_side=0))
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS
TREES = st.recursive(
    LEAVES | st.lists(st.lists(st.integers(-(2**31), 2**31)), min_size=1),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            assert_same(first, second)
    else:
        assert repr(one) == repr(other)


@given(TREES)
def test_a_tree_comes_back_bit_for_bit(tree):
    assert_same(unpacked(packed(tree)), tree)


def test_objects_that_are_no_state_are_not_packed():
    for thing in (object(), np.array([object()]), {1: 2}, np.array(["text"])):
        with pytest.raises(TypeError):
            packed(thing)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "[]]",
        '{"array": ["float64", 0, [9]]}',
        '{"array": ["float64", -1, [1]]}',
        '{"array": ["float64", 0, [-1]]}',
        '{"array": ["object", 0, [1]]}',
        '{"array": ["float32", 0, [1]]}',
        '{"array": 3}',
        '{"dict": [1]}',
        '{"dict": {}, "list": []}',
        '{"code": "x"}',
        '{"ragged": [1, 2]}',
    ],
)
def test_a_note_that_describes_no_tree_is_refused(note):
    with pytest.raises(DamagedFileError):
        unpacked(Checkpoint(note, {"float64": np.zeros(4)}))


@pytest.fixture
def two_generations(tmp_path):
    """Return a recording's path beside which there are an older and a newer checkpoint."""
    path = tmp_path / "run.h5"
    rng = np.random.default_rng(3)
    for generation in (1, 2):
        tree = {"generation": generation, "v": rng.normal(size=400), "queue": [[1, 2], [], [3]]}
        write_checkpoint(path, packed(tree))
    return path


def generation(path):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = read_checkpoint(path)
    return unpacked(found)["generation"], [str(each.message) for each in told]


def broken(content):
    """Yield damaged forms of a file: bytes changed anywhere, and ends missing."""
    drawn = random.Random(5)
    for _ in range(N_FLIPS):
        at, bit = drawn.randrange(len(content)), drawn.randrange(8)
        yield content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
    for cut in [0, 1, len(content) - 1, *drawn.sample(range(len(content)), N_CUTS)]:
        yield content[:cut]


def test_damage_is_seen_and_the_older_generation_taken_with_one_warning(two_generations):
    newest = checkpoint_path(two_generations)
    content = newest.read_bytes()
    assert generation(two_generations) == (2, [])
    n = 0
    for damaged in broken(content):
        newest.write_bytes(damaged)
        taken, told = generation(two_generations)
        assert taken == 1
        assert len(told) == 1
        assert "the older" in told[0]
        n += 1
    assert n == N_FLIPS + N_CUTS + 3


def test_two_damaged_generations_are_an_error(two_generations):
    newest = checkpoint_path(two_generations)
    for path in (newest, Path(f"{newest}.old")):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(DamagedFileError) as refused:
        read_checkpoint(two_generations)
    assert refused.value.exit_code == 5
