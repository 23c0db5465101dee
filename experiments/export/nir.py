"""Write the network of a recording in the Neuromorphic Intermediate Representation.

NIR has layers of LIF neurons and matrices between them. A population that receives delta synapses
is `LIF`; one that receives exponential currents of one time constant is `CubaLIF`; a source is
`Input`. All numbers are in SI. A spike is a Dirac pulse, which a membrane divides by its time
constant: so `r = tau` lets a weight be the jump of the voltage, and `w_in = tau_syn` that of the
current. What NIR has no word for is refused by name.

References
----------
Pedersen, J. E. et al. (2024). Neuromorphic intermediate representation. Nature Communications 15,
8122.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.export.network import Network
from neuro.errors import SpecError
from neuro.extras import needed
from neuro.models import MODELS
from neuro.recording import Edges, Recording
from neuro.units import UnitError, parse

MAX_BYTES = 1 << 30
SYNAPSES = ("delta", "exponential")
MS = 1e-3

Float = NDArray[np.float64]


def write(_recording: Recording, network: Network, path: Path) -> None:
    """Write the network.

    Parameters
    ----------
    network : Network
        Populations and projections.
    path : Path
        The file.

    Raises
    ------
    SpecError
        If a population or projection is nothing that NIR can express.
    EnvironmentFault
        If the library `nir` is missing.
    """
    with needed("NIR"):
        import nir
    nodes: dict[str, Any] = {}
    links: list[tuple[str, str]] = []
    for name in network.populations:
        nodes[name] = _population(nir, network, name)
        if not network.is_source(name):
            shape = np.array([network.populations[name].size])
            nodes[f"{name}.out"] = nir.Output({"output": shape})
            links.append((name, f"{name}.out"))
    for name, edges in network.projections.items():
        _check_projection(network, name)
        chain = _chain(nir, network, name, edges)
        nodes |= chain
        stops = [edges.source_pop, *chain, edges.target_pop]
        links += list(pairwise(stops))
    nir.write(path, nir.NIRGraph(nodes, links))


def _population(nir: Any, network: Network, name: str) -> Any:
    population = network.populations[name]
    if network.is_source(name):
        return nir.Input({"input": np.array([population.size])})
    if population.model != "lif":
        raise SpecError(
            f"population '{name}': NIR has no '{population.model}'; it has lif neurons and sources"
        )
    told = network.described("populations", name, "parameters")
    known = {**MODELS["lif"].parameters, **told}
    value = {key: _value(f"population '{name}'", key, known[key]) for key in known}
    if value["t_ref"] != 0:
        raise SpecError(
            f"population '{name}': NIR has no refractory period; t_ref is {known['t_ref']}"
        )
    # A constant current moves the rest potential.
    leak = value["E_L"] + value["R"] * value["I_e"]
    membrane = {"v_leak": leak, "v_threshold": value["V_th"], "v_reset": value["V_reset"]}
    tau = _synaptic(network, name)
    if tau is None:
        return nir.LIF(**_filled(population.size, membrane, tau=value["tau_m"], r=value["tau_m"]))
    times = {"tau_mem": value["tau_m"], "tau_syn": tau, "w_in": tau, "r": value["R"]}
    return nir.CubaLIF(**_filled(population.size, membrane, **times))


def _filled(size: int, *parts: Mapping[str, float], **more: float) -> dict[str, Float]:
    values = {key: value for part in (*parts, more) for key, value in part.items()}
    return {key: np.full(size, value) for key, value in values.items()}


def _value(owner: str, name: str, told: Any) -> float:
    try:
        return parse(told).value
    except (UnitError, TypeError, AttributeError):
        raise SpecError(
            f"{owner}: {name} differs between neurons, and a recording does not hold what was drawn"
        ) from None


def _synaptic(network: Network, name: str) -> float | None:
    """Return the time constant of the currents into a population, None for delta synapses."""
    found: dict[float | None, str] = {}
    for key, edges in network.projections.items():
        if edges.target_pop == name:
            block = network.described("projections", key, "synapse")
            told = block.get("tau", block.get("parameters", {}).get("tau", "5 ms"))
            is_current = network.synapse(key) == "exponential"
            found[_value(f"projection '{key}'", "tau", told) if is_current else None] = key
    if len(found) > 1:
        raise SpecError(
            f"population '{name}': NIR has one kind of synapse for each; projections "
            f"{' and '.join(map(repr, found.values()))} differ"
        )
    return next(iter(found), None)


def _check_projection(network: Network, name: str) -> None:
    told = network.described("projections", name)
    if told.get("plasticity"):
        raise SpecError(
            f"projection '{name}': NIR has no plasticity; its weights would stand still"
        )
    if network.synapse(name) not in SYNAPSES:
        raise SpecError(
            f"projection '{name}': NIR has no synapse '{network.synapse(name)}'; "
            f"it has {' and '.join(SYNAPSES)}"
        )
    target = told.get("synapse", {}).get("target", "soma")
    if target not in ("soma", "v"):
        raise SpecError(f"projection '{name}': NIR has no dendrites; it projects to '{target}'")


def _chain(nir: Any, network: Network, name: str, edges: Edges) -> dict[str, Any]:
    """Return the nodes between two populations: delays of sources, weights, delays of targets."""
    n_source, n_target = (network.populations[p].size for p in (edges.source_pop, edges.target_pop))
    if n_source * n_target * 8 > MAX_BYTES:
        raise SpecError(
            f"projection '{name}': its matrix of {n_target} x {n_source} would need "
            f"{n_source * n_target * 8 / 1e9:.1f} GB; NIR has dense matrices only"
        )
    weight = np.zeros((n_target, n_source))
    np.add.at(weight, (edges.target_ids, edges.source_ids), edges.weight)
    told = {"unit": edges.weight_unit, "order": "weight[target, source]"}
    linear = {name: nir.Linear(weight=weight, metadata=told)}
    delay = edges.delay_ms * MS
    if (of_source := _shared(delay, edges.source_ids, n_source)) is not None:
        return {f"{name}.delay": nir.Delay(delay=of_source), **linear}
    if (of_target := _shared(delay, edges.target_ids, n_target)) is not None:
        return {**linear, f"{name}.delay": nir.Delay(delay=of_target)}
    raise SpecError(
        f"projection '{name}': NIR has a delay for each source or each target, and these synapses "
        "have delays of their own"
    )


def _shared(delay: Float, ids: NDArray[np.uint64], size: int) -> Float | None:
    """Return the one delay of each neuron; None if a neuron has several."""
    found = np.zeros(size)
    found[ids] = delay
    return found if np.array_equal(found[ids], delay) else None
