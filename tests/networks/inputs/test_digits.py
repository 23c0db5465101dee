import gzip
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from networks.inputs.digits import Separation, data_folder, load_mnist, separate
from networks.inputs.idx import read_idx
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError

# Number of training images of each digit, from the census of the labels in LeCun's files.
TRAIN_CENSUS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
TEST_CENSUS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def idx_bytes(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize(("split", "census"), [("train", TRAIN_CENSUS), ("test", TEST_CENSUS)])
def test_the_digits_are_the_digits(split, census):
    images, labels = load_mnist(split)
    assert images.shape == (sum(census), 28, 28)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == census


def test_the_first_test_digit_is_the_well_known_seven():
    images, labels = load_mnist("test")
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert images[0, 7, 6:12].tolist() == [84, 185, 159, 151, 60, 36]


@pytest.mark.parametrize("suffix", [".gz", ""])
def test_an_array_written_as_idx_is_read_back(tmp_path, suffix):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(read_idx(write(tmp_path / f"a{suffix}", idx_bytes(array))), array)


good = idx_bytes(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0", b"\0\0\x0d\1" + good[4:], b"\0\0\x08\0", good[:-1], good + b"\0", good[:10]],
    ids=["empty", "short magic", "floats", "no dimension", "cut", "too long", "cut header"],
)
@pytest.mark.parametrize("suffix", [".gz", ""])
def test_a_damaged_file_is_refused(tmp_path, content, suffix):
    path = write(tmp_path / f"bad{suffix}", content)
    with pytest.raises(DamagedFileError, match="bad"):
        read_idx(path)


def test_a_header_that_states_an_absurd_size_is_refused_before_reading(tmp_path):
    path = write(tmp_path / "bomb.gz", b"\0\0\x08\3" + struct.pack(">3I", *[2**32 - 1] * 3) + good)
    start = time.perf_counter()
    with pytest.raises(DamagedFileError, match="header"):
        read_idx(path)
    assert time.perf_counter() - start < 1.0


def test_a_gzip_file_cut_or_with_a_wrong_byte_is_refused(tmp_path):
    array = np.random.default_rng(1).integers(0, 256, (3, 50), dtype=np.uint8)
    raw = gzip.compress(idx_bytes(array))
    flipped = bytearray(raw)
    flipped[60] ^= 0xFF
    for content in (raw[: len(raw) // 2], raw[:-3], bytes(flipped)):
        path = tmp_path / "damaged.gz"
        path.write_bytes(content)
        with pytest.raises(DamagedFileError):
            read_idx(path)


def test_a_wrong_digest_is_refused(tmp_path):
    path = write(tmp_path / "other.gz", good)
    with pytest.raises(DamagedFileError, match="MD5"):
        read_idx(path, md5="0" * 32)


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "mnist").mkdir()
    with pytest.raises(EnvironmentFault, match="train-images-idx3-ubyte"):
        load_mnist("train", tmp_path)


def test_the_folder_is_the_argument_then_the_variable_then_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setenv("ENGRAM_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    assert data_folder(tmp_path.parent) == tmp_path.parent
    monkeypatch.delenv("ENGRAM_DATA")
    assert (data_folder() / "mnist" / "README.md").is_file()
    with pytest.raises(EnvironmentFault, match="ENGRAM_DATA"):
        data_folder(tmp_path / "none")


def test_an_unknown_split_names_the_nearest():
    with pytest.raises(SpecError, match="did you mean 'train'"):
        load_mnist("trian")


def test_fitted_and_stored_images_never_meet():
    parts = separate(1000, 400, 600, np.random.default_rng(0))
    assert not set(parts.fit) & set(parts.stored)
    assert len(set(parts.fit) | set(parts.stored)) == 1000
    with pytest.raises(SpecError, match="image 3"):
        Separation(fit=np.array([1, 3]), stored=np.array([3, 4]))
    with pytest.raises(SpecError, match="there are 10"):
        separate(10, 6, 5, np.random.default_rng(0))
