"""Networks of the zoo have the statistics that theory, or plain Brian2, says they have."""

from pathlib import Path

import brian2 as b2
import numpy as np
import pytest
from brian2 import ms
from scipy.optimize import brentq
from scipy.stats import ttest_ind

from neuro.recording import read
from plasticity.pruning.gain import lif_rate

ZOO = Path(__file__).resolve().parents[2] / "data/configs/zoo"
SEEDS = (1, 2, 3, 4)
FALSE_ALARM = 1e-3


def simulated(engram, tmp_path, name, seed, duration):
    """Return the rate of the excitatory cells of a network of the zoo, in Hz."""
    words = ("-q", f"seed={seed}", f"simulation.duration={duration}")
    done = engram("run", ZOO / f"{name}.yaml", *words, f"output.path={tmp_path}/{seed}.h5")
    assert done.code == 0, done.err
    with read(done.last_line) as recording:
        return float(recording.metric("rate/exc"))


@pytest.mark.slow(reason="12,500 cells with 15.6 million synapses")
def test_the_rate_of_brunels_network_is_that_of_mean_field_theory(engram, tmp_path):
    """Brunel (2000): nu = Siegert's rate at the mean and the noise that nu itself makes.

    J = 0.1 mV, 1000 excitatory inputs, a quarter as many inhibitory ones five times as strong.
    """
    jump, n, g, share, tau = 0.1, 1000, 5.0, 0.25, 0.02

    def excess(rate):
        mean = 40 + n * jump * tau * rate * (1 - share * g)
        noise = np.sqrt(2 * 2 + jump**2 * n * tau * rate * (1 + share * g**2))
        return float(lif_rate(mean, tau, 20.0, 10.0, 0.002, noise)) - rate

    theory = brentq(excess, 1, 300)
    assert theory == pytest.approx(37.95, abs=0.01)
    found = simulated(engram, tmp_path, "brunel", 42, "500 ms")
    # The first 10 ms, in which all cells rise together, are a few spikes of 19 each.
    assert found == pytest.approx(theory, rel=0.01)


def plain_network(cells, excitation, inhibition):
    """Return 4000 cells connected by chance, and the counter of the 3200 excitatory ones."""
    n_e = 3200
    exc = b2.Synapses(cells[:n_e], cells, on_pre=excitation)
    inh = b2.Synapses(cells[n_e:], cells, on_pre=inhibition)
    exc.connect(p=0.02)
    inh.connect(p=0.02)
    spikes = b2.SpikeMonitor(cells[:n_e], record=False)
    return b2.Network(cells, exc, inh, spikes), spikes


def plain_cuba():
    """Return benchmark 2 of Brette et al. (2007), as Brian2's documentation has it."""
    cells = b2.NeuronGroup(
        4000,
        """dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms) : volt
        dgi/dt = -gi/(10*ms) : volt""",
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exact",
    )  # fmt: skip
    cells.v = "-60*mV + rand()*10*mV"
    return plain_network(cells, "ge += 1.62*mV", "gi -= 9*mV")


def plain_coba():
    """Return benchmark 1 of Brette et al. (2007), as Brian2's documentation has it."""
    cells = b2.NeuronGroup(
        4000,
        """dv/dt = (-60*mV - v + (ge*(0*mV - v) + gi*(-80*mV - v) + 200*pA)/(10*nS))/(20*ms) \
        : volt (unless refractory)
        dge/dt = -ge/(5*ms) : siemens
        dgi/dt = -gi/(10*ms) : siemens""",
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms,
        method="exponential_euler",
    )  # fmt: skip
    cells.v = "-55*mV + randn()*5*mV"
    return plain_network(cells, "ge += 6*nS", "gi += 67*nS")


def plain_cobahh():
    """Return benchmark 3 of Brette et al. (2007), as Brian2's documentation has it."""
    cells = b2.NeuronGroup(
        4000,
        """
        dv/dt = (10*nS*(-60*mV - v) + ge*(0*mV - v) + gi*(-80*mV - v)
                 - 20*usiemens*(m*m*m)*h*(v - 50*mV) - 6*usiemens*(n*n*n*n)*(v + 90*mV))/(200*pF)
                 : volt
        dm/dt = alpha_m*(1 - m) - beta_m*m : 1
        dn/dt = alpha_n*(1 - n) - beta_n*n : 1
        dh/dt = alpha_h*(1 - h) - beta_h*h : 1
        dge/dt = -ge/(5*ms) : siemens
        dgi/dt = -gi/(10*ms) : siemens
        u = v + 63*mV : volt
        alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - u)/(4*mV))/ms : Hz
        beta_m = 0.28*(mV**-1)*5*mV/exprel((u - 40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV - u)/(18*mV))/ms : Hz
        beta_h = 4./(1 + exp((40*mV - u)/(5*mV)))/ms : Hz
        alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - u)/(5*mV))/ms : Hz
        beta_n = .5*exp((10*mV - u)/(40*mV))/ms : Hz""",
        threshold="v > -20*mV", refractory=3 * ms, method="exponential_euler",
    )  # fmt: skip
    cells.v = "-60*mV + (randn()*5 - 5)*mV"
    cells.ge = "(randn()*1.5 + 4)*10*nS"
    cells.gi = "(randn()*12 + 20)*10*nS"
    return plain_network(cells, "ge += 6*nS", "gi += 67*nS")


@pytest.mark.slow(reason="four whole networks in Brian2 beside four of the zoo")
@pytest.mark.parametrize(
    ("name", "plain", "milliseconds"),
    [
        ("vogels-abbott-cuba", plain_cuba, 400),
        ("vogels-abbott-coba", plain_coba, 300),
        ("brette-cobahh", plain_cobahh, 100),
    ],
)
def test_rates_are_those_of_the_benchmark_in_plain_brian2(
    engram, tmp_path, monkeypatch, name, plain, milliseconds
):
    ours = [simulated(engram, tmp_path, name, seed, f"{milliseconds} ms") for seed in SEEDS]
    theirs = []
    monkeypatch.setitem(b2.prefs, "codegen.target", "numpy")
    for seed in SEEDS:
        b2.seed(seed)
        network, spikes = plain()
        network.run(milliseconds * ms)
        theirs.append(spikes.num_spikes / 3200 / (milliseconds * 1e-3))
    # Networks differ by how they are wired, as much as means over so short a time.
    assert ttest_ind(ours, theirs).pvalue > FALSE_ALARM
    # A third more or less would be seen: four standard errors of the difference.
    assert 4 * np.sqrt((np.var(ours) + np.var(theirs)) / len(SEEDS)) < np.mean(theirs) / 3
