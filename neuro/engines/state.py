"""Take the whole state of a Brian2 network, and put it into the same network built anew.

The state is what `Network.store` keeps (all variables, clocks, spikes in flight) and the random
streams with the numbers that were drawn and not used yet; it is a tree of plain values, so that
it can be written without pickle. What a build gives again is not in it, but its digest is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.device.device import NumbaDevice
from neuro.device.rng import Stream
from neuro.engines.brian import brian2
from neuro.errors import DamagedFileError

State = dict[str, Any]
_CONNECTIONS = ("_synaptic_pre", "_synaptic_post")
# Constants that are no part of the description: the first step of a run computes them.
_COMPUTED = ("_timebins", "_period_bins")
# Brian2's name for the time in a stored state: no object can be called so.
_TIME = "0_t"
_QUEUE = "_spikequeue"
_SLOT = "resumed"


def state_of(network: Any) -> State:
    """Return the state of a network between two of its steps.

    Parameters
    ----------
    network : brian2.Network
        In memory, of the device "runtime" or "numba".

    Returns
    -------
    dict
        "objects", "random" and "built"; a copy.
    """
    objects = network._full_state()
    objects[_TIME] = float(np.asarray(network.t_).item())
    for name, key in _built_again(network):
        del objects[name][key]
    state = {"objects": objects, "random": _random_state(), "built": _digest(network)}
    if isinstance(device := brian2.get_device(), NumbaDevice):
        # Taken after all arrays were looked at, so that nothing waits.
        noted = {each.name: device.waiting.noted(each) for each in _synapses(network)}
        state["traces"] = {name: traces for name, traces in noted.items() if traces is not None}
    return state


def put_back(network: Any, state: State) -> None:
    """Put a state into a network that was built as the one it was taken of, and did not run yet.

    Parameters
    ----------
    network : brian2.Network
        The network.
    state : dict
        From `state_of`, here or in another process.

    Raises
    ------
    DamagedFileError
        If it is the state of another network, or has numbers that none can have.
    """
    try:
        if state["built"] != _digest(network):
            raise DamagedFileError(
                "the checkpoint belongs to a network with other connections; was the package "
                "changed since it was written?"
            )
        _ready(network)
        built, objects = network._full_state(), dict(state["objects"])
        _check(network, built, objects)
        for name, key in _built_again(network):
            objects[name] = {**objects[name], key: built[name][key]}
        network._stored_state[_SLOT] = objects
        network.restore(_SLOT)
        del network._stored_state[_SLOT]
        _put_random_state(state["random"])
        if isinstance(device := brian2.get_device(), NumbaDevice):
            for each in _synapses(network):
                if each.name in state["traces"]:
                    device.waiting.put_back(each, state["traces"][each.name])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise DamagedFileError(f"the checkpoint holds another network's state: {error}") from error


def _ready(network: Any) -> None:
    """Lay out queues as the first step of a run does, while they are empty."""
    for each in _all_objects(network):
        if isinstance(each, brian2.synapses.synapses.SynapticPathway):
            if each.queue is None:
                device = brian2.get_device()
                each.queue = device.spike_queue(each.source.start, each.source.stop)
            each.initialise_queue()


def _all_objects(network: Any) -> Iterator[Any]:
    waiting = list(network.objects)
    while waiting:
        each = waiting.pop()
        yield each
        waiting += each.contained_objects


def _synapses(network: Any) -> list[Any]:
    groups = (each for each in _all_objects(network) if isinstance(each, brian2.Synapses))
    return sorted(groups, key=lambda each: str(each.name))


def _built_again(network: Any) -> set[tuple[str, str]]:
    """Return owner and name of what a build gives again: connections, indices, given spikes."""
    found = set()
    for each in _all_objects(network):
        for variable in getattr(each, "variables", {}).values():
            if not isinstance(variable, brian2.core.variables.ArrayVariable):
                continue
            is_own = variable.owner is not None and variable.owner.name == each.name
            is_fixed = variable.read_only and variable.constant
            if is_own and is_fixed and variable.name not in _COMPUTED:
                found.add((each.name, variable.name))
    return found


def _digest(network: Any) -> str:
    """Return what tells connections apart."""
    digest = hashlib.sha256()
    for group in _synapses(network):
        digest.update(str(group.name).encode())
        for name in _CONNECTIONS:
            digest.update(np.ascontiguousarray(group.variables[name].get_value()).tobytes())
    return digest.hexdigest()


def _check(network: Any, built: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse a state whose arrays would not fit where compiled code reads and writes them."""
    if set(built) != set(given):
        raise KeyError(f"objects {sorted(set(built) ^ set(given))}")
    again = _built_again(network)
    pathways = {
        each.name: each
        for each in _all_objects(network)
        if isinstance(each, brian2.synapses.synapses.SynapticPathway)
    }
    for name, own in built.items():
        if not isinstance(own, dict):
            continue
        if {key for key in own if (name, key) not in again} != set(given[name]):
            raise KeyError(f"variables of '{name}'")
        for key, value in given[name].items():
            if key == _QUEUE:
                _check_queue(pathways[name], value)
            elif isinstance(own[key], tuple):
                _check_array(f"{name}.{key}", own, own[key][0], value[0])


def _check_array(where: str, own: Mapping[str, Any], built: NDArray[Any], given: Any) -> None:
    array = np.asarray(given)
    if array.dtype != built.dtype or array.shape != built.shape:
        raise ValueError(f"{where} is {array.dtype} {array.shape}, not {built.dtype} {built.shape}")
    if where.endswith("space") and array.size and not _are_events(array):
        raise ValueError(f"{where} has events that no neuron has")
    if where.endswith("._lastindex") and not 0 <= int(array[0]) <= own["spike_time"][1]:
        raise ValueError(f"{where} is {array[0]}")
    if where.endswith(".N") and (array[0] < 0 or array[0] != own.get("t", (0, array[0]))[1]):
        raise ValueError(f"{where} is {array[0]}")


def _are_events(space: NDArray[Any]) -> bool:
    n = int(space[-1])
    return 0 <= n < space.size and bool(((space[:n] >= 0) & (space[:n] < space.size - 1)).all())


def _check_queue(pathway: Any, state: Any) -> None:
    """Refuse spikes in flight along synapses that do not exist."""
    n_synapses = len(pathway.synapses)
    for numbers, most in _in_flight(state, pathway, n_synapses):
        if numbers.size and (numbers.min() < 0 or numbers.max() >= most):
            raise ValueError(f"spikes in flight of '{pathway.name}' beyond its {n_synapses}")


def _in_flight(state: Any, pathway: Any, n: int) -> Iterator[tuple[NDArray[Any], int]]:
    """Yield numbers of synapses, sources and slots with what they must stay below."""
    if isinstance(state, dict):
        for slot in state["events"]:
            yield slot, n
        if "spikes" in state:
            spikes = state["spikes"]
            yield spikes, max(1, pathway.source.stop - pathway.source.start)
            yield state["n_spikes"], spikes.shape[1] + 1
            if state["n_spikes"].shape != pathway.queue.n_spikes.shape:
                raise ValueError(f"a queue of '{pathway.name}' of another length")
    elif isinstance(state[1], list):
        yield np.array([state[0]]), max(1, len(state[1]))
        for slot in state[1]:
            yield np.array(slot, dtype=np.int64), n
    else:
        yield np.asarray(state[1])[:, 0], state[2][0]
        yield np.asarray(state[1])[:, 1], n


def _random_state() -> State:
    stream = Stream()
    stream.load()
    state: State = {name: array.copy() for name, array in stream.arrays().items()}
    counter = getattr(brian2.get_device(), "counter", None)
    if counter is not None:
        state["counter"] = counter.noted()
    return state


def _put_random_state(state: State) -> None:
    stream = Stream()
    for name, array in stream.arrays().items():
        given = state[name]
        if given.shape != array.shape:
            raise ValueError(f"random stream {name} has another length")
        top = stream.arrays()[name.replace("index", "values")].size
        if name.endswith("_index") and not 0 <= int(given[0]) < top:
            raise ValueError(f"random stream {name} is {int(given[0])}")
        array[:] = given
    stream.store()
    if "counter" in state:
        brian2.get_device().counter.put_back(state["counter"])
