"""Ask sets that are kept as one vector who belongs to them, and how much two have in common.

Every set of `networks.memories` that answers yes or no: sums and signs of random vectors, Bloom
filters with bits and counters, matrices of random signs; over their dimension, beside closed forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.finished import finished_of, keep_finished
from experiments.memory.laboratory.curves import (
    N_FINE,
    Axis,
    Panel,
    Series,
    along,
    write_panels,
    write_series,
)
from experiments.memory.vsa_settings import SetKind, VsaStudy
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.patterns import fixed_k, rademacher
from networks.memories.bloom import BloomFilter, CountingBloom
from networks.memories.bundles import SignBundle, SumBundle
from networks.memories.signed_matrix import SignedMatrix
from networks.memories.vsa_theory import (
    bloom_errors,
    counting_error,
    matrix_errors,
    matrix_product_error,
    product_error,
    sign_errors,
    sign_product_error,
    sum_errors,
    union_error,
)
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

LABELS: dict[SetKind, str] = {
    "map_i": "sums (MAP-I)",
    "map_b": "signs (MAP-B)",
    "bloom": "Bloom",
    "counting": "counting Bloom",
    "matrix": "matrix (Hopfield+-)",
}
# Part of a result -> its definition and unit.
COSTS = {
    "operations_store": ("numbers read and written to store one item, counted", "1"),
    "operations_recall": ("numbers read and written to answer for one item, counted", "1"),
    "bytes": ("size of everything that the set keeps", "byte"),
}
MEMBERSHIP = {
    "map_i": "binomial: m and m (M - 1) random signs, or m M of them, against m / 2",
    "map_b": "binomial of m signs, (1 + c_M) / 2 of them right, or half, against c_M m / 2",
    "bloom": "all k bits of another item are set, by inclusion and exclusion; half of it",
    "counting": "as of a Bloom filter",
    "matrix": "the law of one signed square of a sum of m signs, to the power M",
}
SHARED = {
    "map_i": "sqrt((M**2 + I**2 - 2 I) / m)",
    "map_b": "first order of the noise of m signs",
    "bloom": "first order of the noise of the union's unset bits; NaN where they are few",
    "counting": "sqrt((M**2 + I**2 - 2 I) / (m - 1))",
    "matrix": "sqrt((M**2 + I**2 - 2 I) (3 - 2 / m)) / m",
}


class Kind(NamedTuple):
    """Describe one kind of set.

    Attributes
    ----------
    make : callable
        Takes m and a generator, returns an empty set.
    draw : callable
        Takes a number, m and a generator, returns items.
    membership, shared : callable
        Take m, return the error of a member or stranger, and of the number of common items.
    """

    make: Callable[[int, np.random.Generator], Any]
    draw: Callable[[int, int, np.random.Generator], NDArray[Any]]
    membership: Callable[[int], float]
    shared: Callable[[int], float]


def described(settings: VsaStudy, kind: SetKind) -> Kind:
    """Return how a kind of set is made, what it takes, and what closed forms say of it."""
    n, both, k = settings.items, settings.shared, settings.active

    def sparse(number: int, m: int, rng: np.random.Generator) -> NDArray[Any]:
        return fixed_k(number, m, k, rng)

    known: dict[SetKind, Kind] = {
        "map_i": Kind(
            lambda m, _rng: SumBundle(m), rademacher,
            lambda m: sum_errors(m, n).mean, lambda m: product_error(m, n, both),
        ),
        "map_b": Kind(
            SignBundle, rademacher,
            lambda m: sign_errors(m, n).mean, lambda m: sign_product_error(m, n, both),
        ),
        "bloom": Kind(
            lambda m, _rng: BloomFilter(m, k), sparse,
            lambda m: bloom_errors(m, k, n).mean, lambda m: union_error(m, k, n, both),
        ),
        "counting": Kind(
            lambda m, _rng: CountingBloom(m, k), sparse,
            lambda m: bloom_errors(m, k, n).mean, lambda m: counting_error(m, n, both),
        ),
        "matrix": Kind(
            lambda m, _rng: SignedMatrix(m), rademacher,
            lambda m: matrix_errors(m, n).mean, lambda m: matrix_product_error(m, n, both),
        ),
    }  # fmt: skip
    return known[kind]


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every kind of set at every dimension.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `VsaStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The replicates that are complete already.
    """
    spec = configuration.spec
    settings: VsaStudy = spec.experiment
    found: dict[str, Any] = dict(finished_of(begun) or {})
    progress.stage("ask sets", settings.networks * len(settings.kinds), "replicates")
    for number, (network, kind) in enumerate(_each(settings)):
        name = f"{kind}/{network}"
        if name not in found:
            found[name] = measured(settings, kind, spec.seed, network)
            keep_finished(recorder, found)
        progress.advance(number + 1)
    panels = list(_panels(settings, found))
    write_panels(recorder, panels)
    for axis, kinds in _axes(settings):
        for kind in kinds:
            _write_costs(recorder, settings, found, kind, axis)
    _show(panels, settings)


def _each(settings: VsaStudy) -> Iterator[tuple[int, SetKind]]:
    for network in range(settings.networks):
        for kind in settings.kinds:
            yield network, kind


def measured(settings: VsaStudy, kind: SetKind, seed: int, network: int) -> dict[str, list[float]]:
    """Measure one kind of set in one replicate.

    Returns
    -------
    dict of str to list of float
        By part: a number for each dimension.
    """
    rng = generator(seed, f"experiment.{kind}", network)
    rows: dict[str, list[float]] = {}
    for m in settings.sides if kind == "matrix" else settings.dimensions:
        tries = [asked(settings, described(settings, kind), m, rng) for _ in range(settings.sets)]
        row = {name: float(np.mean([each[name] for each in tries])) for name in tries[0]}
        row["shared"] = float(np.sqrt(row["shared"]))
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
    return rows


def asked(settings: VsaStudy, kind: Kind, size: int, rng: np.random.Generator) -> dict[str, float]:
    """Fill two sets that share some items, and ask the first one.

    Returns
    -------
    dict of str to float
        Errors, the squared error of the number of shared items, and costs.
    """
    n, both = settings.items, settings.shared
    item = kind.draw(3 * n - both, size, rng)
    first, second = kind.make(size, rng), kind.make(size, rng)
    first.store(item[:n])
    second.store(item[n - both : 2 * n - both])
    stored = first.operations
    miss = float(1 - first.holds(item[:n]).mean())
    alarm = float(first.holds(item[2 * n - both :]).mean())
    recalled = first.operations - stored
    return {
        "miss": miss,
        "false_alarm": alarm,
        "membership": (miss + alarm) / 2,
        "shared": (first.common(second) - both) ** 2,
        "operations_store": (stored.reads + stored.writes) / n,
        "operations_recall": (recalled.reads + recalled.writes) / (2 * n),
        "bytes": float(first.bytes),
    }


def _axes(settings: VsaStudy) -> Iterator[tuple[Axis, tuple[SetKind, ...]]]:
    """Yield the axis of vectors and that of matrices, with their kinds."""
    vectors = tuple(kind for kind in settings.kinds if kind != "matrix")
    if vectors:
        yield _axis("dimension", settings.dimensions, "numbers of a vector m"), vectors
    if "matrix" in settings.kinds:
        label = "numbers of a vector m, of a matrix of m x m"
        yield _axis("side", settings.sides, label), ("matrix",)


def _axis(name: str, places: tuple[int, ...], label: str) -> Axis:
    fine = np.unique(np.rint(np.geomspace(places[0], places[-1], N_FINE))).astype(np.int64)
    return Axis(name, np.array(places), label, label, scale="log", fine=fine)


def _panels(settings: VsaStudy, found: dict[str, Any]) -> Iterator[Panel]:
    title = f"sets of {settings.items} items, two of them share {settings.shared}"
    for axis, kinds in _axes(settings):
        membership = tuple(_membership(settings, found, kind, axis) for kind in kinds)
        shared = tuple(_shared(settings, found, kind, axis) for kind in kinds)
        yield Panel(axis, "wrong answers (fraction)", membership, "log", title)
        yield Panel(axis, "error of the intersection (items)", shared, "log")


def _table(settings: VsaStudy, found: dict[str, Any], kind: SetKind, part: str) -> NDArray[Any]:
    return np.array([found[f"{kind}/{network}"][part] for network in range(settings.networks)])


def _membership(settings: VsaStudy, found: dict[str, Any], kind: SetKind, axis: Axis) -> Series:
    theory, fine = along(axis, described(settings, kind).membership)
    return Series(
        f"membership_{kind}", _table(settings, found, kind, "membership"),
        "fraction of answers that are wrong, half of the items asked for being members",
        theory=theory, theory_fine=fine, theory_definition=MEMBERSHIP[kind], label=LABELS[kind],
        bounds=(0.0, 1.0), trials=2 * settings.items * settings.sets,
    )  # fmt: skip


def _shared(settings: VsaStudy, found: dict[str, Any], kind: SetKind, axis: Axis) -> Series:
    theory, fine = along(axis, described(settings, kind).shared)
    return Series(
        f"shared_{kind}", _table(settings, found, kind, "shared"),
        "root of the mean squared error of the estimated number of items that two sets share",
        theory=theory, theory_fine=fine, theory_definition=SHARED[kind], label=LABELS[kind],
    )  # fmt: skip


def _write_costs(
    recorder: Recorder, settings: VsaStudy, found: dict[str, Any], kind: SetKind, axis: Axis
) -> None:
    read = partial(_table, settings, found, kind)
    for name, (definition, unit) in COSTS.items():
        write_series(
            recorder, Series(f"{name}_{kind}", read(name), definition, unit), against=axis.name
        )
    asked_for = settings.items * settings.sets
    for name, definition in (("miss", "members denied"), ("false_alarm", "others taken for one")):
        rates = Series(f"{name}_{kind}", read(name), f"fraction of {definition}",
                       bounds=(0.0, 1.0), trials=asked_for)  # fmt: skip
        write_series(recorder, rates, against=axis.name)


def _show(panels: list[Panel], settings: VsaStudy) -> None:
    """Print what the panels hold, with theory in brackets."""
    for panel in panels:
        rows = [
            (f"{place}", *(f"{s.mean[k]:.4g} ({s.theory[k]:.4g})" for s in panel.series
                           if s.theory is not None))
            for k, place in enumerate(panel.axis.values.tolist())
        ]  # fmt: skip
        columns = ("m", *(f"{each.label} (theory)" for each in panel.series))
        show_table(f"{panel.quantity}, {settings.networks} replicates", columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("vsa", "memory/vsa.yaml")
