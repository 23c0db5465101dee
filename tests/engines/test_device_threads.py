"""Threads change no bit: what they share is divided so that every sum keeps its order."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from types import SimpleNamespace
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, ms, second
from device_networks import NETWORKS, edges
from hypothesis import given, settings
from hypothesis import strategies as st
from test_device_equality import differing, run

from neuro.device import numba_device
from neuro.device.codeobject import NumbaCodeObject
from neuro.device.fast import rowlazy
from neuro.device.places import items
from neuro.device.synaptic.layout import Layouts
from neuro.device.threads import elements, region
from neuro.device.threads.rows import divide
from neuro.device.threads.team import BROKEN, Team

MODES = ("strict", "fast")
#: The network that `make test` runs; the others compile for a minute and more.
QUICK = ("cuba", "strict")
#: Wall time in which an interrupted run has to end, in seconds.
PROMPT = 1.0


@pytest.fixture(autouse=True)
def all_is_worth_sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region, "LEAST_STEP", 0)
    monkeypatch.setattr(region, "LEAST_REGION", 0)
    monkeypatch.setattr(elements, "GRAIN", 4)
    monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List the number of threads of each program that runs."""
    found: list[int] = []
    serve = Team.serve

    def note(team: Team, *args: Any) -> None:
        found.append(team.n_threads)
        serve(team, *args)

    monkeypatch.setattr(Team, "serve", note)
    return found


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        pytest.param(name, mode, marks=() if (name, mode) == QUICK else pytest.mark.nightly)
        for name in NETWORKS
        for mode in MODES
    ],
)
def test_threads_change_no_bit(name: str, mode: Any, served: list[int]) -> None:
    # Events that wait are replayed piece by piece: in strict mode to the bit, else to rounding.
    alone = run(name, "numba", "numpy", pieces=1 if mode == "strict" else 2, mode=mode, threads=1)
    for n_threads in (2, 3) if (name, mode) != QUICK else (3,):
        together = run(name, "numba", "numpy", pieces=2, mode=mode, threads=n_threads)
        assert set(served) == {n_threads}
        assert differing(together, alone) == []
        served.clear()


@pytest.mark.parametrize("held", [7, np.int32(7), np.array(7), np.array([7], dtype=np.int32)])
def test_elements_are_counted_however_brian2_keeps_their_number(held: Any) -> None:
    variables = {"N": SimpleNamespace(get_value=lambda: held)}
    code = SimpleNamespace(variables=variables)
    assert NumbaCodeObject.n_elements.fget(code) == 7


CELLS = "v : 1\nu : 1\nx : 1"
#: What a pathway does, and what of it threads divide.
PATHWAYS = {
    "targets": ({"on_pre": "v_post += w"}, "targets"),
    "targets and synapses": ({"on_pre": "v_post += w*u_pre; w *= 0.9"}, "targets"),
    "synapses": ({"on_pre": "w *= 0.9"}, "targets"),
    "sources": ({"on_pre": "u_pre += w"}, "sources"),
    "synapses of a column": ({"on_post": "w += u_pre"}, "synapses"),
    "targets of a column": ({"on_post": "v_pre += w"}, "targets"),
    "the cell of a column": ({"on_post": "v_post += w; w += u_pre"}, "sources"),
    "both sides": ({"on_pre": "v_post += w; u_pre += 1"}, ""),
    "one variable of both sides": ({"on_pre": "v_post += w*v_pre"}, ""),
    "random": ({"on_pre": "v_post += w*rand()"}, ""),
    "delays": ({"on_pre": "v_post += w", "delay": "j*ms"}, ""),
}


def network_of(on: dict[str, Any], is_shuffled: bool = False) -> Network:
    """Build cells that fire often, joined by one pathway."""
    cells = NeuronGroup(40, CELLS, threshold="x > 0.3*i", reset="x = 0", name="cells")
    cells.run_regularly("x = x + 1 + 0.1*i + 0.01*v + 0.01*u", name="regular")
    text = {key: value for key, value in on.items() if key != "delay"}
    synapses = Synapses(cells, cells, "w : 1", name="synapses", **text)
    source, target = edges(40, 40, 0.5, 1)
    if is_shuffled:
        mixed = np.random.default_rng(2).permutation(len(source))
        source, target = source[mixed], target[mixed]
    synapses.connect(i=source, j=target)
    synapses.w = "0.1 + 0.3*sin(i + 7*j)"
    if "delay" in on:
        synapses.delay = on["delay"]
    return Network(cells, synapses, SpikeMonitor(cells, name="spikes"))


def shared_places(network: Network, n_threads: int) -> tuple[set[str], str]:
    """Return the names of the objects of which threads share something, and what of synapses."""
    numba_device.threads = n_threads
    objects = network.sorted_objects
    network._clocks = {obj.clock for obj in objects}
    network.before_run({})
    (layout,) = Layouts(numba_device, objects).decide(is_watched=False)
    ticking = list({id(obj.clock): obj.clock for obj in objects}.values())
    places = items(objects, ticking, numba_device)
    shared = {place.owner.name for place in places if place.step and place.step.region}
    return shared, layout.share


@pytest.mark.usefixtures("numba_device")
@pytest.mark.parametrize("name", PATHWAYS)
def test_what_has_no_order_is_shared(name: str) -> None:
    on, share = PATHWAYS[name]
    pathway = "synapses_post" if "on_post" in on else "synapses_pre"
    assert shared_places(network_of(on), 1) == (set(), "")
    places, found = shared_places(network_of(on), 2)
    assert {"regular", "cells_spike_thresholder"} <= places
    assert found == share
    assert (pathway in places) == bool(share)


@pytest.mark.usefixtures("numba_device")
def test_little_work_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    network = network_of({"on_pre": "v_post += w"})
    assert shared_places(network, 2) == (set(), "")
    monkeypatch.setattr(region, "LEAST_STEP", 0)
    assert shared_places(network, 2) == ({"synapses_pre"}, "targets")


@pytest.mark.slow  # compiles a program for each pathway and number of threads
@pytest.mark.usefixtures("numba_device")
@pytest.mark.parametrize("is_shuffled", [False, True], ids=["ascending", "shuffled"])
def test_sums_keep_their_order(is_shuffled: bool) -> None:
    outcomes = []
    for n_threads in (1, 3):
        brian2.start_scope()
        numba_device.threads = n_threads
        network = network_of(
            {
                "on_pre": {"add": "v_post += w*u_pre", "learn": "w *= 0.99"},
                "on_post": {"back": "u_pre += 0.1*w", "grow": "w += 0.001*x_pre"},
            },
            is_shuffled,
        )
        network.run(10 * ms)
        network.store()
        for _ in range(2):
            network.restore()
            network.run(10 * ms)
            states = network["cells"].get_states(["v", "u", "x"], units=False)
            outcomes.append([*states.values(), network["synapses"].w[:], network["spikes"].i[:]])
    assert len(outcomes[0][-1]) > 1000
    for other in outcomes[1:]:
        for ours, theirs in zip(other, outcomes[0], strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.usefixtures("numba_device")
def test_ctrl_c_is_prompt_and_no_thread_remains() -> None:
    numba_device.threads = 2
    network = network_of({"on_pre": "v_post += w"})
    network.run(1 * ms)
    n_threads = threading.active_count()
    begin = time.perf_counter()
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    network.run(10_000 * second)
    assert time.perf_counter() - begin < 0.3 + PROMPT
    timer.join()
    assert threading.active_count() == n_threads


def test_an_error_of_a_helper_is_raised() -> None:
    def fail(*_: Any) -> None:
        raise FloatingPointError("in a helper")

    team = Team(2)
    team.serve(fail, ())
    while team.words[BROKEN] == 0:
        time.sleep(0.01)
    with pytest.raises(FloatingPointError, match="in a helper"):
        team.fail()
    team.dismiss()
    assert team.error is None


def test_helpers_receive_arrays_anew_only_if_they_changed() -> None:
    received: list[Any] = []
    team, array = Team(2), np.zeros(4)

    def note(words: Any, number: int, job: int, *arguments: Any) -> None:
        received.append(arguments)

    for arguments in ([array, 1.5], [array[:], 1.5], [np.zeros(4), 1.5]):
        team.serve(note, arguments)
        deadline = time.monotonic() + 5
        while not received and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)
    team.dismiss()
    assert len(received) == 2


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), max_size=60),
    n_parts=st.integers(2, 6),
    grain=st.sampled_from([1, 4, 64]),
    is_listed=st.booleans(),
)
def test_rows_are_divided_by_target(
    pairs: list[tuple[int, int]], n_parts: int, grain: int, is_listed: bool
) -> None:
    if not is_listed:
        pairs = sorted(pairs, key=lambda pair: pair[0])
    source, target = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    order = np.argsort(source, kind="stable").astype(np.int32)
    indptr = np.searchsorted(source[order], np.arange(7)).astype(np.int64)
    rows = divide(target, order if is_listed else order[:0], indptr, n_parts, grain)
    listed = order if rows.order is None else rows.order
    found: list[set[int]] = [set() for _ in range(n_parts)]
    for row in range(6):
        cuts = rows.cuts[:, row]
        assert (cuts[0], cuts[-1]) == (indptr[row], indptr[row + 1])
        assert sorted(listed[cuts[0] : cuts[-1]]) == sorted(order[cuts[0] : cuts[-1]])
        for part in range(n_parts):
            synapses = listed[cuts[part] : cuts[part + 1]]
            found[part].update(target[synapses].tolist())
            # In the order in which they were made, as far as they lead to the same target.
            for one in set(target[synapses].tolist()):
                same = synapses[target[synapses] == one]
                assert list(same) == sorted(same)
    for own, others in itertools.pairwise(found):
        assert not {t // grain for t in own} & {t // grain for t in others}
    if rows.order is not None:
        assert rows.target is not None
        assert rows.target.tolist() == target[rows.order].tolist()
