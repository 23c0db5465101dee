"""The study of Lyapunov spectra: volumes shrink as they must, pulses are calm, rates may not."""

from dataclasses import replace

import pytest

from experiments.stability.lyapunov_spectrum import _logistic, _lorenz, pulses, rates
from experiments.stability.spectrum_settings import LyapunovSpectrum, Pulses, Rates
from neuro.errors import SpecError

QUICK = LyapunovSpectrum().quick()


def test_exponents_of_pulses_sum_to_what_volumes_do_and_none_is_positive():
    found, (total, wanted), rate = pulses(QUICK.pulses, 1)
    assert len(found.exponents) == QUICK.pulses.size
    # Exact, as the vectors span all directions.
    assert total == pytest.approx(wanted, rel=1e-9)
    # That of the flow goes to 0 as 1 / T; bounds as in `tests/plasticity/lyapunov`.
    assert abs(found.largest) < 40
    assert found.exponents[1] < 0
    assert 20 < rate < 200


def test_gain_decides_between_calm_and_chaos():
    settings = replace(QUICK.rates, size=100, exponents=2, duration=60.0, warm_up=40.0)
    assert rates(settings, 0.8, 1).largest < -0.05
    assert rates(settings, 2.0, 1).largest > 0


def test_known_systems_have_their_exponents():
    # Over a short time only: the long run is in `tests/plasticity/lyapunov`.
    assert _lorenz(40.0, 1).largest == pytest.approx(0.906, abs=0.15)
    assert _logistic(3000, 1).largest == pytest.approx(0.693, abs=0.07)


@pytest.mark.parametrize(
    "change", [{"current": 1.0}, {"fan_in": 200}, {"spread": 1.0}, {"tau": 0.0}]
)
def test_pulses_that_cannot_be_are_refused(change):
    with pytest.raises(SpecError, match="needed"):
        replace(Pulses(), **change)


def test_rates_that_cannot_be_are_refused():
    with pytest.raises(SpecError, match="gains"):
        Rates(gains=())
    with pytest.raises(SpecError, match="exponents"):
        Rates(exponents=201)
