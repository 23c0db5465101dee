"""Engines are switched on and off again; nothing is run that nobody asked for."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from neuro.engines import activation, compiler
from neuro.engines.activation import activate, compile_backwards, current_target, interpreted
from neuro.engines.brian import brian2
from neuro.engines.doctor import facts
from neuro.errors import EnvironmentFault, SpecError

WHAT_IS_CHANGED = activation.PREFERENCES


def test_preferences_come_back_after_the_block():
    before = {name: brian2.prefs[name] for name in WHAT_IS_CHANGED}
    with activate("brian2", target="numpy"):
        assert brian2.prefs["codegen.target"] == "numpy"
        assert "-ffp-contract=off" in brian2.prefs["codegen.cpp.extra_compile_args"]
    assert {name: brian2.prefs[name] for name in WHAT_IS_CHANGED} == before


def test_an_engine_to_come_says_so():
    with (
        pytest.raises(EnvironmentFault, match="engine 'nest' is not available yet; use one of"),
        activate("nest"),
    ):
        pass


def test_the_device_is_selected_for_the_block_only():
    with activate("numba", mode="fast", threads=1) as active:
        device = brian2.get_device()
        assert (active.engine, active.target) == ("numba", "fast")
        assert device is brian2.all_devices["numba"]
        assert device.mode == "fast"
        assert active.options["random"] == "philox4x32-10"
        assert active.options["float"] == "float64"
    assert brian2.get_device() is brian2.all_devices["runtime"]


def test_what_is_needed_once_is_interpreted_and_the_target_comes_back(monkeypatch, tmp_path):
    monkeypatch.setattr(activation, "cache_folder", lambda: tmp_path)
    with activate("brian2", target="cython"):
        with interpreted():
            assert current_target() == "numpy"
        assert current_target() == "cython"
    with activate("numba"), interpreted():
        assert current_target() is None


def test_a_network_is_compiled_from_its_last_object_to_its_first():
    asked = []
    objects = [
        SimpleNamespace(before_run=lambda names, k=k: asked.append((k, names))) for k in "abc"
    ]
    compile_backwards(SimpleNamespace(sorted_objects=objects))
    assert asked == [("c", {}), ("b", {}), ("a", {})]


def test_an_unknown_engine_gets_the_nearest_name():
    with pytest.raises(SpecError, match="did you mean 'brian2'"), activate("brian"):
        pass


def test_without_a_compiler_numpy_runs_with_one_notice(monkeypatch, tmp_path):
    monkeypatch.setattr(activation, "find_compiler", lambda: None)
    monkeypatch.setattr(activation, "cache_folder", lambda: tmp_path)
    with activate("brian2") as active:
        assert (active.engine, active.target) == ("brian2", "numpy")
        assert "no C++ compiler found; running on NumPy" in active.notice
    with (
        pytest.raises(EnvironmentFault, match=r"apt install g\+\+ make"),
        activate("brian2_standalone"),
    ):
        pass


def test_without_python_headers_numpy_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(activation, "find_compiler", lambda: "/usr/bin/g++")
    monkeypatch.setattr(activation, "find_python_header", lambda: None)
    monkeypatch.setattr(activation, "cache_folder", lambda: tmp_path)
    with activate("brian2") as active:
        assert active.target == "numpy"
        assert "Python.h not found" in active.notice


@pytest.mark.parametrize("found", [None, "CXX"])
def test_a_compiler_named_by_the_environment_is_preferred(monkeypatch, tmp_path, found):
    tool = tmp_path / "my-c++"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(compiler.sysconfig, "get_config_var", lambda _name: None)
    if found:
        monkeypatch.setenv(found, "my-c++ -flag")
        assert compiler.find_compiler() == str(tool)
    else:
        monkeypatch.delenv("CXX", raising=False)
        assert compiler.find_compiler() is None


def test_the_cache_is_private_and_keyed_by_the_flags(tmp_path):
    folder = compiler.private_folder(tmp_path / "cache")
    assert stat.S_IMODE(folder.stat().st_mode) == compiler.PRIVATE
    folder.chmod(0o755)
    compiler.private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == compiler.PRIVATE
    assert compiler.cache_key() != compiler.cache_key(("-O2",))


def test_a_cache_that_is_a_file_is_replaced_by_a_temporary_folder(tmp_path):
    (tmp_path / "cache").write_text("")
    folder = compiler.private_folder(tmp_path / "cache")
    assert folder.is_dir()
    assert folder != tmp_path / "cache"
    folder.rmdir()


# What a command imports first has to come to Brian2 by the door too.
FIRST = ("neuro.engines.brian", "experiments.simulation")


@pytest.mark.parametrize("first", FIRST)
def test_a_preference_file_in_the_working_directory_is_not_evaluated(first, tmp_path):
    (tmp_path / "brian_preferences").write_text(
        "codegen.target = __import__('pathlib').Path('evaluated').write_text('x') and 'numpy'\n"
    )
    story = (
        f"import os, {first}, brian2; "
        "assert os.getcwd() == os.path.realpath(os.environ['HERE']); "
        "print(brian2.prefs['codegen.target'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", story],
        cwd=tmp_path,
        env={
            **os.environ,
            "HERE": str(tmp_path),
            "PYTHONPATH": str(Path(compiler.__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "auto"
    assert not list(tmp_path.glob("**/evaluated"))


@pytest.mark.parametrize("first", FIRST)
def test_importing_the_door_leaves_the_hooks_alone(first):
    story = (
        "import sys, signal; hook = sys.excepthook; handler = signal.getsignal(signal.SIGINT); "
        f"import {first}; "
        "print(sys.excepthook is hook and signal.getsignal(signal.SIGINT) is handler)"
    )
    done = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_the_doctor_needs_no_brian2():
    story = (
        "import sys; from neuro.engines.doctor import facts; facts(); "
        "print('brian2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert {"python", "compiler", "cython cache", "brian2", "numpy"} <= set(facts())
