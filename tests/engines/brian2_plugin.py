"""Run the tests that ship inside the installed brian2 on the device "numba" (a pytest plugin).

Load it with ``-p brian2_plugin`` while this folder is on the path; see ``brian2_suite.py``.
"""

from __future__ import annotations

import logging
import os
import tomllib
from pathlib import Path
from typing import Any

import brian2
import pytest
from brian2.core.preferences import prefs
from brian2.utils.logger import BrianLogger

import neuro.device  # noqa: F401  registers the device

EXCEPTIONS = Path(__file__).with_name("brian2_exceptions.toml")


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
        "device": os.environ.get("BRIAN2_SUITE_DEVICE", "numba"),
        "device_options": {},
    }


def pytest_configure(config: pytest.Config) -> None:
    BrianLogger.console_handler.setLevel(logging.WARNING)
    if not hasattr(config, "workerinput"):
        for name, value in _settings().items():
            setattr(config, name, value)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    for name, value in _settings().items():
        if name == "brian_prefs":
            value = {k: ("TYPE", repr(v)) if isinstance(v, type) else v for k, v in value.items()}
        node.workerinput[name] = value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("BRIAN2_SUITE_DEVICE", "numba") != "numba":
        return
    listed = tomllib.loads(EXCEPTIONS.read_text())
    for item in items:
        name = item.nodeid.rsplit("tests/", 1)[-1]
        entry = listed.get(name)
        if entry is None or brian2.__version__ not in entry.get("versions", [brian2.__version__]):
            continue
        if entry.get("skip"):
            item.add_marker(pytest.mark.skip(reason=entry["reason"]))
        else:
            item.add_marker(pytest.mark.xfail(strict=True, reason=entry["reason"]))
