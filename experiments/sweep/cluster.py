"""Where the points of a sweep run: processes of this machine, a Dask cluster, or jobs of Slurm."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client, LocalCluster, WorkerPlugin

from neuro.errors import EnvironmentFault, SpecError, nearest
from neuro.extras import needed

# A point during whose run so many processes have died is given up.
DEATHS = 2
# What can be asked of a job; all else is said in Dask's own jobqueue.yaml.
OF_A_JOB = (
    "queue", "account", "walltime", "cores", "memory", "interface", "host", "local_directory",
)  # fmt: skip
PATIENCE = "10 s"  # for the answer of a scheduler
THREAD_COUNTS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
)  # fmt: skip
SETTINGS = {
    "distributed.worker.daemon": False,  # experiments have processes of their own
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREAD_COUNTS, "1"),
}


@dataclass(frozen=True, slots=True)
class Local:
    """Ask for processes of this machine.

    Attributes
    ----------
    n_workers : int
        How many; each has one thread.
    """

    n_workers: int = 1


@dataclass(frozen=True, slots=True)
class Remote:
    """Ask for the workers of a Dask cluster that runs already.

    Attributes
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.1:8786``, or the path of its scheduler file.
    """

    address: str


@dataclass(frozen=True, slots=True)
class Slurm:
    """Ask Slurm for jobs that are workers.

    Attributes
    ----------
    n_workers : int
        Processes in all.
    settings : mapping of str to str
        Of a job (`OF_A_JOB`); what is left out is that of the user's `jobqueue.yaml`, but for one
        core and 2 GB for each.
    """

    n_workers: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)


Place = Local | Remote | Slurm


class _Prepared(WorkerPlugin):  # type: ignore[misc]
    """Make a process ready: tasks run beside its main thread, where Brian2 cannot be imported."""

    name = "prepared"

    def setup(self, worker: Any) -> None:  # noqa: ARG002
        """Import what runs."""
        import threadpoolctl

        import experiments.simulation  # noqa: F401

        threadpoolctl.threadpool_limits(1)


class _Ours(_Prepared):
    """Make a process ready that ends with this one."""

    def setup(self, worker: Any) -> None:
        """Leave Ctrl+C to the first process, which ends the others."""
        super().setup(worker)
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def cluster(place: Place) -> Iterator[Client]:
    """Reach processes that run points; those started here end with the block.

    Parameters
    ----------
    place : Local, Remote or Slurm
        Where.

    Yields
    ------
    distributed.Client
        Takes tasks.

    Raises
    ------
    EnvironmentFault
        If a scheduler does not answer, or Slurm or the package for it are not here.
    """
    with dask.config.set(SETTINGS):
        if isinstance(place, Remote):
            with _reached(place) as client:
                yield _prepared(client, _Prepared())
        else:
            processes = _slurm(place) if isinstance(place, Slurm) else _local(place)
            with processes, Client(processes) as client:
                yield _prepared(client, _Ours())


def _prepared(client: Client, plugin: _Prepared) -> Client:
    client.register_plugin(plugin)
    return client


def _local(place: Local) -> LocalCluster:
    return LocalCluster(
        n_workers=place.n_workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    )


def _reached(place: Remote) -> Client:
    where = (
        {"scheduler_file": place.address}
        if place.address.endswith(".json")
        else {"address": place.address}
    )
    try:
        return Client(**where, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            f"no Dask scheduler answers at '{place.address}' within {PATIENCE}; needed: the "
            "address that 'dask scheduler' prints, such as tcp://10.0.0.1:8786, or its scheduler "
            "file"
        ) from error


def _slurm(place: Slurm) -> Any:
    """Return a cluster of jobs; each has one process for each of its cores."""
    settings: dict[str, Any] = dict(place.settings)
    for key in settings:
        if key not in OF_A_JOB:
            raise SpecError(f"--job: unknown key '{key}'{nearest(key, OF_A_JOB)}")
    cores = _whole(settings.pop("cores", "1"))
    memory = settings.pop("memory", f"{2 * cores} GB")
    host = {"host": settings.pop("host")} if "host" in settings else {}
    with needed("jobs of Slurm", "cluster"):
        from dask_jobqueue import SLURMCluster
    jobs = SLURMCluster(
        cores=cores,
        processes=cores,
        memory=memory,
        job_script_prologue=[f"export {name}=1" for name in THREAD_COUNTS],
        scheduler_options={"dashboard_address": ":0", **host},
        silence_logs="critical",
        **settings,
    )
    jobs.scale(jobs=-(-place.n_workers // cores))
    return jobs


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SpecError(f"--job cores={text}; needed: a whole number from 1 on")
    return int(text)
