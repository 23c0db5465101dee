"""Kernels: what is kept of them, and when it is thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from networks.kernels import inner, kernel

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
CALLEE = """
from networks.kernels import inner


@inner()
def amount(number):
    return number + {amount}
"""
CALLER = """
from networks.kernels import kernel
from networks.callee_of_the_test import amount


@kernel()
def total(number):
    return amount(number)


print(total(1), sum(total.stats.cache_hits.values()))
"""


def test_they_call_each_other():
    @inner()
    def twice(number):
        return 2 * number

    @kernel(fastmath=True)
    def four_times(number):
        return twice(twice(number))

    assert four_times(3) == 12


@compiled
def test_a_change_of_another_file_makes_machine_code_anew(tmp_path):
    source = Path(__file__).resolve().parents[2] / "networks/kernels.py"
    package = tmp_path / "networks"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "kernels.py").write_text(source.read_text())
    (package / "caller_of_the_test.py").write_text(CALLER)

    def change(amount):
        (package / "callee_of_the_test.py").write_text(CALLEE.format(amount=amount))

    def run():
        words = [sys.executable, "-m", "networks.caller_of_the_test"]
        surroundings = {**os.environ, "PYTHONPATH": str(tmp_path)}
        surroundings.pop("NUMBA_CACHE_DIR", None)
        return subprocess.run(
            words, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
        ).stdout.split()

    change(10)
    assert run() == ["11", "0"]
    assert run() == ["11", "1"]
    change(200)
    assert run() == ["201", "0"]
