"""The cache of compiled programs is private, survives damage and stays within its limit."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from neuro.device import cache, fuse, numba_device
from neuro.device.fuse import Item, Program
from neuro.device.source import Step


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "kernels"
    monkeypatch.setenv(cache.ENVIRONMENT_VARIABLE, str(folder))
    cache._folder_in.cache_clear()
    yield folder
    cache._folder_in.cache_clear()


def test_folder_is_private(place: Path) -> None:
    assert cache.folder().parent == place
    assert stat.S_IMODE(cache.folder().stat().st_mode) == 0o700


def test_folder_open_to_others_is_not_used(place: Path) -> None:
    folder = cache.folder()
    folder.chmod(0o755)
    cache._folder_in.cache_clear()
    assert cache.folder().parent != place


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_place_is_not_used(place: Path) -> None:
    place.mkdir()
    place.chmod(0o500)
    assert cache.folder().parent != place


def test_file_in_the_way_is_not_used(place: Path) -> None:
    place.write_text("not a folder")
    assert cache.folder().parent != place


def test_same_text_is_the_same_file(place: Path) -> None:
    path = cache.write("x = 1\n")
    assert cache.write("x = 1\n") == path
    assert cache.write("x = 2\n") != path
    assert cache.load(path).x == 1


def test_garbled_text_is_written_again(place: Path) -> None:
    path = cache.write("x = 1\n")
    path.write_text("x = ")
    assert cache.load(cache.write("x = 1\n")).x == 1


def test_oldest_machine_code_goes_first(place: Path) -> None:
    old, new = (cache.folder() / f"program_{name}.1.nbc" for name in ("old", "new"))
    old.write_bytes(b"0" * 1000)
    new.write_bytes(b"0" * 1000)
    os.utime(old, (time.time() - 100,) * 2)
    cache.prune(limit=1500)
    assert not old.exists()
    assert new.exists()


def test_folders_of_other_builds_go_before_our_own(place: Path) -> None:
    own = cache.folder() / "program_a.1.nbc"
    own.write_bytes(b"0" * 1000)
    other = place / "0123"
    other.mkdir()
    (other / "program_b.1.nbc").write_bytes(b"0" * 1000)
    cache.prune(limit=1500)
    assert not other.exists()
    assert own.exists()


def counting(counter: np.ndarray) -> Program:
    """Return a program that adds one to the counter."""
    step = Step(("counter[0] += 1",), bindings={"counter": lambda: counter})
    return Program([Item(0, None, step)], [], numba_device)


@pytest.mark.parametrize("damage", [b"", b"\x80\x04garbled", b"\0" * 64])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_damaged_machine_code_is_rebuilt_with_one_warning(
    place: Path, suffix: str, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    counter = np.zeros(1, dtype=np.int64)
    counting(counter)()
    files = list(place.rglob(f"*.{suffix}"))
    assert files
    for file in files:
        file.write_bytes(damage)
    fuse._loaded.clear()
    caplog.set_level(logging.WARNING)
    counting(counter)()
    assert counter[0] == 2
    assert ["rebuilding" in message for message in caplog.messages] == [True]
    fuse._loaded.clear()
    caplog.clear()
    counting(counter)()
    assert counter[0] == 3
    assert caplog.messages == []
