"""Go on with a run that was interrupted, from its last checkpoint."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import EXPERIMENTS, SETTINGS, runner
from experiments.progress import Progress
from networks.config import Configuration, load
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError
from neuro.recording import (
    Checkpoint,
    Recording,
    Status,
    read,
    read_checkpoint,
    remove_checkpoint,
    repair,
)

if TYPE_CHECKING:
    from neuro.engines.activation import Target


def resume(path: str | Path, progress: Progress | None = None) -> Path:
    """Go on with a run, and seal its file as if it had never been interrupted.

    A run that died is repaired first, and that is all if it had come to its end. Without a
    checkpoint, because the run did not come as far as the first, it begins anew.

    Parameters
    ----------
    path : path
        FILE.h5.
    progress : Progress, optional
        Who shows how far it is.

    Returns
    -------
    Path
        The sealed file.

    Raises
    ------
    SpecError
        If the run is complete, or is none that can be resumed.
    EnvironmentFault
        If there is no such run, or it is still alive.
    DamagedFileError
        If neither generation of the checkpoint is sound.
    """
    path = Path(path)
    path = path.with_suffix("") if path.suffix == ".parts" else path
    is_dead = (path.parent / f"{path.name}.parts").exists()
    if is_dead:
        repair(path)
    if not path.exists():
        raise EnvironmentFault(f"{path} does not exist; needed: the file of an interrupted run")
    with read(path) as recording:
        if recording.status is Status.OK:
            # Of a run that died after its last row, or before it removed them.
            remove_checkpoint(path)
            if is_dead:
                return path
        configuration = _configuration(recording, path)
    begun = read_checkpoint(path)
    return runner.run(configuration, progress, _target(begun, configuration), begun=begun)


def _target(begun: Checkpoint | None, configuration: Configuration) -> Target | None:
    """Return what Brian2 compiled to when the checkpoint was written: other targets, other bits."""
    spec = configuration.spec
    if begun is None or spec.experiment is not None or spec.simulation.engine != "brian2":
        return None
    from experiments.checkpointing import target_of

    return target_of(begun)


def _check_simulation(recording: Recording, resolved: Mapping[str, Any], path: Path) -> None:
    """Refuse a simulation whose state cannot be taken, or whose network cannot be built again."""
    if resolved.get("simulation", {}).get("engine") == "brian2_standalone":
        raise SpecError(
            f"{path}: engine 'brian2_standalone' runs to its end in one go and leaves no "
            "checkpoints; 'brian2' and 'numba' do"
        )
    if graphs := recording.provenance.get("graphs"):
        raise SpecError(
            f"{path}: the connections of {', '.join(graphs)} were handed over in Python and are "
            "in no configuration; run it again with them"
        )


def _configuration(recording: Recording, path: Path) -> Configuration:
    """Return what a recording was made of, with its own path as output."""
    if recording.status is Status.OK:
        raise SpecError(f"{path} is complete: there is nothing to resume")
    resolved = recording.configuration
    experiment = resolved.get("experiment", {})
    if not isinstance(experiment, dict):
        raise DamagedFileError(f"{path} is damaged: its configuration names no experiment")
    kind = experiment.get("kind")
    if kind is not None and (kind not in EXPERIMENTS or not EXPERIMENTS[kind].resumes):
        known = ", ".join(name for name, entry in EXPERIMENTS.items() if entry.resumes)
        raise SpecError(f"{path}: experiment '{kind}' leaves no checkpoints; these do: {known}")
    if kind is None:
        _check_simulation(recording, resolved, path)
    literal = str(path).replace("{", "{{").replace("}", "}}")
    output = (f"output.path={json.dumps(literal)}", "output.overwrite=true")
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "resolved.yaml"
        text.write_text(recording.resolved, encoding="utf-8")
        loaded = load(text, output, experiments=SETTINGS)
    return replace(loaded, source=recording.config_source, resolved=resolved)
