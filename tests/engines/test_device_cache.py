"""The cache of compiled programs is private, survives damage and stays within its limit."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from brian2.utils.logger import BrianLogger
from numba.core.base import BaseContext

from neuro import cachefolder
from neuro.device import cache, fuse, numba_device
from neuro.device.body import Item
from neuro.device.fuse import Program
from neuro.device.source import Step
from neuro.engines.doctor import facts
from neuro.errors import EnvironmentFault

NOBODY = 65534


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a process that has loaded nothing."""
    folder = tmp_path / "kernels"
    monkeypatch.setenv(cachefolder.PLACE_VARIABLE, str(folder))
    monkeypatch.setattr(fuse, "_loaded", {})
    cache._folder_in.cache_clear()
    cache.build_key.cache_clear()
    yield folder
    cache._folder_in.cache_clear()
    cache.build_key.cache_clear()


def counting(counter: np.ndarray, increment: int = 1) -> Program:
    """Return a program that adds to the counter."""
    step = Step((f"counter[0] += {increment}",), bindings={"counter": lambda: counter})
    return Program([Item(0, None, step)], [], numba_device)


def run_in_new_process(counter: np.ndarray) -> None:
    """Run the program as a process would that has not loaded it yet."""
    fuse._loaded.clear()
    counting(counter)()


def test_machine_code_is_loaded_without_what_compiling_needs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = np.zeros(1, dtype=np.int64)
    run_in_new_process(counter)

    def fail(self: BaseContext) -> None:
        raise AssertionError("half a second of imports")

    monkeypatch.setattr(BaseContext, "refresh", fail)
    run_in_new_process(counter)
    assert counter[0] == 2
    with pytest.raises(AssertionError, match="half a second"):
        counting(counter, increment=5)()


def test_folder_is_private(place: Path) -> None:
    assert cache.folder().parent == place
    assert stat.S_IMODE(cache.folder().stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_folder_open_to_others_is_not_used(place: Path) -> None:
    cache.folder().chmod(0o755)
    cache._folder_in.cache_clear()
    assert cache.folder().parent != place


def test_place_that_others_could_change_is_not_used(place: Path) -> None:
    place.mkdir()
    place.chmod(0o777)
    assert cache.folder().parent != place


def test_folder_of_somebody_else_is_not_used(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.folder()
    cache._folder_in.cache_clear()
    monkeypatch.setattr(os, "getuid", lambda: NOBODY)
    assert cache.folder().parent != place


@pytest.fixture
def read_only_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this user that it may not write to; root turns into somebody who may not."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, 0)
    folder.chmod(0o500)
    monkeypatch.setenv(cachefolder.PLACE_VARIABLE, str(folder))
    cache._folder_in.cache_clear()
    try:
        yield folder
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        cache._folder_in.cache_clear()
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_read_only_place_is_told_once(
    read_only_place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    paths = [cache.write(f"x = {k}\n") for k in range(2)]
    assert cache.load(paths[1]).x == 1
    assert read_only_place not in paths[0].parents
    assert ["Cannot use the kernel cache" in message for message in caplog.messages] == [True]


def test_folder_of_machine_code_that_may_not_be_written_to_is_not_used(
    read_only_place: Path,
) -> None:
    """As if root had run something in between."""
    read_only_place.chmod(0o700)
    code = cache.folder() / "__pycache__"
    code.chmod(0o500)
    cache._folder_in.cache_clear()
    try:
        assert cache.folder().parent != read_only_place
    finally:
        code.chmod(0o700)


def test_file_in_the_way_is_not_used(place: Path) -> None:
    place.write_text("not a folder")
    assert cache.folder().parent != place


def test_file_in_place_of_the_folder_of_machine_code_is_not_used(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = cache.folder() / "__pycache__"
    shutil.rmtree(code, ignore_errors=True)
    code.write_text("not a folder")
    cache._folder_in.cache_clear()
    caplog.set_level(logging.WARNING)
    path = cache.write("x = 1\n")
    assert place not in path.parents
    assert cache.is_intact(path)
    assert [str(code) in message for message in caplog.messages] == [True]


def test_edited_kernel_source_is_another_build(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cache.build_key()
    package = shutil.copytree(cache.PACKAGE, tmp_path / "device")
    monkeypatch.setattr(cache, "PACKAGE", package)
    cache.build_key.cache_clear()
    assert cache.build_key() == before
    edited = package / "intrinsics.py"
    edited.write_text(edited.read_text() + "# edited\n")
    cache.build_key.cache_clear()
    assert cache.build_key() != before


def test_option_of_numba_is_another_build(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.build_key()
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1" if not os.environ.get("NUMBA_BOUNDSCHECK") else "0")
    cache.build_key.cache_clear()
    assert cache.build_key() != before


def test_same_text_is_the_same_file(place: Path) -> None:
    path = cache.write("x = 1\n")
    assert cache.write("x = 1\n") == path
    assert cache.write("x = 2\n") != path
    assert cache.load(path).x == 1


@pytest.mark.parametrize("garbage", [b"x = ", b"\xff\xfe", b""])
def test_garbled_text_is_written_again_with_one_warning(
    place: Path, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = cache.write("x = 1\n")
    (path.parent / "__pycache__" / f"{path.stem}.1.nbc").write_bytes(b"of the text before")
    assert cache.write("x = 1\n") == path
    assert caplog.messages == []
    path.write_bytes(garbage)
    assert cache.load(cache.write("x = 1\n")).x == 1
    assert cache.is_intact(path)
    assert ["rebuilding" in message for message in caplog.messages] == [True]


def used_at(time: int, *files: Path) -> None:
    for file in files:
        os.utime(file, (time, time))


def test_what_was_used_least_recently_goes_first(place: Path) -> None:
    sizes = {}
    for k, name in enumerate(["old", "used", "new"]):
        folder = place / f"build{k % 2}" / "__pycache__"
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder.parent / f"{name}.py", folder / f"{name}.1.nbc", folder / f"{name}.sums"]
        for file in files:
            file.write_bytes(b"0" * 1000)
        used_at(100 * k, *files)
        sizes[name] = files
    # The program that was compiled first but run last counts as new.
    used_at(1000, sizes["used"][2])
    cachefolder.prune(place, 6000)
    assert [all(file.exists() for file in files) for files in sizes.values()] == [False, True, True]
    assert not any(file.exists() for file in sizes["old"])
    cachefolder.prune(place, 0)
    assert [file.exists() for file in sizes["new"] + sizes["used"]] == [False] * 3 + [True] * 3


def test_running_a_program_counts_as_use(place: Path) -> None:
    counter = np.zeros(1, dtype=np.int64)
    for increment in (1, 2):
        counting(counter, increment)()
    for file in place.rglob("*.*"):
        used_at(100, file)
    run_in_new_process(counter)
    first, second = cachefolder.entries(place)
    assert first.used == 100
    assert second.used > 100
    assert "+= 1\n" in next(file for file in second.files if file.suffix == ".py").read_text()


def test_new_programs_push_out_old_ones(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cachefolder.LIMIT_VARIABLE, "0")
    first = cache.write("x = 1\n")
    used_at(100, first)
    second = cache.write("x = 2\n")
    assert not first.exists()
    assert second.exists()


def test_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cachefolder.LIMIT_VARIABLE, "much")
    with pytest.raises(EnvironmentFault, match="MiB"):
        cachefolder.limit()


def test_the_doctor_tells_a_limit_that_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cachefolder.LIMIT_VARIABLE, "much")
    told = facts()["numba cache size"]
    assert "of at most 512 MiB" in told
    assert "is a number of MiB, such as 512, not 'much'" in told


def test_limit_that_is_no_number_is_told_once_and_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(BrianLogger, "_log_messages", set())
    monkeypatch.setenv(cachefolder.LIMIT_VARIABLE, "much")
    caplog.set_level(logging.WARNING)
    paths = [cache.write(f"x = {k}\n") for k in range(2)]
    assert all(path.exists() for path in paths)
    (message,) = caplog.messages
    assert cachefolder.LIMIT_VARIABLE in message
    assert "number of MiB" in message
    assert "'much'" in message
    assert "512" in message


def test_empty_limit_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cachefolder.LIMIT_VARIABLE, "")
    assert cachefolder.limit() == cachefolder.DEFAULT_LIMIT


def test_program_pruned_by_another_process_is_written_again(place: Path) -> None:
    counter = np.zeros(1, dtype=np.int64)
    program = counting(counter)
    program._path.unlink()
    fuse._loaded.clear()
    program._function, program._helper = program._load()
    program()
    assert counter[0] == 1


def emptied(data: bytes) -> bytes:
    return b""


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def garbled(data: bytes) -> bytes:
    """Change one bit in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [emptied, truncated, garbled])
@pytest.mark.parametrize("suffix", ["nbi", "nbc", "sums"])
def test_damaged_machine_code_is_rebuilt_with_one_warning(
    place: Path, suffix: str, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    counter = np.zeros(1, dtype=np.int64)
    counting(counter)()
    (file,) = place.rglob(f"*.{suffix}")
    file.write_bytes(damage(file.read_bytes()))
    caplog.set_level(logging.WARNING)
    run_in_new_process(counter)
    assert counter[0] == 2
    assert ["rebuilding" in message for message in caplog.messages] == [True]
    caplog.clear()
    run_in_new_process(counter)
    assert counter[0] == 3
    assert caplog.messages == []


@pytest.mark.parametrize("left", [b"half of it", None])
def test_machine_code_without_sums_is_rebuilt_with_one_warning(
    place: Path, left: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Because the sums were lost, or because the process died that was to write them."""
    counter = np.zeros(1, dtype=np.int64)
    counting(counter)()
    (sums,) = place.rglob("*.sums")
    (code,) = place.rglob("*.nbc")
    sums.unlink()
    if left is not None:
        code.write_bytes(left)
    caplog.set_level(logging.WARNING)
    run_in_new_process(counter)
    assert counter[0] == 2
    assert ["rebuilding" in message for message in caplog.messages] == [True]
    assert sums.exists()


def test_machine_code_is_kept_beside_its_program(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "elsewhere"))
    counting(np.zeros(1, dtype=np.int64))()
    assert len(list(place.rglob("*.nbc"))) == 1
    assert not (tmp_path / "elsewhere").exists()


FOUR = """
import numpy as np
from neuro.device import numba_device
from neuro.device.body import Item
from neuro.device.fuse import Program
from neuro.device.source import Step
counter = np.zeros(1, dtype=np.int64)
step = Step(("counter[0] += 1",), bindings={"counter": lambda: counter})
program = Program([Item(0, None, step)], [], numba_device)
input()
program()
print(counter[0], len(program._function.stats.cache_misses))
"""


@pytest.mark.slow  # four processes that import Brian2
def test_four_cold_processes_at_once_compile_one_program(place: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", FOUR],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=300) for process in processes]
    assert [errors for _, errors in outputs] == [""] * 4
    counts, misses = zip(*(map(int, output.split()) for output, _ in outputs), strict=True)
    assert counts == (1, 1, 1, 1)
    assert sorted(misses) == [0, 0, 0, 1]
