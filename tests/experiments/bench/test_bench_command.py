"""The command `bench engines` in its quickest form, and what happens when a worker fails."""

import json

import pytest

from experiments.bench.cases import QUICK
from experiments.bench.compare import engine_worker
from experiments.bench.contenders import CONTENDERS, Contender
from experiments.bench.process import WorkerFault


@pytest.mark.slow  # compiles a C++ program
@pytest.mark.compiler
def test_the_device_and_one_peer_are_measured_on_a_small_network(engram, tmp_path):
    output = tmp_path / "bench.json"
    words = [
        word for name in ("cuba-4k", "standalone-1", "numba-strict") for word in ("--only", name)
    ]
    answer = engram("bench", "engines", "--quick", "--repeats", 2, "-o", output, *words)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(output)
    held = json.loads(output.read_text())
    engines = held["rows"]["cuba-4k"]["engines"]
    assert set(engines) == {"standalone-1", "numba-strict"}
    for found in engines.values():
        assert found["verdict"] == ""
        assert len(found["samples"]) == 2
    # Bit-equal arithmetic is not asked of compilers that contract, so spikes may move.
    assert abs(engines["numba-strict"]["rate_deviation"]) < 0.02
    assert held["machine"]["packages"]["brian2"]


def test_a_name_that_is_not_there_is_told(engram):
    answer = engram("bench", "engines", "--only", "cuba-4")
    assert answer.code == 2
    assert "did you mean 'cuba-4k'" in answer.err


def test_a_worker_that_takes_too_long_is_ended():
    worker = engine_worker(QUICK["cuba-4k"], CONTENDERS["numba-strict"])
    try:
        with pytest.raises(WorkerFault, match="within 0 s"):
            worker.ask("", 0)
    finally:
        worker.close()
    assert worker._process.returncode is not None


def test_a_worker_that_dies_says_why():
    worker = engine_worker(
        QUICK["cuba-4k"], Contender("no such family", mode="x", precision="float16")
    )
    try:
        assert worker.ask("", 60) == {"ready": True}
        with pytest.raises(WorkerFault, match="float16"):
            worker.ask("build", 60)
    finally:
        worker.close()
