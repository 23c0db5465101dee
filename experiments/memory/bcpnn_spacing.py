"""Massed against spaced presentation, by sources that show the same each time and that tire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.bcpnn_ages import ask
from experiments.memory.bcpnn_network import BcpnnNetwork
from experiments.memory.bcpnn_settings import BcpnnStudy, SpacingSettings
from experiments.memory.laboratory.curves import Axis, Panel, Series
from networks.spec import Spec
from networks.streams import generator

Array = NDArray[np.float64]
Found = Mapping[tuple[str, int, int], dict[str, float]]


def order_of(asked: SpacingSettings, gap: int) -> NDArray[np.int64]:
    """Return which pattern of the list is shown when: blocks of gap + 1, each `times` in turn."""
    blocks = np.arange(asked.items).reshape(-1, gap + 1)
    return np.concatenate([np.tile(block, asked.times) for block in blocks])


def followers(asked: SpacingSettings, order: NDArray[np.int64]) -> int:
    """Return how many patterns follow a list, so that the mean retention is the same for all."""
    last = [np.flatnonzero(order == item)[-1] for item in range(asked.items)]
    return round(asked.retention - float(np.mean(len(order) - 1 - np.array(last))))


def spaced(spec: Spec, source: str, gap: int, network: int) -> dict[str, float]:
    """Show a list to a spiking network, and ask for it after others.

    Returns
    -------
    dict of str to float
        "recall", "weight" of the pairs of a pattern, "spikes" of a cell in one presentation; the
        same of units at constant rates, where the source shows the same each time, as "rate_...".
    """
    settings: BcpnnStudy = spec.experiment
    asked = settings.spacing or SpacingSettings()
    # All gaps and sources have the same patterns and cues.
    rng = generator(spec.seed, "experiment.spacing", network)
    memory = BcpnnNetwork(spec, generator(spec.seed, f"experiment.spacing.{source}.{gap}", network))
    made, order = memory.rates, order_of(asked, gap)
    before, items = made.draw(asked.before, rng), made.draw(asked.items, rng)
    after = made.draw(followers(asked, order), rng)
    patterns = np.concatenate([before, items[order], after])
    memory.store(patterns, source=source)
    counts = _counts(memory, len(patterns))
    inside = counts[asked.before : asked.before + len(order)][items[order]]
    found = {"spikes": float(inside.mean())}
    answers: dict[str, Any] = {"": memory}
    if source == settings.cue:
        answers["rate_"] = made.empty()
        answers["rate_"].store(patterns)
    for prefix, each in answers.items():
        rng = generator(spec.seed, "experiment.spacing.cues", network)
        answer = ask(each, made, items, asked.silenced, rng)
        found |= {f"{prefix}{name}": float(value.mean()) for name, value in answer.items()}
    return found


def _counts(memory: BcpnnNetwork, n_patterns: int) -> Array:
    """Return how often each cell fired while each pattern was shown, shape (P, N)."""
    learnt, period = memory.history[-1], memory.settings.timing.period.value
    # A spike of the source in the last step of an interval is one of the cell in the next step.
    number = np.minimum(((learnt.times - learnt.begin) / period).astype(np.int64), n_patterns - 1)
    counts = np.zeros((n_patterns, memory.rates.size))
    np.add.at(counts, (number, learnt.cells), 1.0)
    return counts


def spacing_panels(settings: BcpnnStudy, found: Found) -> list[Panel]:
    """Put recall, weights and spikes over the gap, for both sources."""
    asked = settings.spacing or SpacingSettings()
    gaps = np.array(asked.gaps)
    axis = Axis("gap", gaps, "other patterns between one presentation and the next",
                "gap (other patterns)")  # fmt: skip
    title = f"shown {asked.times} times, asked for after {asked.retention} others"
    tail = "the same lists, shown to units at constant rates, mean of networks"

    def series(name: str, definition: str, bounds: tuple[float, float], **more: Any) -> Any:
        made = []
        for source in (settings.cue, settings.tired):
            label = "source that tires" if source == settings.tired else "same each time"
            theory = _table(settings, found, source, f"rate_{name}")
            made.append(
                Series(
                    f"spaced_{name}_{source}", _table(settings, found, source, name), definition,
                    theory=None if theory is None else theory.mean(axis=0),
                    theory_definition=tail, label=label, bounds=bounds, **more,
                )
            )  # fmt: skip
        return tuple(made)

    return [
        Panel(axis, "recalled (fraction)", series(
            "recall", "share of the list that is recalled", (0.0, 1.0), trials=asked.items
        ), title=title),
        Panel(axis, "weight within a pattern", series(
            "weight", "ln P_ij / (P_i P_j), mean of the pairs of a pattern", (-np.inf, np.inf)
        ), title=title),
        Panel(axis, "spikes in a presentation", series(
            "spikes", "spikes of a cell of the pattern in one presentation", (0.0, np.inf)
        ), title=title),
    ]  # fmt: skip


def _table(settings: BcpnnStudy, found: Found, source: str, name: str) -> Any:
    gaps = (settings.spacing or SpacingSettings()).gaps
    if name not in found[source, gaps[0], 0]:
        return None
    return np.array(
        [
            [found[source, gap, network][name] for gap in gaps]
            for network in range(settings.networks)
        ]
    )
