"""A phase may give the neurons of a population other parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from networks.build import build, set_phase
from networks.spec import Phase
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError
from neuro.units import parse

PHASES = [
    {"name": "quiet", "duration": "50 ms"},
    {"name": "driven", "duration": "50 ms", "parameters": {"cell": {"I_e": "300 pA"}}},
    {"name": "quiet_again", "duration": "50 ms"},
    {"name": "easy", "duration": "50 ms", "parameters": {"cell": {"V_th": "-69.999 mV",
                                                                  "I_e": "1 pA"}}},
]  # fmt: skip


@pytest.mark.parametrize(
    "engine", ["brian2", pytest.param("numba", marks=pytest.mark.slow(reason="compiles"))]
)
def test_parameters_hold_for_their_phase_only(specify, engine):
    spec = specify({"cell": {"model": "lif"}}, phases=PHASES, record=("cell.spikes",))
    assert spec.phases[1].parameters["cell"]["I_e"].value == pytest.approx(300e-12)
    with activate(engine, target="numpy" if engine == "brian2" else None):
        built = build(spec)
        stretches = [
            Stretch(phase.name, phase.duration.value, lambda p=phase: set_phase(built, p))
            for phase in spec.phases
        ]
        simulate(built.network, stretches)
        times = np.array(built.monitors["cell_spikes"].monitor.t_[:])
    counts, _ = np.histogram(times, bins=[0, 0.05, 0.1, 0.15, 0.2])
    assert counts[0] == counts[2] == 0
    assert counts[1] >= 1
    assert counts[3] >= 1


def test_what_cannot_change_is_refused(specify):
    drawn = {"R": {"uniform": {"low": "90 Mohm", "high": "110 Mohm"}}}
    spec = specify({"cell": {"model": "lif", "parameters": drawn, "size": 2}})
    phase = Phase("p", parse("1 ms"))
    with activate("brian2", target="numpy"):
        built = build(spec)
        for wrong in ({"cell": {"R": parse("1 Mohm")}}, {"cell": {"Q": parse("1 mV")}},
                      {"cells": {"V_th": parse("1 mV")}}):  # fmt: skip
            with pytest.raises(SpecError, match=r"phases\.p\.parameters"):
                set_phase(built, replace(phase, parameters=wrong))


def test_a_rule_reads_its_neurons_and_draws_its_initial_values(simulate):
    rule = {
        "equations": "level : 1\nseen : 1",
        "on_pre": "seen = learning*z_post",
        "initial": {"level": {"uniform": {"low": 2, "high": 3}}},
    }
    run = simulate(
        {
            "source": {"model": "spike_generator"},
            "cell": {"model": "lif_plateau", "size": 50, "initial": {"z": "7"}},
        },
        {
            "p": {
                "source": "source",
                "target": "cell",
                "synapse": {"model": "delta", "target": "s", "weight": "0 pA"},
                "plasticity": rule,
            }
        },
        duration="1 ms",
        spikes={"source": ([0.0], [0])},
    )
    level, seen = run.synaptic["p"]["level"], run.synaptic["p"]["seen"]
    assert level.min() >= 2
    assert level.max() <= 3
    # The standard deviation of a uniform draw is .29: five errors of the mean of 50.
    assert level.mean() == pytest.approx(2.5, abs=5 * 0.29 / np.sqrt(50))
    assert len(set(level.tolist())) == 50
    assert seen == pytest.approx(7, rel=1e-3)
