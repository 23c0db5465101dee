"""Files of strangers: what would lead a reader astray is refused and never followed."""

import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuro import recording
from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.recording import Header, Recorder

# A refusal looks at structure only, so it does not depend on what the file claims to hold.
REFUSAL_SECONDS = 1.0


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a good recording."""
    path = tmp_path_factory.mktemp("good") / "run.h5"
    with Recorder(path, Header("a: 1\n", "{}", {}, {})) as rec:
        rec.nodes("exc", 5, "lif")
        rec.spikes("exc", np.arange(100.0), np.arange(100) % 5)
        rec.metric("acc", 0.5, "half")
    return path.read_bytes()


def external_link(h5: h5py.File) -> None:
    h5["metrics/secret"] = h5py.ExternalLink("/etc/hostname.h5", "/")


def soft_link(h5: h5py.File) -> None:
    h5["metrics/soft"] = h5py.SoftLink("/config/source")


def soft_link_cycle(h5: h5py.File) -> None:
    h5["metrics/round"] = h5py.SoftLink("/metrics/round")


def group_cycle(h5: h5py.File) -> None:
    h5["metrics/up"] = h5["/"]


def alias(h5: h5py.File) -> None:
    h5["metrics/other"] = h5["spikes"]


def doubling(h5: h5py.File) -> None:
    above = h5["metrics"]
    for k in range(40):
        below = h5.create_group(f"bomb{k}")
        above["left"], above["right"] = below, below
        above = below


def virtual(h5: h5py.File) -> None:
    layout = h5py.VirtualLayout((10,), "f8")
    layout[:] = h5py.VirtualSource("/etc/hostname.h5", "x", (10,))
    h5.create_virtual_dataset("metrics/virtual", layout)


def external_storage(h5: h5py.File) -> None:
    h5.create_dataset("metrics/raw", (4,), "u1", external=[("/etc/hostname", 0, 4)])


def contiguous_bomb(h5: h5py.File) -> None:
    h5.create_dataset("metrics/huge", (10**12,), "f8")


def chunked_bomb(h5: h5py.File) -> None:
    h5.create_dataset("metrics/huge", (10**12,), "f8", chunks=(1024,))


def spike_bomb(h5: h5py.File) -> None:
    del h5["spikes/exc/timestamps"]
    h5["spikes/exc"].create_dataset("timestamps", (10**13,), "f8", chunks=(16384,))


def deflate_bomb(h5: h5py.File) -> None:
    big = h5.create_dataset(
        "metrics/zeros", (2**40,), "f8", chunks=(2**20,), compression="gzip", fillvalue=0
    )
    big[: 2**20] = 0


def chunk_bomb(h5: h5py.File) -> None:
    h5.create_dataset("metrics/one", (2**29,), "u1", chunks=(2**29,), compression="gzip")


def unknown_filter(h5: h5py.File) -> None:
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((10,))
    plan.set_filter(32_015, h5py.h5z.FLAG_OPTIONAL, ())
    space = h5py.h5s.create_simple((10,))
    h5py.h5d.create(h5["metrics"].id, b"zstd", h5py.h5t.NATIVE_DOUBLE, space, plan)


def lzf(h5: h5py.File) -> None:
    h5.create_dataset("metrics/lzf", data=np.zeros(100), compression="lzf")


def references(h5: h5py.File) -> None:
    h5.create_dataset("metrics/ref", data=np.array([h5.ref], dtype=object), dtype=h5py.ref_dtype)


def opaque(h5: h5py.File) -> None:
    h5.create_dataset("metrics/opaque", data=np.void(b"\x80\x04pickle"))


def named_type(h5: h5py.File) -> None:
    h5["metrics/type"] = np.dtype("f8")


def deep(h5: h5py.File) -> None:
    h5.create_group("metrics/" + "/".join("a" * 100))


def long_name(h5: h5py.File) -> None:
    h5.create_group("metrics/" + "a" * 5000)


def bytes_name(h5: h5py.File) -> None:
    h5py.h5g.create(h5["metrics"].id, b"\xff\xfe")


HOSTILE: list[Callable[[h5py.File], None]] = [
    external_link,
    soft_link,
    soft_link_cycle,
    group_cycle,
    alias,
    doubling,
    virtual,
    external_storage,
    contiguous_bomb,
    chunked_bomb,
    spike_bomb,
    deflate_bomb,
    chunk_bomb,
    unknown_filter,
    lzf,
    references,
    opaque,
    named_type,
    deep,
    long_name,
    bytes_name,
]


@pytest.mark.parametrize("attack", HOSTILE, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("door", [recording.read, recording.verify, recording.describe])
def test_a_hostile_file_is_refused(
    tmp_path: Path, sealed: bytes, attack: Callable[[h5py.File], None], door: Callable
) -> None:
    path = tmp_path / "hostile.h5"
    path.write_bytes(sealed)
    with h5py.File(path, "r+", libver=("v110", "v110")) as h5:
        attack(h5)
    begin = time.process_time()
    with pytest.raises(DamagedFileError, match="is refused"):
        door(path)
    assert time.process_time() - begin < REFUSAL_SECONDS


def test_a_good_file_is_not_refused(tmp_path: Path, sealed: bytes) -> None:
    path = tmp_path / "good.h5"
    path.write_bytes(sealed)
    assert recording.verify(path) == []


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_hdf5_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.h5"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"file\.h5"):
        recording.read(path)


def test_hdf5_of_others_is_no_recording(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as h5:
        h5["x"] = np.arange(3)
    with pytest.raises(DamagedFileError, match="not a recording"):
        recording.read(tmp_path / "other.h5")


def test_a_newer_format_is_refused(tmp_path: Path, sealed: bytes) -> None:
    path = tmp_path / "new.h5"
    path.write_bytes(sealed)
    with h5py.File(path, "r+") as h5:
        h5.attrs["format_version"] = 99
    with pytest.raises(DamagedFileError, match="format 99"):
        recording.read(path)


@pytest.mark.parametrize(
    "name", ["config/source", "run/status", "run", "spikes/exc/node_ids", "nodes/exc"]
)
def test_a_file_without_what_every_recording_has(tmp_path: Path, sealed: bytes, name: str) -> None:
    path = tmp_path / "torn.h5"
    path.write_bytes(sealed)
    with h5py.File(path, "r+", libver=("v110", "v110")) as h5:
        del h5[name]
        if name == "nodes/exc":
            h5["nodes/exc"] = 3.0
    assert any(name in problem for problem in recording.verify(path))
    with pytest.raises(DamagedFileError), recording.read(path) as run:
        _ = run.config_source, run.status, run.spikes("exc"), run.nodes


def test_a_missing_file_and_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="No such file"):
        recording.read(tmp_path / "nothing.h5")
    with pytest.raises(DamagedFileError, match="no segment"):
        recording.read(tmp_path)


def an_nwb_file(h5: h5py.File) -> None:
    h5.attrs["nwb_version"] = "2.6.0"
    h5["units/spike_times"] = np.arange(5.0)


def a_sonata_circuit(h5: h5py.File) -> None:
    h5["edges/drive/source_node_id"] = np.zeros(3, dtype=np.uint64)


def a_sonata_result(h5: h5py.File) -> None:
    h5["spikes/v1/timestamps"] = np.zeros(3)


def anything_else(h5: h5py.File) -> None:
    for number in range(8):
        h5[f"x\x1b{number}"] = number


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (an_nwb_file, "an NWB file with units: spike_times; PyNWB reads it"),
        (a_sonata_circuit, "a SONATA file with edges: drive; a network takes edges from it"),
        (a_sonata_result, "a SONATA file of results with spikes: v1; libsonata reads it"),
        (anything_else, "an HDF5 file with x\\x1b0, x\\x1b1, x\\x1b2, x\\x1b3, x\\x1b4, 3 more"),
    ],
)
def test_a_file_of_another_program_is_told_what_it_is(
    tmp_path: Path, fill: Callable[[h5py.File], None], words: str
) -> None:
    with h5py.File(tmp_path / "foreign.h5", "w") as h5:
        fill(h5)
    with pytest.raises(DamagedFileError) as refused:
        recording.read(tmp_path / "foreign.h5")
    assert f"not a recording of engramlab, but {words}" in str(refused.value)
