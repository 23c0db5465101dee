"""Known answers of pair-based STDP."""

from __future__ import annotations

import numpy as np
import pytest

# Event-driven traces are exact up to rounding.
ROUNDING = 1e-9
RULE = {"rule": "stdp_pair", "w_max": "1 pA", "tau_minus": "30 ms"}
A_PLUS, A_MINUS, TAU_PLUS, TAU_MINUS = 0.005, 0.00525, 20.0, 30.0


def window(lag):
    """Return the change of weight by one pair, lag = t_post - t_pre in ms, in units of w_max."""
    if lag >= 0:
        return A_PLUS * np.exp(-lag / TAU_PLUS)
    return -A_MINUS * np.exp(lag / TAU_MINUS)


def test_window_on_both_sides(pair_spikes):
    # One target at 100 ms; one source per lag, in steps of 0.1 ms.
    lags = np.array([-900, -400, -100, -10, -1, 0, 1, 10, 100, 400, 900])
    run = pair_spikes([[1000 - lag] for lag in lags], [[1000]], RULE)
    assert run.spikes("cell", 0) == pytest.approx([0.1], abs=1e-9)
    changes = run.weight("learn") / 1e-12 - 0.5
    np.testing.assert_allclose(changes, [window(lag / 10) for lag in lags], rtol=ROUNDING)


def test_all_pairs_count(pair_spikes):
    pre, post = [100, 250, 300, 480], [120, 260, 470, 475]
    run = pair_spikes([pre], [post], RULE)
    expected = sum(window((b - a) / 10) for a in pre for b in post)
    assert run.weight("learn")[0] / 1e-12 - 0.5 == pytest.approx(expected, rel=ROUNDING)


def test_the_presynaptic_time_is_that_of_arrival(pair_spikes):
    run = pair_spikes([[100], [150]], [[140]], RULE, delay="2 ms", steps=200)
    changes = run.weight("learn") / 1e-12 - 0.5
    np.testing.assert_allclose(changes, [window(2.0), window(-3.0)], rtol=ROUNDING)


def test_weights_stay_within_their_bounds(pair_spikes):
    volley = list(range(10, 400, 20))
    strong = {**RULE, "A_plus": "0.5", "A_minus": "0.5"}
    run = pair_spikes([volley], [[s + 5 for s in volley]], strong)
    assert run.weight("learn")[0] == pytest.approx(1e-12, rel=ROUNDING)
    run = pair_spikes([[s + 5 for s in volley]], [volley], {**strong, "tau_plus": "0.1 ms"})
    assert run.weight("learn")[0] == pytest.approx(0, abs=1e-21)


def test_nothing_changes_while_learning_is_off(pair_spikes):
    phases = [{"name": "test", "duration": "60 ms", "plasticity": {"learn": False}}]
    run = pair_spikes([[100, 300]], [[110, 290]], RULE, phases=phases)
    assert run.spikes("cell", 0).size == 2
    assert run.weight("learn")[0] == 0.5e-12


def test_constants_may_differ_between_synapses(pair_spikes):
    rule = {**RULE, "A_plus": ["0.005", "0.01"], "tau_plus": ["20 ms", "40 ms"]}
    run = pair_spikes([[100], [100]], [[200]], rule)
    changes = run.weight("learn") / 1e-12 - 0.5
    np.testing.assert_allclose(
        changes, [0.005 * np.exp(-10 / 20), 0.01 * np.exp(-10 / 40)], rtol=ROUNDING
    )
