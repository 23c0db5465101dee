"""Run a configuration from its description to the sealed file."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.broadcast import Broadcast
from experiments.progress import Progress, Silent
from experiments.provenance import files_told, provenance
from networks.config import Configuration
from networks.config.run import field_problem
from networks.needs.disk import check_disk
from networks.needs.memory import check_budget
from networks.objections import refuse
from networks.spec import FOLDER_ENDINGS, Spec
from networks.streams import seeds
from neuro.engines.interruption import listening
from neuro.errors import EnvironmentFault, Interrupted, SpecError
from neuro.recording import Checkpoint, Header, Recorder, checkpoint_path, remove_checkpoint

if TYPE_CHECKING:
    from neuro.engines.activation import Activation, Target

FLUSH_SECONDS = 2.0


def run(
    configuration: Configuration,
    progress: Progress | None = None,
    target: Target | None = None,
    graphs: Mapping[str, Any] | None = None,
    begun: Checkpoint | None = None,
) -> Path:
    """Run a configuration and seal its file.

    A configuration with an experiment is handed to that experiment; another one is built,
    simulated phase by phase and recorded.

    Parameters
    ----------
    configuration : Configuration
        What to run.
    progress : Progress, optional
        Who shows how far it is.
    target : {"numpy", "cython"}, optional
        Force Brian2's target, for tests; by default the fastest that works here.
    graphs : mapping of str to networkx.Graph or SciPy sparse matrix, optional
        Connections of a projection, instead of its rule. The file holds them as it holds drawn
        ones, and `provenance` names the projections.
    begun : Checkpoint, optional
        From which the experiment goes on, see `experiments.resumption`.

    Returns
    -------
    Path
        The sealed file.

    Raises
    ------
    SpecError
        If the description cannot be built, or its experiment objects to it, or is given graphs,
        which it does not take; nothing is recorded, and the path stays free.
    NumericalError
        If a variable became NaN or ran away; the file has status 2.
    EnvironmentFault
        If the file exists, the disk is full, a compiler is missing, ...
    Interrupted
        If the user pressed Ctrl+C; the file has status 3.
    """
    spec, shown = configuration.spec, progress or Silent()
    if graphs and spec.experiment is not None:
        raise SpecError("graphs: an experiment builds networks of its own and takes none")
    asked = at_size(configuration)
    path = output_path(spec)
    warning = "" if spec.experiment is not None else _need(spec, path, begun)
    try:
        with (
            shown,
            listening() as interruption,
            _engine(spec, target) as activation,
        ):
            if activation is not None and activation.notice:
                shown.notice(activation.notice)
            header = Header(
                configuration.source,
                json.dumps(configuration.resolved),
                provenance(spec.simulation, activation) | _told(graphs) | files_told(spec),
                seeds(spec),
            )
            is_hidden = begun is not None and spec.experiment is None
            with _recorder(spec, path, header, is_hidden) as recorder:
                told = Broadcast(shown, recorder)
                if warning:
                    told.notice(warning)
                if begun is None:
                    remove_checkpoint(path)  # of a run that is overwritten
                if activation is not None and spec.experiment is None:
                    from experiments.simulation import simulate_and_record

                    simulate_and_record(
                        spec, graphs, recorder, told, interruption, activation, begun
                    )
                else:
                    given = () if begun is None else (begun,)
                    _experiment(spec).run(asked, recorder, told, *given)
    except (KeyboardInterrupt, Interrupted) as stopped:
        advice = f"; `engram resume {path}` goes on" if checkpoint_path(path).exists() else ""
        where = str(stopped) or "stopped by Ctrl+C outside of the simulation of its network"
        raise Interrupted(f"{where}{advice}") from None
    remove_checkpoint(path)
    return path


def _need(spec: Spec, path: Path, begun: Checkpoint | None) -> str:
    """Refuse what fits no memory or disk, before Brian2 is loaded; return a warning, or nothing."""
    # What fits no memory is told as that, although it would fit no disk either.
    check_budget(spec)
    return check_disk(spec, path.parent) if begun is None else ""


@contextlib.contextmanager
def _engine(spec: Spec, target: Target | None) -> Iterator[Activation | None]:
    """Switch the engine on; an experiment without cells has none, and does not load Brian2."""
    if spec.experiment is not None and not spec.populations:
        yield None
        return
    from neuro.engines.activation import activate

    simulation = spec.simulation
    if spec.quick and spec.experiment is not None:
        # Through before a compiler has begun, with the same results.
        target = target or "numpy"
    with activate(
        simulation.engine, target=target, mode=simulation.mode, threads=simulation.threads
    ) as activation:
        yield activation


def at_size(configuration: Configuration) -> Configuration:
    """Return what is handed to an experiment: itself at the size of a test if `quick` is asked for.

    Parameters
    ----------
    configuration : Configuration
        As it was read; one without an experiment is returned as it is.

    Returns
    -------
    Configuration
        Its description holds the settings that are to be run.

    Raises
    ------
    SpecError
        If the experiment, at the size written down, objects to the description.
    """
    spec = configuration.spec
    if hasattr(spec.experiment, "objections"):
        refuse(spec.experiment.objections(spec))
    if not spec.quick or spec.experiment is None:
        return configuration
    return replace(configuration, spec=replace(spec, experiment=spec.experiment.quick()))


def _recorder(spec: Spec, path: Path, header: Header, is_hidden: bool) -> Recorder:
    flush = spec.output.flush
    return Recorder(
        path,
        header,
        flush_seconds=flush.value if flush is not None else FLUSH_SECONDS,
        compression=spec.output.compression,
        overwrite=spec.output.overwrite,
        is_hidden=is_hidden,
    )


def output_path(spec: Spec, now: datetime | None = None) -> Path:
    """Fill in `output.path`.

    `{name}` is the name of the configuration, `{run_id}` the time in UTC, with a number behind it
    if a run of the same second exists.

    Parameters
    ----------
    spec : Spec
        The description.
    now : datetime, optional
        The time of the run.

    Returns
    -------
    Path
        Where the file goes; nothing is created.

    Raises
    ------
    SpecError
        If the path has another placeholder, or ends like that of a folder.
    EnvironmentFault
        If a path without `{run_id}` is taken, or is a folder.
    """
    template = spec.output.path
    if problem := field_problem(template):
        raise SpecError(f"output.path: '{template}': {problem}")
    if template.endswith(FOLDER_ENDINGS):
        raise SpecError(
            f"output.path: '{template}' ends like a folder; "
            "needed: a file, such as runs/{name}.h5"
        )
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    path = Path(template.format(name=spec.name, run_id=stamp))
    if path == Path(template.format(name=spec.name, run_id="")):
        if path.is_dir():
            raise EnvironmentFault(
                f"{path} is a folder; needed in output.path: a file, such as {path}/{{name}}.h5"
            )
        if path.exists() and not spec.output.overwrite:
            raise EnvironmentFault(
                f"{path} exists; choose another output.path, put {{run_id}} into it, or say "
                f"output.overwrite=true"
            )
        return path
    number = 1
    while path.exists() or path.with_name(f"{path.name}.parts").exists():
        number += 1
        path = Path(template.format(name=spec.name, run_id=f"{stamp}-{number}"))
    return path


def _experiment(spec: Spec) -> Any:
    from experiments import EXPERIMENTS

    for entry in EXPERIMENTS.values():
        if type(spec.experiment) is entry.settings:
            return importlib.import_module(entry.module)
    raise SpecError(f"experiment: no experiment has settings {type(spec.experiment).__name__}")


def _told(graphs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Name the projections whose connections were handed over, with what they came in."""
    return (
        {"graphs": {name: type(graph).__name__ for name, graph in graphs.items()}} if graphs else {}
    )
