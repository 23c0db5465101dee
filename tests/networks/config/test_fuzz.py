"""Any text is a configuration or is refused with file, line and column, in no time."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import SETTINGS
from networks.config import ConfigError, load
from networks.config.problems import Problems, Source
from networks.config.reader import read_text
from neuro.units import format_quantity, parse

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# As many mutants of sound files, those of every experiment among them, as of wrong ones.
SOUND = sorted(
    path
    for folder in (HERE / "good", ROOT / "data/configs", ROOT / "experiments/templates")
    for path in folder.rglob("*.yaml")
)
WRONG = sorted((HERE / "bad").glob("*.yaml"))
# The promise is one second; processor time, doubled, because the machine that tests may be busy.
ONE_SECOND = 2.0
HEADER = re.compile(r"^.*\.yaml:\d+:\d+: \S", re.MULTILINE)
WORDS = [
    "{", "}", "[", "]", ":", ",", "- ", "&a ", "*a", "!!x ", "|", ">", "'", '"', "#", "\t", "%",
    "?", "\x00", "\u2028", "\ud7ff", "𝄞", "null", ".nan", ".inf", "1e999", "-1", "0", "true", "~",
    "<<: ", "1 ms", "1 mV", "9" * 400, "0x", "segment[9]", "lif", "exp('x')", "__class__", "\n",
    "  ", "include: [../x]", "a: b: c", "---", "...", "=", "@", "`",
]  # fmt: skip


def mutate(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(text))
        match rng.randint(0, 4):
            case 0:
                text = text[:place] + text[place + rng.randint(1, 10) :]
            case 1:
                text = text[:place] + rng.choice(WORDS) + text[place:]
            case 2:
                lines = text.split("\n")
                lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
                text = "\n".join(lines)
            case 3:
                lines = text.split("\n")
                rng.shuffle(lines)
                text = "\n".join(lines) if rng.random() < 0.3 else text
            case _:
                values = list(re.finditer(r"(?<=[:,\[{] )[^,\s\]}]+", text))
                if values:
                    at = rng.choice(values)
                    text = text[: at.start()] + rng.choice(WORDS) + text[at.end() :]
    return text


def refusal(path: Path) -> ConfigError | None:
    try:
        load(path, experiments=SETTINGS)
    except ConfigError as error:
        return error
    return None


def check(path: Path) -> bool:
    """Load a file and return whether it was refused, as promised."""
    started = time.process_time()
    error = refusal(path)
    assert time.process_time() - started < ONE_SECOND
    if error is None:
        return False
    assert error.problems
    assert HEADER.match(str(error))
    for problem in error.problems:
        assert problem.message
        assert 0 <= problem.mark.line < max(1, len(problem.mark.source.lines))
    return True


@pytest.mark.torture
def test_mutated_files_never_escape(tmp_path: Path, scale: Callable, tally: Callable) -> None:
    rng = random.Random(20240613)
    n_mutations = scale(200, 20_000)
    path = tmp_path / "mutated.yaml"
    texts = [[path.read_text() for path in paths] for paths in (SOUND, WRONG)]
    n_refused = 0
    for _ in range(n_mutations):
        text = mutate(rng.choice(rng.choice(texts)), rng)
        path.write_text(text, encoding="utf-8", errors="replace")
        n_refused += check(path)
    assert n_mutations // 2 < n_refused < n_mutations
    tally(f"{n_mutations} mutated files, {n_refused} refused with file:line:column, 0 tracebacks")


def test_wrong_entries_of_one_list_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "levels.yaml"
    text = (ROOT / "data/configs/memory/sparsey-video.yaml").read_text()
    changed = text.replace("side: 14", "side: 14, extra: 1").replace(
        "side: 4, modules", "side: 4, m"
    )
    path.write_text(changed, encoding="utf-8")
    error = refusal(path)
    assert error is not None
    assert {problem.path for problem in error.problems} == {
        f"experiment.levels.{place}" for place in ("0.extra", "1.m", "1.modules")
    }


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300))
def test_any_bytes_never_escape(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bytes.yaml"
    path.write_bytes(data)
    check(path)


keys = st.sampled_from(
    ["seed", "name", "simulation", "models", "populations", "projections", "inputs", "phases",
     "recordings", "output", "sweep", "experiment", "include", "model", "size", "parameters",
     "rule", "source", "target", "synapse", "plasticity", "weight", "delay", "duration", "kind",
     "grid", "equations", "connectivity", "graph", "encoder", "x"]
)  # fmt: skip
leaves = st.sampled_from(
    [None, True, 0, -1, 2.5, float("nan"), "1 ms", "lif", "exc", "exponential", "all_to_all", "x",
     "dv/dt = v : 1", "stdp_pair", 10**30]
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=st.dictionaries(keys, trees, max_size=8))
def test_any_tree_of_known_words_never_escapes(tree: dict[str, Any], tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    path = tmp_path / "tree.yaml"
    with path.open("w") as file:
        YAML().dump(tree, file)
    check(path)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5000, "{" * 5000, "? " * 3000, "- " * 3000, "a: " * 2000, "&a " * 1000,
        "a: '" + "x" * 300_000, "a: |\n" + " x\n" * 20_000, "\n" * 100_000, "# x\n" * 20_000,
        "[" + "1," * 20_000 + "]", "a: " + "9" * 100_000, "'" * 10_000, "*" * 10_000,
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_hostile_documents_end_soon(text: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(text)
    check(path)


def test_what_is_written_is_what_is_located() -> None:
    text = "a: 1\nb:\n  - x\n  - {c: no, d: 1e-3}\ne: |\n    first\n\n      second\nf: 0x10\n"
    problems = Problems()
    node = read_text(text, Source("f.yaml", tuple(text.splitlines())), problems)
    assert node is not None
    assert problems.found == []
    assert node.plain() == {
        "a": 1, "b": ["x", {"c": "no", "d": 1e-3}], "e": "first\n\n  second\n", "f": 16,
    }  # fmt: skip
    assert str(node.find(["b", 1, "d"])) == "f.yaml:4:16"
    assert str(node.find_key(["b", 1, "d"])) == "f.yaml:4:13"
    block = node.get("e")
    assert block is not None
    assert str(block.inside(2, 2)) == "f.yaml:8:7"
    assert str(block.inside(0, 3)) == "f.yaml:6:8"


weights = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
positive = st.floats(min_value=1e-6, max_value=1e6)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**63 - 1), weight=weights, delay=positive, size=st.integers(1, 10**6),
    mean=positive, shape=positive, name=st.from_regex(r"[a-z][a-z0-9]{0,9}_p", fullmatch=True),
    low=weights, span=positive,
)  # fmt: skip
def test_any_sound_configuration_reads_back_equal(
    seed: int, weight: float, delay: float, size: int, mean: float, shape: float, name: str,
    low: float, span: float, tmp_path: Path,
) -> None:  # fmt: skip
    import json

    path = tmp_path / "run.yaml"
    written = {
        "seed": seed,
        "simulation": {"duration": "1 s"},
        "populations": {
            name: {
                "model": "lif",
                "size": size,
                "parameters": {"tau_m": {"gamma": {"shape": shape, "mean": f"{mean!r} ms"}}},
                "initial": {"v": {"uniform": {"low": f"{low!r} mV", "high": f"{low + span!r} mV"}}},
            }
        },
        "projections": {
            "loop": {
                "source": name,
                "target": name,
                "connectivity": {"rule": "all_to_all"},
                "synapse": {
                    "model": "delta", "weight": f"{weight!r} mV", "delay": f"{delay!r} us",
                },
            }
        },
    }  # fmt: skip
    path.write_text(json.dumps(written))
    first = load(path)
    synapse = first.spec.projections["loop"].synapse
    assert synapse.weight == parse(f"{weight!r} mV")
    assert (
        format_quantity(parse(f"{delay!r} us"))
        == first.resolved["projections"]["loop"]["synapse"]["delay"]
    )
    path.write_text(json.dumps(first.resolved))
    assert load(path).spec == first.spec


HEAVY = {"brian2", "numba", "networkx", "matplotlib", "scipy", "numpy", "h5py", "sympy", "pandas"}
# Promised: 0.5 s. Processor time, because the machine that tests may be busy.
START = 0.5


def test_validation_is_light(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from networks.config import load\n"
        f"load({str(HERE / 'good' / 'included.yaml')!r})\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), time.process_time())"
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(2):  # The first time writes byte code, as an installation does.
        out = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        ).stdout
    modules, _, seconds = out.strip().rpartition(" ")
    assert modules == "[]"
    assert float(seconds) < START
