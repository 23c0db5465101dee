"""Take the times of a start: of imports, of making a network, of its first steps, of later runs."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender

#: Later runs of the same network, the median of which counts.
N_REPEATS = 7


def seconds(call: Callable[[], Any]) -> tuple[float, float]:
    """Return the wall time and the processor time of a call."""
    wall, cpu = time.perf_counter(), processor_seconds()
    call()
    return time.perf_counter() - wall, processor_seconds() - cpu


def processor_seconds() -> float:
    """Return the processor time of this process and of those that it has started and awaited."""
    # That of this process by `os.times` has ticks of 10 ms.
    return time.process_time() + sum(os.times()[2:4])


def repeats(call: Callable[[], Any]) -> tuple[float, float]:
    """Return the median wall time and the median processor time of some calls."""
    wall, cpu = zip(*(seconds(call) for _ in range(N_REPEATS)), strict=True)
    return statistics.median(wall), statistics.median(cpu)


def start(case: Case, contender: Contender, cache: str) -> dict[str, float]:
    """Take the times of one start.

    Parameters
    ----------
    case : Case
        The network.
    contender : Contender
        Of family "brian2", "standalone" or "numba".
    cache : str
        Folder of Brian2's Cython modules. That of the device comes by the environment.

    Returns
    -------
    dict of str to float
        Seconds: "import", "construct" (groups and synapses), "prepare" (`Network.before_run`:
        Brian2's front end turns equations into statements; its Cython target also compiles),
        "first" (then a run of 0.1 ms; the device compiles or loads here), "repeat" (a further
        one). With " cpu": processor time, compilers included.
    """
    begin = time.perf_counter()
    import brian2

    from experiments.bench.engines.networks import NETWORKS
    from experiments.bench.engines.runtime import choose_device

    if contender.family != "standalone":
        choose_device(contender)
        brian2.prefs.codegen.runtime.cython.cache_dir = cache
    took = {"import": time.perf_counter() - begin}
    if contender.family == "standalone":
        return took | _standalone(case)
    step = 0.1 * brian2.ms
    make = NETWORKS[case.network]
    begin = time.perf_counter()
    network = make(case.size).network
    took["construct"] = time.perf_counter() - begin
    # `Network.run` sets this before it prepares.
    network._clocks = {obj.clock for obj in network.sorted_objects}
    for name, call in (
        ("prepare", lambda: network.before_run({})),
        ("first", lambda: network.run(step)),
    ):
        took[name], took[f"{name} cpu"] = seconds(call)
    took["repeat"], took["repeat cpu"] = repeats(lambda: network.run(step))
    return took


def _standalone(case: Case) -> dict[str, float]:
    import brian2

    from experiments.bench.engines.networks import NETWORKS

    folder = Path(tempfile.mkdtemp(prefix="engram-bench-"))
    brian2.prefs.devices.cpp_standalone.extra_make_args_unix = [f"-j{os.cpu_count() or 1}"]
    brian2.set_device("cpp_standalone", build_on_run=False)
    begin = time.perf_counter()
    network = NETWORKS[case.network](case.size).network
    took = {"construct": time.perf_counter() - begin, "prepare": 0.0, "prepare cpu": 0.0}

    def build() -> None:
        network.run(0.1 * brian2.ms)
        brian2.device.build(directory=str(folder), run=True, with_output=False)

    try:
        took["first"], took["first cpu"] = seconds(build)
        took["repeat"], took["repeat cpu"] = repeats(lambda: brian2.device.run(with_output=False))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return took


def main() -> None:
    """Take the times that the argument asks for and print them as JSON."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    task = json.loads(sys.argv[1])
    took = start(Case(**task["case"]), Contender(**task["contender"]), task["cache"])
    print(json.dumps(took), file=channel, flush=True)


if __name__ == "__main__":
    main()
