"""Run Brian2's own tests on the device "numba", for each release of Brian2, and print the counts.

Run ``python tests/engines/brian2_suite.py [single|multiple|runtime|long|bounds|examples ...]``;
options of pytest may follow. All parts run by default. The exit status is 0 if nothing fails that
is not listed in ``brian2_exceptions.toml`` and nothing is listed that passes or does not exist.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brian2_examples
from brian2_interpreters import VERSIONS, environment

HERE = Path(__file__).resolve().parent
EXCEPTIONS = HERE / "brian2_exceptions.toml"
#: Brian2's markers: what also runs on its standalone devices, what needs a runtime device, and what
#: takes long (of both).
GROUPS = {
    "single": "standalone_compatible and not multiple_runs and not long and not gsl",
    "multiple": "standalone_compatible and multiple_runs and not long and not gsl",
    "runtime": (
        "not standalone_compatible and not standalone_only and not codegen_independent "
        "and not long and not gsl"
    ),
    "long": "long and not standalone_only and not codegen_independent and not gsl",
}
OUTCOMES = ("passed", "failed", "skipped", "listed", "listed but passes")


@dataclass(frozen=True, slots=True)
class Row:
    """Hold the outcome of one part on one release of Brian2.

    Parameters
    ----------
    part, version
        What ran ("single", ...) and the version of Brian2 ("?" if pytest did not come so far).
    tests
        What the plugin wrote of each test, by name.
    status
        The exit status of pytest.
    """

    part: str
    version: str
    tests: Mapping[str, Mapping[str, Any]]
    status: int

    @property
    def outcomes(self) -> Counter[str]:
        """Count the tests by outcome."""
        return Counter(test["outcome"] for test in self.tests.values())

    @property
    def n_compiled(self) -> int:
        """Count the tests that ran compiled loops."""
        return sum(bool(test.get("loops")) for test in self.tests.values())

    @property
    def is_good(self) -> bool:
        """Return whether nothing failed and something was compiled."""
        return self.status == 0 and self.n_compiled > 0


def command(
    python: str, folder: Path, group: str, options: Sequence[str], files: Sequence[str]
) -> list[str]:
    """Return the command that runs the tests of `files` that bear the markers of a group."""
    return [
        python, "-m", "pytest", "-p", "brian2_plugin", "-c", str(folder / "tests/pytest.ini"),
        "--confcutdir", str(folder), "-q", "-W", "ignore::pytest.PytestConfigWarning",
        "-p", "no:cacheprovider", "-p", "no:logging", "-m", GROUPS[group],
        *(str(folder / "tests" / file) for file in files), *options,
    ]  # fmt: skip


def environ(**additions: str) -> dict[str, str]:
    """Return the environment of a process that loads the plugin and this checkout."""
    path = os.pathsep.join([str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, **additions}


def find_tests(python: str) -> Path:
    """Return the folder of the brian2 that an interpreter has."""
    ask = [python, "-c", "import brian2; print(brian2.__file__)"]
    answer = subprocess.run(ask, env=environ(), capture_output=True, text=True, check=True)
    return Path(answer.stdout.strip()).parent


def run(
    python: str,
    part: str,
    group: str,
    options: Sequence[str],
    folder: Path | None = None,
    files: Sequence[str] = ("",),
    **additions: str,
) -> Row:
    """Run one group of the tests in a folder, Brian2's by default, in a process of its own."""
    tests = folder or find_tests(python)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room, "results.json")
        status = subprocess.run(
            command(python, tests, group, options, files),
            env=environ(BRIAN2_SUITE_RESULTS=str(path), **additions),
            check=False,
        ).returncode
        found = json.loads(path.read_text()) if path.exists() else {"brian2": "?", "tests": {}}
    return Row(part, found["brian2"], found["tests"], status)


def exceptions() -> dict[str, dict[str, Any]]:
    """Return what is listed, by the name of the test."""
    return tomllib.loads(EXCEPTIONS.read_text())


def unknown_exceptions(rows: Iterable[Row]) -> list[str]:
    """Return what is listed for a release all of whose groups ran, and names no test of it."""
    parts: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    for row in rows:
        parts.setdefault(row.version, set()).add(row.part)
        names.setdefault(row.version, set()).update(row.tests)
    return [
        f"{version} {name}"
        for version in sorted(names)
        if parts[version] >= set(GROUPS)
        for name, entry in exceptions().items()
        if not name.startswith("examples/")
        and version in entry.get("versions", [version])
        and name not in names[version]
    ]


def table(rows: Iterable[Row]) -> str:
    """Write the counts, and below them every test that is not as it should be."""
    lines = [f"{'Brian2':8}{'part':18}" + "".join(f"{o:>19}" for o in (*OUTCOMES, "compiled"))]
    details = []
    for row in rows:
        counts = [row.outcomes[outcome] for outcome in OUTCOMES]
        numbers = "".join(f"{n:>19}" for n in (*counts, row.n_compiled))
        lines.append(f"{row.version:8}{row.part:18}{numbers}")
        details += [
            f"{row.version} {row.part} {name}: {test['outcome']}: {test['detail']}"
            for name, test in sorted(row.tests.items())
            if test["outcome"] in {"failed", "listed but passes"}
        ]
        if not row.is_good and not details:
            details.append(f"{row.version} {row.part}: pytest ended with {row.status}")
    return "\n".join([*lines, *details])


def suite(parts: Sequence[str], versions: Sequence[str], options: Sequence[str]) -> list[Row]:
    """Run the groups on every release; on the first one also with bounds checked."""
    rows = []
    for number, version in enumerate(versions):
        python = environment(version)
        if python is None:
            sys.stdout.write(f"Python {version}: not on this machine\n")
            continue
        rows += [run(python, group, group, options) for group in GROUPS if group in parts]
        if number == 0 and "bounds" in parts:
            rows += [
                run(python, f"{group} bounds", group, options, NUMBA_BOUNDSCHECK="1")
                for group in GROUPS
            ]
    return rows


def main() -> int:
    """Run the chosen parts and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="default: all")
    parser.add_argument("--python", action="append", choices=VERSIONS, help="default: all")
    parser.add_argument("--examples", type=Path, help="a folder of Brian2's example scripts")
    chosen, options = parser.parse_known_args()
    known = (*GROUPS, "bounds", "examples")
    parts = [word for word in chosen.parts if word in known] or known
    options = [*(word for word in chosen.parts if word not in known), *options]
    rows = suite(parts, chosen.python or VERSIONS, options or ["-n", "2", "--tb=short"])
    sys.stdout.write(f"\n{table(rows)}\n")
    stale = unknown_exceptions(rows)
    sys.stdout.writelines(f"listed, but there is no such test: {name}\n" for name in stale)
    is_good = all(row.is_good for row in rows) and not stale
    folder = chosen.examples or brian2_examples.find()
    if "examples" in parts and folder is not None:
        is_good &= brian2_examples.run_all(folder)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
