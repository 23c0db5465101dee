"""Run the tests that ship inside the installed brian2 on the device "numba" (a pytest plugin).

Load it with ``-p brian2_plugin`` while this folder is on the path; see ``brian2_suite.py``. Every
test is watched: one that lets Brian2's own time loop run on the quiet fails, and one that is
listed as an exception fails when it passes.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brian2
import brian2_witness as witness
import pytest
from brian2.core.preferences import prefs
from brian2.utils.logger import BrianLogger

import neuro.device  # noqa: F401  registers the device
from neuro.device.functions import TARGET, Rendering

DEVICE = os.environ.get("BRIAN2_SUITE_DEVICE", "numba")
EXCEPTIONS = Path(
    os.environ.get("BRIAN2_SUITE_EXCEPTIONS", Path(__file__).with_name("brian2_exceptions.toml"))
)
#: Where the outcome of every test is written, if anywhere.
RESULTS = os.environ.get("BRIAN2_SUITE_RESULTS")


def _settings() -> dict[str, Any]:
    prefs.reset_to_defaults()
    # What the device does not lower then needs no compiler either.
    prefs["codegen.target"] = "numpy"
    if os.environ.get("BRIAN2_SUITE_DTYPE") == "float32":
        import numpy as np

        prefs["core.default_float_dtype"] = np.float32
    return {
        "brian_prefs": dict(prefs),
        "fail_for_not_implemented": True,
        "device": DEVICE,
        "device_options": {},
    }


def listed() -> dict[str, dict[str, Any]]:
    """Return the exceptions that hold for this version of Brian2, by node id."""
    entries = tomllib.loads(EXCEPTIONS.read_text())
    version = brian2.__version__
    return {k: v for k, v in entries.items() if version in v.get("versions", [version])}


def pytest_configure(config: pytest.Config) -> None:
    BrianLogger.console_handler.setLevel(logging.WARNING)
    witness.watch()
    if hasattr(config, "workerinput"):
        return
    for name, value in _settings().items():
        setattr(config, name, value)
    if RESULTS is not None:
        config.pluginmanager.register(Results(Path(RESULTS)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    for name, value in _settings().items():
        if name == "brian_prefs":
            value = {k: ("TYPE", repr(v)) if isinstance(v, type) else v for k, v in value.items()}
        node.workerinput[name] = value


def name_of(nodeid: str) -> str:
    """Return the part of a node id behind the folder of the tests."""
    return nodeid.rsplit("tests/", 1)[-1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Brian2's substitute for randn has code for Cython and C++ only.
    conftest = sys.modules.get("brian2.conftest")
    if conftest is not None:
        conftest.fake_randn.implementations.add_implementation(TARGET, Rendering("0.5"))
    if DEVICE != "numba":
        return
    exceptions = listed()
    for item in items:
        if entry := exceptions.get(name_of(item.nodeid)):
            item.add_marker(pytest.mark.xfail(strict=True, reason=entry["reason"]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    witness.reset()
    try:
        result = yield
    finally:
        item.user_properties.append(("witness", dict(witness.counts)))
    if DEVICE == "numba" and witness.counts["elsewhere"]:
        raise AssertionError("a network ran on another device")
    return result


class Results:
    """Gather the outcome of every test and write them to a file.

    Parameters
    ----------
    path
        A JSON file: by test name, ``outcome`` ("passed", "failed", "skipped", "listed", or
        "listed but passes"), ``detail`` and what the time loops did.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        outcome: str = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "listed"
        elif "[XPASS(strict)]" in str(report.longrepr):
            outcome = "listed but passes"
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = str(crash.message if crash else report.longrepr or "").strip()
        detail = "" if report.passed else reason.split("\n")[0]
        seen = dict(report.user_properties).get("witness", {})
        self.tests[name_of(report.nodeid)] = {"outcome": outcome, "detail": detail, **seen}

    def pytest_sessionfinish(self) -> None:
        self.path.write_text(json.dumps({"brian2": brian2.__version__, "tests": self.tests}))
