"""Neuron and synapse models, engines and the recording: the ground floor."""
