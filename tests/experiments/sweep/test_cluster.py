"""Sweeps on clusters that others started: same bits, and workers that die or come late."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from experiments.sweep import plan, sweep
from experiments.sweep.cluster import Remote, Slurm
from experiments.sweep.cluster import cluster as reached
from neuro.errors import EnvironmentFault, SpecError
from neuro.recording import read

SCHEDULER = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
             "--port", "0", "--no-dashboard")  # fmt: skip
WORKER = (sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-dashboard",
          "--host", "127.0.0.1")  # fmt: skip
PATIENCE = 120.0


def contents(path):
    with read(path) as recording:
        times, ids = recording.spikes("cells")
        metrics = {name: metric.value.tolist() for name, metric in recording.metrics().items()}
        return {"times": times.tolist(), "ids": ids.tolist(), **metrics}


@contextmanager
def program(words, folder):
    """Run a program in a folder of its own, and end it and what it started."""
    folder.mkdir(exist_ok=True)
    with (folder / "log").open("w") as log:
        started = subprocess.Popen(
            words, cwd=folder, stdout=log, stderr=log, start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(folder)},
        )  # fmt: skip
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGTERM)
                try:
                    started.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(started.pid, signal.SIGKILL)
            started.wait(20)


@contextmanager
def cluster(tmp_path, n_workers, *options):
    """Run a scheduler and workers, each in a folder of its own as on a machine of its own."""
    file = tmp_path / "scheduler.json"
    with program([*SCHEDULER, "--scheduler-file", str(file)], tmp_path / "scheduler"):
        waited(file.exists)
        words = [*WORKER, *options, "--scheduler-file", str(file)]
        folders = [tmp_path / f"machine{number}" for number in range(n_workers)]
        if n_workers == 0:
            yield str(file), []
        elif n_workers == 1:
            with program(words, folders[0]) as one:
                yield str(file), [one]
        else:
            with program(words, folders[0]) as one, program(words, folders[1]) as two:
                yield str(file), [one, two]


def waited(what):
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


@pytest.mark.slow(reason="starts a scheduler and workers that import everything")
def test_workers_of_two_machines_make_the_bits_of_this_one(config, tmp_path):
    planned = plan(config, ["seed=1,2,3,4"])
    here = sweep(planned, tmp_path / "here", n_workers=1)
    with cluster(tmp_path, 2) as (file, _):
        there = sweep(planned, tmp_path / "there", place=Remote(file))
    assert [contents(path) for path in here] == [contents(path) for path in there]
    logs = [(tmp_path / f"machine{n}" / "log").read_text() for n in (0, 1)]
    assert all("Registered to" in log for log in logs), logs


@pytest.mark.slow(reason="starts a scheduler and workers that import everything")
def test_the_point_of_a_machine_that_dies_is_run_by_another(config, tmp_path):
    text = config.read_text()
    config.write_text(text.replace("40 ms", "20 s"))
    planned = plan(config, ["seed=1,2,3,4"])
    folder = tmp_path / "there"
    with cluster(tmp_path, 2, "--no-nanny") as (file, workers):
        words = [sys.executable, "-m", "experiments.cli", "sweep", str(config), "seed=1,2,3,4",
                 "--scheduler", file, "--output", str(folder)]  # fmt: skip
        with program(words, tmp_path / "parent") as parent:
            waited(lambda: len(list(folder.glob("*.parts"))) == 2 or list(folder.glob("*.h5")))
            os.kill(workers[0].pid, signal.SIGKILL)
            assert parent.wait(PATIENCE) == 0, (tmp_path / "parent/log").read_text()
    here = sweep(planned, tmp_path / "here", n_workers=1)
    assert [contents(path) for path in here] == [contents(folder / path.name) for path in here]


@pytest.mark.slow(reason="starts a scheduler and workers that import everything")
def test_a_process_of_many_threads_runs_one_point_at_a_time(config, tmp_path):
    planned = plan(config, ["seed=1,2,3"])
    here = sweep(planned, tmp_path / "here", n_workers=1)
    with cluster(tmp_path, 1, "--nthreads", "4") as (file, _):
        there = sweep(planned, tmp_path / "there", place=Remote(file))
    assert [contents(path) for path in here] == [contents(path) for path in there]


def test_a_scheduler_that_does_not_answer_is_told(config, tmp_path, engram, monkeypatch):
    monkeypatch.setattr("experiments.sweep.cluster.PATIENCE", "1 s")
    answer = engram(
        "sweep", config, "--scheduler", "tcp://127.0.0.1:1", "--output", tmp_path / "out"
    )
    assert answer.code == 4
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:1'" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scheduler", "tcp://127.0.0.1:1", "--slurm"), "one of them"),
        (("--scheduler", "tcp://127.0.0.1:1", "--workers", 2), "has its own"),
        (("--job", "queue=long"), "--slurm too"),
        (("--slurm", "--job", "queue"), "expected KEY=VALUE"),
        (("--slurm", "--job", "cores=many"), "needed: a whole number from 1 on"),
    ],
    ids=str,
)
def test_options_that_do_not_go_together_are_told(config, tmp_path, engram, words, message):
    answer = engram("sweep", config, *words, "--output", tmp_path / "out")
    assert answer.code == 2
    assert message in answer.err


def test_a_job_of_slurm_has_a_process_of_one_thread_for_each_core(tmp_path, monkeypatch):
    pytest.importorskip("dask_jobqueue", reason="the optional extra 'cluster'")
    folder = tmp_path / "bin"
    folder.mkdir()
    # Stands for Slurm's: takes the job and never begins it.
    text = f'#!/bin/sh\ncp "$1" {folder}/job.sh\necho "Submitted batch job 1"\n'
    for name, said in (("sbatch", text), ("scancel", "#!/bin/sh\n")):
        (folder / name).write_text(said)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    settings = {"queue": "long", "account": "lab", "walltime": "00:20:00", "cores": "2",
                "memory": "4 GB", "host": "127.0.0.1"}  # fmt: skip
    with reached(Slurm(2, settings)):
        waited((folder / "job.sh").exists)
    job = (folder / "job.sh").read_text()
    for line in ("#SBATCH -p long", "#SBATCH -A lab", "#SBATCH -t 00:20:00",
                 "#SBATCH --cpus-per-task=2", "export OMP_NUM_THREADS=1",
                 "export NUMBA_NUM_THREADS=1"):  # fmt: skip
        assert line in job, job
    assert "--nthreads 1 " in job
    assert "--nworkers 2 " in job


def test_what_slurm_does_not_know_is_told(config, tmp_path):
    pytest.importorskip("dask_jobqueue", reason="the optional extra 'cluster'")
    with pytest.raises((SpecError, EnvironmentFault), match="quue"):
        sweep(plan(config), tmp_path / "out", place=Slurm(1, {"quue": "long"}))
