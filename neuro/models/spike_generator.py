"""Source of given spikes.

Source i spikes at the times that an input of the run lists for it (data through an encoder, or
times written out); a time is carried out in the step that holds it. Without an input it is
silent.
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

SPIKE_GENERATOR = NeuronModel(
    name="spike_generator",
    summary="spikes at given times: the target of data sets, encoders and spike lists",
    source="definition",
    kind="spike_generator",
)
