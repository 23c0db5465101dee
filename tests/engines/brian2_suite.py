"""Run Brian2's own tests on the device "numba" and print the counts.

Run ``python tests/engines/brian2_suite.py [single|multiple|runtime ...] [pytest options]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import brian2

#: Brian2's markers: what also runs on its standalone devices, and what needs a runtime device.
GROUPS = {
    "single": "standalone_compatible and not multiple_runs and not long and not gsl",
    "multiple": "standalone_compatible and multiple_runs and not long and not gsl",
    "runtime": (
        "not standalone_compatible and not standalone_only and not codegen_independent "
        "and not long and not gsl"
    ),
}


def run(group: str, options: list[str]) -> int:
    """Run one group in a process of its own and return pytest's exit code."""
    folder = Path(brian2.__file__).parent
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    settings = str(folder / "tests/pytest.ini")
    command = [
        sys.executable, "-m", "pytest", "-p", "brian2_plugin", "-c", settings,
        "--confcutdir", str(folder), "-q", "-W", "ignore::pytest.PytestConfigWarning",
        "-m", GROUPS[group], str(folder / "tests"), *options,
    ]  # fmt: skip
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False).returncode


def main() -> int:
    """Run the chosen groups, all of them by default."""
    groups = [word for word in sys.argv[1:] if word in GROUPS] or list(GROUPS)
    options = [word for word in sys.argv[1:] if word not in GROUPS]
    codes = []
    for group in groups:
        sys.stdout.write(f"{group} (Brian2 {brian2.__version__})\n")
        sys.stdout.flush()
        codes.append(run(group, options))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
