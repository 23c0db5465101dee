"""Objects shown to one neuron with branches: what its branches and its soma did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.branch_settings import BranchStrength
from networks.build import Built, build, listen, set_phase
from networks.build.outlets import watch
from networks.spec import Phase, Recording, Spec
from networks.streams import generator
from neuro.dimensions import TIME
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.engines.taps import Tap
from neuro.errors import SpecError
from neuro.units import Quantity

Floats = NDArray[np.float64]
Spikes = tuple[Floats, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Responses:
    """Hold what one neuron did after it had learnt, and how it got there.

    Attributes
    ----------
    potential : array of float64, shape (n_objects, n_branches)
        Mean potential of each branch while an object is shown, in V.
    drive : array of float64, shape (n_objects, n_branches)
        What the learnt weights predict of it (Campbell's theorem), in V.
    branch, soma : array of float64, shape (n_objects, n_branches) and (n_objects,)
        Spikes in each presentation.
    strength : array of float64, shape (n_presentations + 1, n_branches)
        Of the branches before and after each presentation while synapses learn, in V.
    """

    potential: Floats
    drive: Floats
    branch: Floats
    soma: Floats
    strength: Floats


def feeding(spec: Spec, feature: str) -> list[str]:
    """Return the projections from a feature to the branches."""
    branches = spec.experiment.roles.branches
    return [
        name
        for name, each in spec.projections.items()
        if each.source == feature and each.target == branches
    ]


def show_objects(spec: Spec, network: int) -> Responses:
    """Let one neuron learn, then show it all objects.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `BranchStrength`.
    network : int
        Number of the independent neuron.

    Returns
    -------
    Responses
        What it did.
    """
    settings: BranchStrength = spec.experiment
    roles = settings.roles
    order = [number % len(settings.learnt) for number in range(settings.presentations)]
    order += [number for number in range(len(settings.objects)) for _ in range(settings.tests)]
    spikes = _input(spec, order, generator(spec.seed, "experiment.input", network))
    described = replace(spec, recordings=_recordings(settings))
    built = build(described, network, spikes=spikes, counts=False)
    listeners = {name: listen(built, name) for name in (roles.branches, roles.soma)}
    strength: list[Floats] = []
    potential = _Averages(settings, len(order), spec.populations[roles.branches].size)
    taps = (
        Tap(built.monitors["potential"].monitor, potential.add, variable=roles.potential),
        Tap(built.monitors["strength"].monitor, lambda _t, rows: strength.append(rows), "weight"),
    )
    simulate(built.network, _stretches(built), Outlets(taps=taps, watched=watch(built)))
    counts = {
        name: _count(settings, np.asarray(each.t_[:]), np.asarray(each.i[:]), len(order),
                     spec.populations[name].size)
        for name, each in listeners.items()
    }  # fmt: skip
    return Responses(
        potential=_by_object(settings, potential.mean),
        drive=_drive(built, settings),
        branch=_by_object(settings, counts[roles.branches]),
        soma=_by_object(settings, counts[roles.soma])[:, 0],
        strength=np.concatenate(strength)[: settings.presentations + 1],
    )


def _recordings(settings: BranchStrength) -> dict[str, Recording]:
    roles = settings.roles
    return {
        "potential": Recording(
            "potential", population=roles.branches, variable=roles.potential, every=settings.sample
        ),
        "strength": Recording(
            "strength", projection=roles.strength, variable="weight",
            every=Quantity(_period(settings), TIME),
        ),
    }  # fmt: skip


def _period(settings: BranchStrength) -> float:
    """Return the time from one presentation to the next, in s."""
    return settings.shown.value + settings.pause.value


class _Averages:
    """Average the potential of each branch while an object is shown."""

    def __init__(self, settings: BranchStrength, n_shown: int, n_branches: int) -> None:
        self.settings = settings
        self.sum = np.zeros((n_shown, n_branches))
        self.n = np.zeros(n_shown)

    def add(self, times: Floats, rows: Floats) -> None:
        number, within = _places(self.settings, times)
        settled = within >= self.settings.settled.value
        during = settled & (within < self.settings.shown.value) & (number < len(self.n))
        np.add.at(self.sum, number[during], rows[during])
        np.add.at(self.n, number[during], 1)

    @property
    def mean(self) -> Floats:
        """Return shape (n_shown, n_branches)."""
        return np.asarray(self.sum / self.n[:, None])


def _places(settings: BranchStrength, times: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return which presentation each time is in, and how long it has lasted."""
    period = _period(settings)
    # Times on the grid may miss the begin of a presentation by their rounding.
    number = np.floor(times / period + ROUNDING).astype(np.int64)
    return number, times - number * period


ROUNDING = 1e-9


def _stretches(built: Built) -> list[Stretch]:
    """Show the learnt objects while synapses learn, then all of them while none does."""
    settings: BranchStrength = built.spec.experiment
    plastic = [name for name, each in built.spec.projections.items() if each.plasticity]
    n_tests = len(settings.objects) * settings.tests

    def stretch(name: str, n_shown: int, learns: bool) -> Stretch:
        duration = n_shown * _period(settings)
        gates = dict.fromkeys(plastic, learns)
        phase = Phase(name, Quantity(duration, TIME), plasticity=gates)
        return Stretch(name, duration, lambda: set_phase(built, phase))

    return [stretch("learn", settings.presentations, True), stretch("test", n_tests, False)]


def _input(spec: Spec, order: Sequence[int], rng: np.random.Generator) -> dict[str, Spikes]:
    """Draw Poisson spikes of all cells: fast while their feature is shown, else background."""
    settings: BranchStrength = spec.experiment
    dt = spec.simulation.dt.value
    period, shown = round(_period(settings) / dt), round(settings.shown.value / dt)
    spikes = {}
    for name in sorted({name for features in settings.objects for name in features}):
        size = spec.populations[name].size
        chance = np.full((len(order), period), settings.background.value * dt)
        active = [name in settings.objects[number] for number in order]
        chance[active, :shown] = settings.rate.value * dt
        step, cell = np.nonzero(rng.random((len(order) * period, size)) < chance.reshape(-1, 1))
        spikes[name] = np.asarray(step * dt, dtype=np.float64), cell.astype(np.int64)
    return spikes


def _count(
    settings: BranchStrength, times: Floats, ids: NDArray[np.int64], n_shown: int, size: int
) -> Floats:
    """Count spikes while an object is shown, shape (n_shown, size)."""
    number, within = _places(settings, times)
    during = (within < settings.shown.value) & (number < n_shown)
    counts = np.zeros((n_shown, size))
    np.add.at(counts, (number[during], ids[during]), 1)
    return counts


def _by_object(settings: BranchStrength, shown: Floats) -> Floats:
    """Average over the tests of each object, shape (n_objects, ...)."""
    tests = shown[settings.presentations :]
    return np.asarray(tests.reshape(len(settings.objects), settings.tests, -1).mean(axis=1))


def _drive(built: Built, settings: BranchStrength) -> Floats:
    """Predict mean potentials by Campbell's theorem: sum of rate times weight times tau_p."""
    roles = settings.roles
    branches = built.spec.populations[roles.branches]
    tau = branches.parameters["tau_p"]
    if not isinstance(tau, Quantity):
        raise SpecError(f"populations.{roles.branches}.parameters.tau_p: needed: one value")
    summed = {}
    # In the order of the settings: a set's own would differ between processes, and so would sums.
    for name in dict.fromkeys(name for features in settings.objects for name in features):
        (projection,) = feeding(built.spec, name)
        weight, target = built.weights(projection), built.edges[projection].target
        summed[name] = np.bincount(target, weight, minlength=branches.size)
    rates = np.array(
        [
            [settings.rate.value if name in features else settings.background.value
             for name in summed]
            for features in settings.objects
        ]
    )  # fmt: skip
    return np.asarray(tau.value * rates @ np.stack(list(summed.values())))
