"""Checkpoints of a simulation: when its state goes to disk, and how it comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from neuro.engines.activation import Activation, Target
from neuro.engines.simulation import Place
from neuro.engines.state import put_back, state_of
from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.recording import Checkpoint, Recorder, carry, packed, unpacked, write_checkpoint

# Wall-clock seconds between two checkpoints.
PERIOD = 60.0
# Without a period of the user's own, writing checkpoints takes at most this part of a run.
SHARE = 0.1


@dataclass(slots=True)
class Keeper:
    """Write the state of a network every so often, and when the user stops it.

    Attributes
    ----------
    network : brian2.Network
        What runs.
    recorder : Recorder
        The recording, which is flushed before.
    activation : Activation
        The engine, which has to be the same when the run goes on.
    period : float or None
        Wall-clock seconds between two checkpoints; None for `PERIOD`, or longer if it takes long.
    """

    network: Any
    recorder: Recorder
    activation: Activation
    period: float | None = None
    _due: float = field(init=False)

    def __post_init__(self) -> None:
        """Count from now."""
        self._due = time.monotonic() + (self.period or PERIOD)

    def __call__(self, place: Place, is_last: bool) -> None:
        """Write a checkpoint if it is due, or if the run ends here."""
        began = time.monotonic()
        if not is_last and began < self._due:
            return
        self.recorder.flush()
        engine = self.activation
        state = {
            "engine": [engine.engine, engine.target],
            "place": [place.stretch, place.start],
            "rows": self.recorder.rows,
            "network": state_of(self.network),
        }
        write_checkpoint(self.recorder.path, packed(state))
        now = time.monotonic()
        self._due = now + (self.period or max(PERIOD, (now - began) / SHARE))


def go_on(begun: Checkpoint, network: Any, recorder: Recorder, activation: Activation) -> Place:
    """Put a network and its recording where a checkpoint was written.

    Parameters
    ----------
    begun : Checkpoint
        The checkpoint.
    network : brian2.Network
        Built as the one of the run that was interrupted.
    recorder : Recorder
        Hidden, with populations and projections declared; it is revealed.
    activation : Activation
        The engine that is on.

    Returns
    -------
    Place
        Where the run goes on.

    Raises
    ------
    DamagedFileError
        If checkpoint, network and recording do not belong together.
    EnvironmentFault
        If Brian2 cannot compile as it did for the run.
    """
    state = _opened(begun)
    was, is_now = state["engine"], [activation.engine, activation.target]
    if was != is_now:
        raise EnvironmentFault(
            f"the run was on engine '{was[0]}' ({was[1]}), and here is '{is_now[0]}' "
            f"({is_now[1]}): other bits; resume it as it was begun"
        )
    put_back(network, state["network"])
    carry(recorder.path, state["rows"], recorder)
    recorder.reveal()
    stretch, start = state["place"]
    return Place(int(stretch), float(start))


def target_of(begun: Checkpoint) -> Target:
    """Return what Brian2 compiled to when a checkpoint was written."""
    target = _opened(begun)["engine"][1]
    return "numpy" if target == "numpy" else "cython"


def _opened(begun: Checkpoint) -> dict[str, Any]:
    state = unpacked(begun)
    form = {"engine": list, "place": list, "rows": dict, "network": dict}
    if not isinstance(state, dict) or any(
        not isinstance(state.get(key), kind) for key, kind in form.items()
    ):
        raise DamagedFileError("the checkpoint is none of a simulation")
    if len(state["engine"]) != 2 or len(state["place"]) != 2:
        raise DamagedFileError("the checkpoint is none of a simulation")
    return state
