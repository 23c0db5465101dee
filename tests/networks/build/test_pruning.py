"""Removing synapses leaves everything else as it was, to the bit."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from networks.build import build, remove_synapses
from networks.build.outlets import make_outlets, write_graph
from networks.spec import Recording
from neuro.engines.activation import activate
from neuro.engines.brian import brian2
from neuro.engines.simulation import Stretch, simulate
from neuro.engines.taps import Tap, windows
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, read
from neuro.units import parse

SIZE = 12
# Of potentials near -70 mV in double precision that have risen by 0.1 mV.
LINEAR = 1e-9


@pytest.fixture
def plastic_network(specify):
    """Describe a recurrent network with learning, depression and spikes on long ways."""
    return specify(
        {
            "noise": {"model": "poisson", "size": 20, "parameters": {"rate": "60 Hz"}},
            "exc": {
                "model": "lif",
                "size": SIZE,
                "parameters": {"tau_m": {"uniform": {"low": "15 ms", "high": "25 ms"}}},
            },
        },
        {
            "drive": {
                "source": "noise",
                "target": "exc",
                "synapse": {"model": "exponential", "weight": "60 pA", "delay": "1 ms"},
            },
            "rec": {
                "source": "exc",
                "target": "exc",
                "synapse": {
                    "model": "tsodyks_markram",
                    "weight": {"uniform": {"low": "10 pA", "high": "40 pA"}},
                    "delay": {"uniform": {"low": "1 ms", "high": "20 ms"}},
                },
                "plasticity": {"rule": "stdp_pair", "w_min": "0 pA", "w_max": "60 pA"},
            },
        },
        record=("exc.spikes",),
    )


# Every network of these stories is compiled for engine numba: a minute altogether.
@pytest.fixture(params=["brian2", pytest.param("numba", marks=pytest.mark.slow)])
def engine(request):
    """Return what switches an engine on; both hold spikes on their way in queues of their own."""
    return lambda: activate(request.param, target="numpy")


def halves(engine, spec, keep, prune: bool) -> tuple[np.ndarray, ...]:
    """Run twice 50 ms; between them remove synapses, or only silence them."""
    with engine():
        built = build(spec)
        simulate(built.network, [Stretch("first", 0.0503)])
        assert built.network.t_ == pytest.approx(0.0503)
        if prune:
            remove_synapses(built, "rec", keep)
        else:
            silent = np.where(keep, built.weights("rec"), 0.0)
            built.synapses["rec"].weight = silent * brian2.amp
        simulate(built.network, [Stretch("second", 0.05)])
        monitor = built.monitors["exc_spikes"].monitor
        return (
            np.array(monitor.t_[:]),
            np.array(monitor.i[:]),
            built.weights("rec"),
            np.array(built.groups["exc"].v_[:]),
        )


def test_the_pruned_network_goes_on_as_the_silenced_one(engine, plastic_network):
    frozen = replace(plastic_network.projections["rec"], plasticity=None)
    spec = replace(plastic_network, projections={**plastic_network.projections, "rec": frozen})
    keep = np.arange(SIZE * SIZE) % 3 != 0
    pruned, silenced = halves(engine, spec, keep, True), halves(engine, spec, keep, False)
    assert pruned[0].size > 20
    assert (pruned[0] > 0.0503).any()
    for left, right in zip(pruned, silenced, strict=True):
        np.testing.assert_array_equal(left, right)


def test_removing_nothing_and_removing_after_a_rebuild_change_no_bit(engine, plastic_network):
    """A renewed object with learning, traces and spikes in flight equals the old one."""
    keep = np.ones(SIZE * SIZE, dtype=bool)
    with engine():
        outcomes = []
        for renew in (False, True):
            built = build(plastic_network)
            simulate(built.network, [Stretch("first", 0.0503)])
            if renew:
                _renew_all(built, keep)
            simulate(built.network, [Stretch("second", 0.05)])
            monitor = built.monitors["exc_spikes"].monitor
            state = {
                name: np.array(built.synapses["rec"].variables[name].get_value())
                for name in ("weight", "x", "y", "R", "u", "lastupdate")
            }
            outcomes.append((np.array(monitor.t_[:]), np.array(monitor.i[:]), state))
    (times, nodes, state), (times_, nodes_, state_) = outcomes
    np.testing.assert_array_equal(times, times_)
    np.testing.assert_array_equal(nodes, nodes_)
    for name, values in state.items():
        np.testing.assert_array_equal(values, state_[name], err_msg=name)
    assert np.ptp(state["weight"]) > 0
    assert state["lastupdate"].max() > 0.0503


@pytest.fixture(params=["compiled", "python", "numba"])
def queue(request, monkeypatch):
    """Let Brian2 hold spikes on their way in either of its two queues, or the device in its own."""
    if request.param == "python":
        monkeypatch.setitem(sys.modules, "brian2.synapses.cythonspikequeue", None)
    return "numba" if request.param == "numba" else "brian2"


def test_every_spike_on_its_way_arrives_at_the_synapse_that_it_was_sent_to(specify, queue):
    """All kept synapses, the last one too, get their own spike in flight and nobody else's."""
    n, keep = 6, np.array([False, True, True, False, False, True])
    spec = specify(
        {
            "source": {"model": "spike_generator", "size": n},
            "cell": {"model": "lif", "size": n},
        },
        {
            "p": {
                "source": "source",
                "target": "cell",
                "connectivity": {"rule": "one_to_one"},
                "synapse": {
                    "model": "exponential",
                    "weight": [f"{10 * (i + 1)} pA" for i in range(n)],
                    "delay": "5 ms",
                },
            }
        },
    )
    # The neighbours of a synapse in flight have no spike, whichever way it is misplaced.
    for senders in ([5], [1, 4], [0, 2, 3], [*range(n)]):
        trains = {"source": (np.full(len(senders), 1e-3), np.array(senders))}
        with activate(queue, target="numpy"):
            built = build(spec, spikes=trains)
            simulate(built.network, [Stretch("sent", 0.003)])
            remove_synapses(built, "p", keep)
            simulate(built.network, [Stretch("arrived", 0.005)])
            risen = np.array(built.groups["cell"].v_[:]) - -70e-3
        reached = np.where(keep & np.isin(np.arange(n), senders), np.arange(1, n + 1), 0)
        # The membrane is linear, so what arrives is told by its weight.
        unit = risen.max() / max(reached.max(), 1)
        np.testing.assert_allclose(risen, unit * reached, rtol=LINEAR, atol=LINEAR * 1e-3)
        assert (risen > 0).sum() == (reached > 0).sum()


def _renew_all(built, keep) -> None:
    from networks.build.pruning import _renew

    _renew(built, built.spec.projections["rec"], keep)


def test_edges_keep_their_numbers_and_stay_removed(engine, plastic_network):
    with engine():
        built = build(plastic_network)
        first, second = np.arange(SIZE * SIZE) % 2 == 0, np.arange(SIZE * SIZE) % 3 == 0
        remove_synapses(built, "rec", first)
        remove_synapses(built, "rec", second)
        weights = built.weights("rec")
        left = first & second
        np.testing.assert_array_equal(built.alive["rec"], left)
        np.testing.assert_array_equal(weights, np.where(left, built.initial_weights["rec"], 0))
        ends = np.array(built.synapses["rec"].i[:]), np.array(built.synapses["rec"].j[:])
        np.testing.assert_array_equal(ends[0], built.edges["rec"].source[left])
        np.testing.assert_array_equal(ends[1], built.edges["rec"].target[left])
        remove_synapses(built, "rec", np.zeros(SIZE * SIZE, dtype=bool))
        simulate(built.network, [Stretch("none left", 0.01)])
        assert not built.weights("rec").any()


def test_the_monitor_of_weights_follows(engine, plastic_network):
    every = Recording("w", projection="rec", variable="weight", every=parse("10 ms"))
    rows = []
    with engine():
        built = build(replace(plastic_network, recordings={"w": every}))
        keep = np.arange(SIZE * SIZE) % 4 == 0
        remove_synapses(built, "rec", keep)
        simulate(built.network, [Stretch("run", 0.025)])
        tap = Tap(built.monitors["w"].monitor, lambda _t, w: rows.append(w), "weight")
        for window in windows([tap], 0.025):
            window.hand_over()
    assert np.concatenate(rows).shape == (3, keep.sum())


@pytest.mark.parametrize(
    ("name", "keep", "message"),
    [
        ("rek", np.ones(SIZE * SIZE, dtype=bool), "did you mean 'rec'"),
        ("rec", np.ones(SIZE, dtype=bool), "has 144 edges; the mask"),
        ("rec", np.ones(SIZE * SIZE), "not float64"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(plastic_network, name, keep, message):
    with activate("brian2", target="numpy"):
        built = build(plastic_network)
        with pytest.raises(SpecError, match=message):
            remove_synapses(built, name, keep)


def test_removed_synapses_are_marked_in_the_recording(plastic_network, tmp_path):
    keep = np.arange(SIZE * SIZE) % 3 != 0
    spec = replace(
        plastic_network, recordings={"w": Recording("w", projection="rec", variable="weight")}
    )
    with (
        activate("brian2", target="numpy"),
        Recorder(tmp_path / "pruned.h5", Header("", "{}", {}, {})) as recorder,
    ):
        built = build(spec)
        write_graph(built, recorder)
        stretches = [
            Stretch("first", 0.02),
            Stretch("second", 0.02, prepare=lambda: remove_synapses(built, "rec", keep)),
        ]
        simulate(built.network, stretches, make_outlets(built, recorder, lambda *_: None))
    with read(tmp_path / "pruned.h5") as recording:
        weights = recording.weights("rec")
        assert weights.times_ms.tolist() == pytest.approx([0, 20, 40])
        assert weights.alive[:2].all()
        assert np.array_equal(weights.alive[2], keep)
        assert not weights.data[2][~keep].any()
        assert len(recording.edges("rec").source_ids) == SIZE * SIZE
