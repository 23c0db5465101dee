"""From a description to clocked layers: the fast form of a chain of `clocked` cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.network import edges_of
from networks.build.streams import Streams
from networks.build.thinning import thin_alone
from networks.build.wiring import draw_wiring
from networks.spec import Population, Projection, Spec
from neuro.errors import SpecError
from neuro.layers.cells import Reset, StepCell
from neuro.layers.step_layer import advance, at_rest
from neuro.layers.trains import multiply, trains_of
from neuro.models.clocked import CLOCKED
from neuro.units import Quantity

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """Hold one projection and the cells that it reaches.

    Attributes
    ----------
    population : str
        Name of the cells.
    weight : array, shape (n_before, n_cells)
        In volt; 0 where there is no synapse, the sum where there are several.
    cell : StepCell
        The cells.
    """

    population: str
    weight: Array
    cell: StepCell


def layers_of(spec: Spec, replicate: int = 0, dtype: Any = np.float32) -> tuple[Layer, ...]:
    """Draw the layers of a chain of populations, with the weights that `build` draws.

    Parameters
    ----------
    spec : Spec
        Populations of model `clocked`, each reached by one `delta` projection onto J without
        delay and without learning; the first one from a source of spikes.
    replicate : int
        Number of the independent network of the same description.
    dtype : type
        float32 or float64.

    Returns
    -------
    tuple of Layer
        From the first one on.

    Raises
    ------
    SpecError
        If the description is no such chain; the message names the population or projection.
    """
    streams, dt = Streams(spec.seed, replicate), spec.simulation.dt.value
    layers = []
    for projection in _chain(spec):
        edges = edges_of(projection, spec, None, streams)
        wiring = draw_wiring(projection, edges, dt, streams)
        sizes = [spec.populations[name].size for name in (projection.source, projection.target)]
        weight = np.zeros(sizes)
        drawn = wiring.weight
        if projection.pruning is not None:
            drawn = thin_alone(projection, wiring, spec, streams).weight
        np.add.at(weight, (edges.source, edges.target), drawn)
        target = spec.populations[projection.target]
        layers.append(Layer(target.name, weight.astype(dtype), _cell(target)))
    return tuple(layers)


def run_layers(layers: tuple[Layer, ...], spikes: Array) -> list[Array]:
    """Run a chain of layers from rest.

    Parameters
    ----------
    layers : tuple of Layer
        The chain.
    spikes : array of 0 and 1, shape (n_steps, n_samples, n_before)
        What the first layer hears.

    Returns
    -------
    list of array, shape (n_steps, n_samples, n_cells)
        Spikes of each layer.
    """
    found = []
    for layer in layers:
        current = multiply(spikes, layer.weight, trains_of(spikes))
        state = at_rest(spikes.shape[1], current.shape[2], current.dtype)
        spikes, _ = advance(current, layer.cell, state)
        found.append(spikes)
    return found


def _chain(spec: Spec) -> list[Projection]:
    """Return the projections in their order from source to read-out."""
    clocked = {n for n, p in spec.populations.items() if p.model.name == CLOCKED.name}
    after = {projection.source: projection for projection in spec.projections.values()}
    sources = [name for name in spec.populations if name not in clocked]
    if len(sources) != 1 or len(after) != len(spec.projections):
        raise SpecError(
            f"layers are a chain of populations of model '{CLOCKED.name}' behind one source; there "
            f"are {len(sources)} sources, and {len(spec.projections)} projections of "
            f"{len(after)} populations"
        )
    chain: list[Projection] = []
    name = sources[0]
    while name in after and len(chain) < len(spec.projections):
        chain.append(_checked(after[name]))
        name = after[name].target
    reached = {projection.target for projection in chain}
    if reached != clocked or len(chain) != len(clocked):
        lost = sorted(clocked - reached) or sorted(reached - clocked)
        raise SpecError(f"populations {lost}: not in the chain of layers behind '{sources[0]}'")
    return chain


def _checked(projection: Projection) -> Projection:
    where, synapse = f"projections.{projection.name}", projection.synapse
    if synapse.model.name != "delta" or synapse.target != "J":
        raise SpecError(f"{where}.synapse: layers need model 'delta' and target 'J'")
    if not isinstance(synapse.delay, Quantity) or synapse.delay.value:
        raise SpecError(f"{where}.synapse.delay: layers need '0 ms'")
    if projection.plasticity is not None:
        raise SpecError(f"{where}.plasticity: layers do not learn by themselves")
    return projection


def _cell(population: Population) -> StepCell:
    values = {}
    for name in ("decay", "V_th", "keep", "I_e"):
        given = population.parameters[name]
        if not isinstance(given, Quantity):
            raise SpecError(f"populations.{population.name}.parameters.{name}: one for all cells")
        values[name] = given.value
    if values["keep"] not in (0, 1) or values["I_e"]:
        raise SpecError(
            f"populations.{population.name}: layers need keep 1 or 0 and no current I_e"
        )
    reset: Reset = "subtract" if values["keep"] else "hard"
    return StepCell(values["decay"], values["V_th"], reset)
