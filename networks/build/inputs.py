"""Turn the inputs of a description into spikes, computed ahead of the run.

An input plays from its beginning in every phase that names it (or that names no inputs at all)
and is cut at the end of the phase.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.sources import Spikes
from networks.build.streams import Streams
from networks.inputs.digits import load_mnist
from networks.inputs.spike_encoders import LatencyEncoder, PoissonEncoder
from networks.spec import Input, Phase, Spec, phases_of
from neuro.errors import SpecError, nearest
from neuro.units import Quantity, parse

ENCODERS: Mapping[str, type[PoissonEncoder] | type[LatencyEncoder]] = {
    "poisson": PoissonEncoder,
    "latency": LatencyEncoder,
}
DATASETS = ("mnist",)


def input_spikes(spec: Spec, streams: Streams) -> dict[str, Spikes]:
    """Compute the spikes that every input gives to its population.

    Parameters
    ----------
    spec : Spec
        The description.
    streams : Streams
        Random streams; each input has its own.

    Returns
    -------
    dict of str to (times, ids)
        By population; times in s since the beginning of the run.

    Raises
    ------
    SpecError
        If a data set or encoder is unknown, or an input does not fit its population.
    """
    parts: dict[str, list[Spikes]] = {}
    for entry in spec.inputs.values():
        given = bool(entry.times)
        if given == bool(entry.dataset):
            raise SpecError(f"inputs.{entry.name}: needs either 'dataset' or 'times'")
        train = _listed(entry, spec) if given else _encoded(entry, spec, streams)
        parts.setdefault(entry.target, []).extend(_placed(entry, train, phases_of(spec)))
    return {name: _joined(trains) for name, trains in parts.items()}


def _listed(entry: Input, spec: Spec) -> Spikes:
    size = spec.populations[entry.target].size
    if len(entry.times) != size:
        raise SpecError(
            f"inputs.{entry.name}.times: {len(entry.times)} lists, but population "
            f"'{entry.target}' has {size} neurons"
        )
    ids = np.repeat(np.arange(size), [len(each) for each in entry.times])
    return np.array([time.value for each in entry.times for time in each]), ids


def _encoded(entry: Input, spec: Spec, streams: Streams) -> Spikes:
    where = f"inputs.{entry.name}"
    images = _images(entry, where)
    size = spec.populations[entry.target].size
    if images[0].size != size:
        raise SpecError(
            f"{where}: an item has {images[0].size} pixels, population '{entry.target}' has "
            f"{size} neurons"
        )
    encoder = _encoder(entry, spec, where)
    rng = streams(where)
    needs_rng = "rng" in inspect.signature(encoder.encode).parameters
    pause = entry.item_duration.value if entry.item_duration else encoder.duration
    times, ids = [], []
    for position, image in enumerate(images):
        train = encoder.encode(image, rng) if needs_rng else encoder.encode(image)
        times.append(train.time + position * pause)
        ids.append(train.index)
    return np.concatenate(times), np.concatenate(ids)


def _images(entry: Input, where: str) -> NDArray[Any]:
    if entry.dataset not in DATASETS:
        hint = nearest(entry.dataset, DATASETS)
        raise SpecError(f"{where}.dataset: unknown data set '{entry.dataset}'{hint}")
    images, _ = load_mnist("train")
    items = entry.items or (0,)
    if min(items) < 0 or max(items) >= len(images):
        raise SpecError(f"{where}.items: {min(items)}..{max(items)}, but there are {len(images)}")
    return images[list(items)]


def _encoder(entry: Input, spec: Spec, where: str) -> Any:
    settings = {name: _plain(value) for name, value in entry.encoder.items() if name != "kind"}
    kind = entry.encoder.get("kind", "poisson")
    if kind not in ENCODERS:
        hint = nearest(kind, list(ENCODERS))
        raise SpecError(f"{where}.encoder.kind: unknown encoder '{kind}'{hint}")
    settings.setdefault("time_step", spec.simulation.dt.value)
    if entry.item_duration is not None:
        settings.setdefault("duration", entry.item_duration.value)
    try:
        return ENCODERS[kind](**settings)
    except TypeError as error:
        raise SpecError(f"{where}.encoder: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Quantity):
        return value.value
    return parse(value).value if isinstance(value, str) else value


def _placed(entry: Input, train: Spikes, phases: tuple[Phase, ...]) -> Iterator[Spikes]:
    times, ids = train
    start = 0.0
    for phase in phases:
        if phase.inputs is None or entry.name in phase.inputs:
            inside = times < phase.duration.value
            yield times[inside] + start, ids[inside]
        start += phase.duration.value


def _joined(trains: list[Spikes]) -> Spikes:
    if not trains:
        return np.empty(0), np.empty(0, dtype=np.int64)
    times, ids = (np.concatenate(column) for column in zip(*trains, strict=True))
    return times, ids
