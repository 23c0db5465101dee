"""Networks that a grammar writes are on the device, bit for bit, what they are in Brian2."""

from __future__ import annotations

import brian2
import pytest
from brian2 import ms
from brian2.core.preferences import prefs
from brian2.devices.device import previous_devices, reset_device
from hypothesis import HealthCheck, Phase, given, settings
from random_networks import EXACT, LIBRARY, Description, descriptions, outcome

import neuro.device  # noqa: F401  registers the device

DURATION = 12 * ms
#: Shrinking compiles a program a step; a failure prints the whole description anyway.
FEW = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
    "suppress_health_check": list(HealthCheck),
}


def run(description: Description, device: str, target: str) -> dict[str, bytes]:
    before = prefs["codegen.target"]
    brian2.set_device(device)
    brian2.start_scope()
    try:
        prefs["codegen.target"] = target
        brian2.seed(description.seed)
        return outcome(description, DURATION)
    finally:
        prefs["codegen.target"] = before
        previous_devices.clear()
        reset_device("runtime")


def differing(description: Description, target: str) -> list[str]:
    theirs = run(description, "runtime", target)
    ours = run(description, "numba", "numpy")
    return [name for name in theirs if ours[name] != theirs[name]]


EXAMPLE = Description(
    slope="(u*g) + b", other="abs(v)", is_refractory=True, threshold="v > 1 + 0.1*abs(u)",
    reset="v = 0\nu += 0.1*clip(a, -1, 1)", on_pre="v_post += 0.2*clip(w + 0.1*x, -1, 1)\nx += 1",
    on_post="w = clip(w + 0.01*(x), -0.5, 0.5)\nx -= 0.5", is_event_driven=False, is_summed=True,
    is_subgroup=True, has_delays=True, regularly="u = 0.9*u + 0.05*clip(v, -1, 1)",
    method="rk2", has_noise=False, seed=3,
)  # fmt: skip


@pytest.mark.slow  # compiles a program
def test_one_network_of_everything_is_brian2_numpy() -> None:
    assert len(run(EXAMPLE, "runtime", "numpy")["spikes.i"]) > 8 * 4  # bytes
    assert differing(EXAMPLE, "numpy") == []


@pytest.mark.nightly  # each network compiles a program of its own
@settings(max_examples=30, **FEW)
@given(descriptions(EXACT, with_traces=False, with_noise=False))
def test_random_networks_are_brian2_numpy(description: Description) -> None:
    assert differing(description, "numpy") == []


@pytest.mark.nightly  # compiles some ten extensions a network
@pytest.mark.compiler
@pytest.mark.usefixtures("without_contraction")
@settings(max_examples=12, **FEW)
@given(descriptions(EXACT + LIBRARY, with_traces=True, with_noise=True))
def test_random_networks_are_brian2_cython(description: Description) -> None:
    assert differing(description, "cython") == []
