"""The networks of the benchmarks for NEST, with the parameters and pairs of the Brian2 scripts.

Where NEST's models differ: a spike acts one step later (its shortest delay is one step, Brian2's
none); `iaf_cond_exp` integrates with an adaptive step; `stdp_synapse` places the delay on the
dendrite, Brian2's pair rule on the axon. Brian2 frees a cell one step earlier, so one step is taken
off the refractory time here. Potentials are in mV; a membrane whose capacitance in pF is its time
constant in ms turns a current in pA into a drift of as many mV, so weights keep their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import nest
import numpy as np
from brian2 import ms, mV, nA, nS, pF
from numpy.typing import NDArray

from experiments.bench.engines.networks import brunel, coba, cuba, reservoir
from experiments.bench.engines.networks.base import EXCITATORY_SHARE, Pairs, random_pairs

STEP = 0.1


def _connect(cells: Any, first: int, pairs: Pairs, to: int = 0, **spec: Any) -> None:
    """Connect cell ``first + i`` with cell ``to + j`` for every pair."""
    begin = cells[0].global_id
    # NEST takes arrays of numbers of cells, and of values, one for each synapse.
    given = {k: v if isinstance(v, str) else np.broadcast_to(v, len(pairs[0])).astype(float)
             for k, v in spec.items()}  # fmt: skip
    nest.Connect(
        pairs[0].astype(np.int64) + begin + first,
        pairs[1].astype(np.int64) + begin + to,
        conn_spec="one_to_one",
        syn_spec=given,
    )


def _constant(name: str, weight: float, delay: float) -> str:
    """Make a synapse model whose weight is stored once, and return its name."""
    nest.CopyModel("static_synapse_hom_w", name, {"weight": weight, "delay": delay})
    return name


def _cuba_cells(potential: NDArray[np.float64]) -> Any:
    tau = float(cuba.PARAMETERS["tau_m"] / ms)
    return nest.Create(
        "iaf_psc_exp",
        len(potential),
        {
            "E_L": float(cuba.PARAMETERS["El"] / mV),
            "tau_m": tau,
            "C_m": tau,
            "tau_syn_ex": float(cuba.PARAMETERS["tau_e"] / ms),
            "tau_syn_in": float(cuba.PARAMETERS["tau_i"] / ms),
            "V_th": float(cuba.PARAMETERS["v_threshold"] / mV),
            "V_reset": float(cuba.PARAMETERS["v_reset"] / mV),
            "t_ref": 5.0 - STEP,
            "V_m": potential,
        },
    )


def _cuba(n: int) -> Any:
    cells, (e, i) = _cuba_cells(cuba.initial_mv(n)), cuba.pathways(n)
    w_e, w_i = (float(cuba.PARAMETERS[name] / mV) for name in ("w_e", "w_i"))
    _connect(cells, 0, e, synapse_model=_constant("excitation", w_e, STEP))
    n_e = int(EXCITATORY_SHARE * n)
    _connect(cells, n_e, i, synapse_model=_constant("inhibition", w_i, STEP))
    return cells


def _cuba_trials(n: int, n_trials: int) -> Any:
    cells = _cuba_cells(cuba.initial_trials_mv(n, n_trials))
    e, i = cuba.pathways_side_by_side(n, n_trials)
    w_e, w_i = (float(cuba.PARAMETERS[name] / mV) for name in ("w_e", "w_i"))
    _connect(cells, 0, e, synapse_model=_constant("excitation", w_e, STEP))
    _connect(cells, 0, i, synapse_model=_constant("inhibition", w_i, STEP))
    return cells


def _cuba_delays(n: int) -> Any:
    cells, (e, i) = _cuba_cells(cuba.initial_mv(n)), cuba.pathways(n)
    w_e, w_i = (float(cuba.PARAMETERS[name] / mV) for name in ("w_e", "w_i"))
    n_e = int(EXCITATORY_SHARE * n)
    for seed, (first, pairs, weight) in enumerate(((0, e, w_e), (n_e, i, w_i))):
        model = _constant(f"pathway_{seed}", weight, STEP)
        delay = cuba.delays_ms(len(pairs[0]), seed)
        _connect(cells, first, pairs, synapse_model=model, delay=delay)
    return cells


def _coba(n: int) -> Any:
    named = coba.PARAMETERS
    cells = nest.Create(
        "iaf_cond_exp",
        n,
        {
            "C_m": float(named["C"] / pF),
            "g_L": float(named["g_l"] / nS),
            "E_L": float(named["El"] / mV),
            "E_ex": float(named["Ee"] / mV),
            "E_in": float(named["Ei"] / mV),
            "I_e": 1000 * float(named["current"] / nA),
            "tau_syn_ex": float(named["tau_e"] / ms),
            "tau_syn_in": float(named["tau_i"] / ms),
            "V_th": float(named["v_threshold"] / mV),
            "V_reset": float(named["v_reset"] / mV),
            "t_ref": 5.0 - STEP,
            "V_m": cuba.initial_mv(n),
        },
    )
    e, i = cuba.pathways(n)
    n_e = int(EXCITATORY_SHARE * n)
    w_e, w_i = float(named["w_e"] / nS), -float(named["w_i"] / nS)
    _connect(cells, 0, e, synapse_model=_constant("excitation", w_e, STEP))
    _connect(cells, n_e, i, synapse_model=_constant("inhibition", w_i, STEP))
    return cells


def _reservoir(n: int) -> Any:
    drawn = reservoir.diversity(n)
    cells = nest.Create(
        "iaf_psc_exp",
        n,
        {
            "E_L": drawn.drive_mv,
            "tau_m": drawn.tau_ms,
            "C_m": drawn.tau_ms,
            "tau_syn_ex": float(reservoir.PARAMETERS["tau_s"] / ms),
            "tau_syn_in": float(reservoir.PARAMETERS["tau_s"] / ms),
            "V_th": float(reservoir.PARAMETERS["v_threshold"] / mV),
            "V_reset": float(reservoir.PARAMETERS["v_reset"] / mV),
            "t_ref": 2.0 - STEP,
            "V_m": drawn.initial_mv,
        },
    )
    pairs = random_pairs(n, n, reservoir.P, 4)
    _connect(cells, 0, pairs, weight=reservoir.weights_mv(n, len(pairs[0])), delay=1.0)
    return cells


def _brunel_cells(n: int, rest: float) -> Any:
    return nest.Create(
        "iaf_psc_delta",
        n,
        {
            "E_L": rest,
            "tau_m": float(brunel.PARAMETERS["tau"] / ms),
            "C_m": float(brunel.PARAMETERS["tau"] / ms),
            "tau_minus": float(brunel.PARAMETERS["tau_minus"] / ms),
            "V_th": float(brunel.PARAMETERS["theta"] / mV),
            "V_reset": float(brunel.PARAMETERS["v_reset"] / mV),
            "t_ref": 2.0 - STEP,
            "V_m": brunel.initial_mv(n),
        },
    )


def _noise(cells: Any) -> None:
    rate = brunel.N_EXTERNAL * float(brunel.RATE)
    weight, delay = float(brunel.PARAMETERS["J"] / mV), float(brunel.DELAY / ms)
    source = nest.Create("poisson_generator", params={"rate": rate})
    nest.Connect(source, cells, syn_spec={"weight": weight, "delay": delay})


def _pathway(cells: Any, name: str, first: int, last: int, model: str = "") -> None:
    """Connect excitatory or inhibitory cells with cells `first` to `last`, as in Brian2."""
    n = len(cells)
    n_e = int(EXCITATORY_SHARE * n)
    n_source, begin, weight = (n - n_e, n_e, "J_i") if name == "inhibition" else (n_e, 0, "J")
    delay = float(brunel.DELAY / ms)
    model = model or _constant(name, float(brunel.PARAMETERS[weight] / mV), delay)
    pairs = random_pairs(n_source, last - first, brunel.P, first + n_source)
    _connect(cells, begin, pairs, first, synapse_model=model)


def _brunel(n: int) -> Any:
    cells = _brunel_cells(n, 0.0)
    _noise(cells)
    _pathway(cells, "excitation", 0, n)
    _pathway(cells, "inhibition", 0, n)
    return cells


def _brunel_driven(n: int) -> Any:
    cells = _brunel_cells(n, float(brunel.PARAMETERS["drive"] / mV))
    _pathway(cells, "excitation", 0, n)
    _pathway(cells, "inhibition", 0, n)
    return cells


def _brunel_plastic(n: int) -> Any:
    named = brunel.PARAMETERS
    cells = _brunel_cells(n, 0.0)
    _noise(cells)
    nest.CopyModel(
        "stdp_synapse_hom",
        "learning",
        {
            "weight": float(named["J"] / mV),
            "delay": float(brunel.DELAY / ms),
            "Wmax": float(named["w_max"] / mV),
            "lambda": float(named["a_plus"] / named["w_max"]),
            "alpha": float(-named["a_minus"] / named["a_plus"]),
            "mu_plus": 0.0,
            "mu_minus": 0.0,
            "tau_plus": float(named["tau_plus"] / ms),
        },
    )
    n_e = int(EXCITATORY_SHARE * n)
    _pathway(cells, "learning", 0, n_e, "learning")
    _pathway(cells, "excitation", n_e, n)
    _pathway(cells, "inhibition", 0, n)
    return cells


#: name -> function of the number of neurons, which returns them.
NETWORKS: Mapping[str, Callable[[int], Any]] = MappingProxyType(
    {
        "brunel": _brunel,
        "brunel_driven": _brunel_driven,
        "brunel_plastic": _brunel_plastic,
        "coba": _coba,
        "cuba": _cuba,
        "cuba_delays": _cuba_delays,
        "reservoir": _reservoir,
    }
)

#: name -> function of the number of neurons and the number of trials, all in one network.
SIDE_BY_SIDE: Mapping[str, Callable[[int, int], Any]] = MappingProxyType({"cuba": _cuba_trials})
