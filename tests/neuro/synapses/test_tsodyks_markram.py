"""Known answers of short-term plasticity."""

from __future__ import annotations

import numpy as np
import pytest

RATES = (5, 10, 20, 50)
# An event-driven synapse is exact: what is left is the rounding of a few hundred operations.
ROUNDING = 1e-9
DEPRESSING = {"U": "0.5", "tau_rec": "800 ms", "tau_facil": "1 ms"}
FACILITATING = {"U": "0.05", "tau_rec": "100 ms", "tau_facil": "1000 ms"}


def transmitted(simulate, settings, model="tsodyks_markram", variable="I_syn", weight="100 pA"):
    """Drive one synapse at each rate for 2 s; return the jumps of the current, in weights."""
    trains = [np.arange(0.01, 2.0, 1 / rate) for rate in RATES]
    ids = np.repeat(np.arange(len(RATES)), [len(train) for train in trains])
    run = simulate(
        {
            "source": {"model": "spike_generator", "size": len(RATES)},
            "cell": {
                "model": "lif_conductance",
                "size": len(RATES),
                "parameters": {"V_th": "1 V"},
            },
        },
        {
            "drive": {
                "source": "source",
                "target": "cell",
                "connectivity": {"rule": "one_to_one"},
                "synapse": {"model": model, "weight": weight, "tau": "0.2 ms", **settings},
            }
        },
        duration="2 s",
        dt="1 ms",
        spikes={"source": (np.concatenate(trains), ids)},
        record=[f"cell.{variable}"],
    )
    current = run.trace("cell", variable)[1]
    scale = 100e-12 if weight.endswith("A") else 100e-9
    steps = [np.round(train / 1e-3).astype(int) + 1 for train in trains]
    before = np.exp(-1 / 0.2)
    return [
        (current[step, k] - before * current[step - 1, k]) / scale for k, step in enumerate(steps)
    ]


def settled(rate, use, tau_rec, tau_facil):
    """Return the closed form of the released fraction at a constant rate."""
    u = use / (1 - (1 - use) * np.exp(-1 / (rate * tau_facil)))
    kept = np.exp(-1 / (rate * tau_rec))
    return u * (1 - kept) / (1 - (1 - u) * kept)


def recursion(n, rate, use, tau_rec, tau_facil):
    """Return the released fractions of the first n spikes, step by step."""
    u, resources, released = 0.0, 1.0, []
    for _ in range(n):
        u += use * (1 - u)
        released.append(u * resources)
        resources -= u * resources
        resources = 1 - (1 - resources) * np.exp(-1 / (rate * tau_rec))
        u *= np.exp(-1 / (rate * tau_facil))
    return released


@pytest.mark.parametrize("settings", [DEPRESSING, FACILITATING], ids=["depressing", "facilitating"])
def test_releases_follow_the_recursion_and_settle_at_the_closed_form(simulate, settings):
    use = float(settings["U"])
    rec, facil = (float(settings[k].split()[0]) * 1e-3 for k in ("tau_rec", "tau_facil"))
    for rate, jumps in zip(RATES, transmitted(simulate, settings), strict=True):
        expected = recursion(len(jumps), rate, use, rec, facil)
        np.testing.assert_allclose(jumps, expected, rtol=ROUNDING)
        if rate >= 20:
            # 2 s at 20 Hz: what the slower of the two time constants leaves of the transient.
            left = np.exp(-2 / max(rec, facil))
            assert jumps[-1] == pytest.approx(settled(rate, use, rec, facil), rel=2 * left)


def test_depressing_weakens_and_facilitating_strengthens(simulate):
    depressing = transmitted(simulate, DEPRESSING)[2]
    facilitating = transmitted(simulate, FACILITATING)[2]
    assert depressing[0] == pytest.approx(0.5)
    assert depressing[-1] < 0.2 * depressing[0]
    assert max(facilitating) > 3 * facilitating[0]


def test_conductance_variant_releases_the_same(simulate):
    current = transmitted(simulate, DEPRESSING)
    conductance = transmitted(
        simulate, DEPRESSING, "tsodyks_markram_conductance", "g_drive", "100 nS"
    )
    for left, right in zip(current, conductance, strict=True):
        np.testing.assert_allclose(left, right, rtol=ROUNDING)
