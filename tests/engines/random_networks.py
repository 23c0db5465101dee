"""Write small random Brian2 networks: equations, thresholds, resets, synapses and delays.

The functions that a network may use are given: a comparison with Brian2's numpy target takes sums,
products and quotients only, which every target rounds alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, StateMonitor, Synapses, ms
from hypothesis import strategies as st

#: Functions that NumPy and the C library may round differently.
LIBRARY = ("exp({0})", "tanh({0})", "sin({0})", "{0}**3", "exprel({0})")
#: Functions that every target computes exactly alike.
EXACT = ("abs({0})", "clip({0}, -1, 1)", "int({0} > 0.2)", "floor(3*{0})", "sign({0})")
_NUMBERS = st.sampled_from(["0.3", "1.7", "-0.6", "2", "0.05"])


def _terms(names: tuple[str, ...], functions: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Draw an expression without dimension in the given names."""

    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(inner, inner).map(lambda p: f"({p[0]}/(1.5 + abs({p[1]})))"),
            st.tuples(st.sampled_from(functions), inner).map(lambda p: p[0].format(p[1])),
        )

    return st.recursive(st.one_of(st.sampled_from(names), _NUMBERS), longer, max_leaves=4)


@dataclass(frozen=True, slots=True)
class Description:
    """Hold the random choices of a network."""

    slope: str
    other: str
    is_refractory: bool
    threshold: str
    reset: str
    on_pre: str
    on_post: str
    is_event_driven: bool
    is_summed: bool
    is_subgroup: bool
    has_delays: bool
    regularly: str
    method: str
    has_noise: bool
    seed: int

    def build(self) -> Network:
        """Make the network."""
        flag = " (unless refractory)" if self.is_refractory else ""
        noise = " + 0.1*xi*(10*ms)**-0.5" if self.has_noise else ""
        model = f"""
        dv/dt = (clip({self.slope}, -3, 3) + 1.3 - v)/(10*ms){noise} : 1{flag}
        du/dt = (clip({self.other}, -3, 3) - u)/(20*ms) : 1
        g : 1
        a : 1
        b : 1 (shared)
        """
        rng = np.random.default_rng(self.seed)
        cells = NeuronGroup(
            12, model, threshold=self.threshold, reset=self.reset, method=self.method,
            refractory="(1 + a)*ms" if self.is_refractory else False, name="cells",
        )  # fmt: skip
        cells.v, cells.u, cells.a = rng.uniform(0, 1, (3, 12))
        cells.b = 0.4
        if self.regularly:
            cells.run_regularly(self.regularly, dt=0.7 * ms, name="regular")
        source, target = (cells[:7], cells[3:]) if self.is_subgroup else (cells, cells)
        own = f"dx/dt = -x/(8*ms) : 1 ({'event' if self.is_event_driven else 'clock'}-driven)"
        summed = "g_post = 0.05*w*u_pre : 1 (summed)" if self.is_summed else ""
        synapses = Synapses(
            source, target, f"w : 1\n{own}\n{summed}", on_pre=self.on_pre, on_post=self.on_post,
            method="euler", name="synapses",
        )  # fmt: skip
        i, j = np.nonzero(rng.random((len(source), len(target))) < 0.4)
        order = rng.permutation(len(i))
        synapses.connect(i=i[order], j=j[order])
        synapses.w = rng.uniform(-0.1, 0.3, len(i))
        delays = rng.uniform(0, 2, len(i)) if self.has_delays else 0.8
        synapses.delay = delays * ms
        return Network(
            cells, synapses, SpikeMonitor(cells, variables="u", name="spikes"),
            StateMonitor(cells, ["v", "g"], record=[0, 5], name="states"),
        )  # fmt: skip


def descriptions(
    functions: tuple[str, ...], with_traces: bool, with_noise: bool
) -> st.SearchStrategy[Description]:
    """Draw networks.

    Parameters
    ----------
    functions
        What expressions may call, with ``{0}`` for the argument.
    with_traces
        Whether traces may be solved between events, which takes an exponential.
    with_noise
        Whether equations may have noise, which takes a stream that all targets share.
    """
    terms = _terms(("v", "u", "g", "a", "b"), functions)
    synaptic = _terms(("w", "x", "v_post", "u_pre"), functions)
    return st.builds(
        Description,
        slope=terms,
        other=terms,
        is_refractory=st.booleans(),
        threshold=st.one_of(st.just("v > 1"), terms.map(lambda text: f"v > 1 + 0.1*abs({text})")),
        reset=st.one_of(st.just("v = 0"), terms.map(lambda t: f"v = 0\nu += 0.1*clip({t}, -1, 1)")),
        on_pre=synaptic.map(lambda t: f"v_post += 0.2*clip(w + 0.1*{t}, -1, 1)\nx += 1"),
        on_post=st.one_of(
            st.just(""), synaptic.map(lambda t: f"w = clip(w + 0.01*({t}), -0.5, 0.5)\nx -= 0.5")
        ),
        is_event_driven=st.booleans() if with_traces else st.just(False),
        is_summed=st.booleans(),
        is_subgroup=st.booleans(),
        has_delays=st.booleans(),
        regularly=st.one_of(st.just(""), terms.map(lambda t: f"u = 0.9*u + 0.05*clip({t}, -1, 1)")),
        method=st.just("euler") if with_noise else st.sampled_from(["euler", "rk2", "rk4"]),
        has_noise=st.booleans() if with_noise else st.just(False),
        seed=st.integers(0, 99),
    )


def outcome(description: Description, duration: Any) -> dict[str, bytes]:
    """Run a network on the device that is selected and return what its parts hold."""
    network = description.build()
    network.run(duration)
    names = {
        "cells": ("v", "u", "g", "lastspike"),
        "synapses": ("w", "x"),
        "spikes": ("i", "t", "u"),
        "states": ("v", "g"),
    }
    return {
        f"{owner}.{name}": np.ascontiguousarray(
            network[owner].variables[name].get_value()
        ).tobytes()
        for owner, variables in names.items()
        for name in variables
        if name in network[owner].variables
    }
