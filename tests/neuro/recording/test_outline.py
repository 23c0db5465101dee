"""An HDF5 file without its large arrays: put in their places, they are read as given."""

from __future__ import annotations

import io

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuro.recording.item import Item, Storage
from neuro.recording.outline import Image, Outline
from neuro.recording.segment import hdf5

PLAIN = Storage(is_checked=False)
# Around the size from which an array is left out, and around a page.
_lengths = st.sampled_from([0, 1, 8191, 8192, 8193, 16384, 40_000])
_dtypes = st.sampled_from(["<f8", "<f4", "<u8", "<i4", "|u1", "|b1", "<f2", ">f8", "<c16"])
_texts = st.text(st.characters(categories=["L"]), max_size=100)


def read(image: Image) -> h5py.File:
    return h5py.File(io.BytesIO(b"".join(image)), "r")


def numbers(length: int, dtype: str, is_matrix: bool) -> NDArray[np.generic]:
    array = np.arange(length, dtype=np.uint32).astype(dtype)
    return array.reshape(-1, 1) if is_matrix else array


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_lengths, _dtypes, st.booleans(), _texts), max_size=6))
def test_every_array_is_read_as_it_was_given(
    drawn: list[tuple[int, str, bool, str]],
) -> None:
    given = [(numbers(*rest), {"words": text}) for *rest, text in drawn]
    image = hdf5([Item(f"/a/{k}", *each) for k, each in enumerate(given)], PLAIN)
    with read(image) as h5:
        for k, (array, attrs) in enumerate(given):
            found = h5[f"/a/{k}"]
            np.testing.assert_array_equal(found[...], array, strict=True)
            assert found.attrs["words"] == attrs["words"]


def test_a_large_array_is_not_copied() -> None:
    array = np.arange(1 << 17, dtype=np.float64)
    image = hdf5([Item("/a", array), Item("/b", array[:10])], PLAIN)
    (beside,) = [part for part in image if isinstance(part, memoryview)]
    assert np.shares_memory(np.frombuffer(beside), array)
    assert sum(len(part) for part in image) - array.nbytes < 20_000


@pytest.mark.parametrize(
    "array",
    [
        np.arange(1 << 17)[::2],
        np.arange(1 << 17, dtype=">i8"),
        np.zeros(1 << 14, dtype=np.longdouble),
        np.array(["text"] * (1 << 14), dtype=h5py.string_dtype()),
    ],
    ids=["strided", "of other bytes", "padded", "text"],
)
def test_what_hdf5_would_write_otherwise_is_left_to_it(array: NDArray[np.generic]) -> None:
    assert not Outline.takes(array)
    with read(hdf5([Item("/a", array)], PLAIN)) as h5:
        found = h5["/a"].asstr()[...] if array.dtype.hasobject else h5["/a"][...]
        assert (found == array).all()
