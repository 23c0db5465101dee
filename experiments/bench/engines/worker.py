"""Serve one engine and one network from a process of its own: a line of JSON in, a line out.

The parent says ``build``, ``run`` (as often as it likes) and ``inventory``; what the engine itself
prints goes to standard error.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Engine
from experiments.bench.process import serve


def make(case: Case, contender: Contender) -> Engine:
    """Return what measures a contender; imports its simulator."""
    if contender.family == "standalone":
        from experiments.bench.engines.standalone import Standalone

        return Standalone(case, contender)
    if contender.family == "nest":
        from experiments.bench.engines.nest_kernel import Nest

        return Nest(case, contender)
    if case.n_trials > 1:
        from experiments.bench.engines.trials import Trials

        return Trials(case, contender)
    from experiments.bench.engines.runtime import Runtime

    return Runtime(case, contender)


def answer(engine: Engine, request: str) -> Mapping[str, Any]:
    """Do what the parent asks for and return what it is told."""
    if request == "build":
        begin = time.perf_counter()
        engine.build()
        return {"seconds": time.perf_counter() - begin}
    if request == "run":
        return asdict(engine.run())
    return asdict(engine.inventory())


def service(task: Mapping[str, Any]) -> Callable[[str], Mapping[str, Any]]:
    """Return what answers requests; what the engine has made on disk goes at the end."""
    engine = make(Case(**task["case"]), Contender(**task["contender"]))
    close = getattr(engine, "close", None)
    if close is not None:
        atexit.register(close)
    return lambda request: answer(engine, request)


if __name__ == "__main__":
    serve(service)
