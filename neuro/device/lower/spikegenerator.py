"""Lower `SpikeGeneratorGroup`: emit the listed spikes whose time bin has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

_NAMES = ("_spikespace", "neuron_index", "_timebins", "_period_bins", "_lastindex")


def lower(code: NumbaCodeObject) -> Step:
    """Continue in the sorted list of spikes where the last step left it."""
    space, neuron, bins, period, last = (code.array(code.variables[name]) for name in _NAMES)
    body = [
        f"_period = {period}[0]",
        f"_bin = {code.value('t_in_timesteps')}",
        "if _period > 0:",
        "    _bin = _bin % _period",
        # A new period begins.
        f"    if {last}[0] > 0 and {bins}[{last}[0] - 1] >= _bin:",
        f"        {last}[0] = 0",
        "_n = 0",
        f"for _k in range({last}[0], {bins}.shape[0]):",
        f"    if {bins}[_k] > _bin:",
        "        break",
        f"    {space}[_n] = {neuron}[_k]",
        "    _n += 1",
        f"{space}[{code.value('N')}] = _n",
        f"{last}[0] += _n",
    ]
    return code.make_step(body, {})


TEMPLATE = Template(lower, variables=frozenset({*_NAMES, "t_in_timesteps", "N"}))
