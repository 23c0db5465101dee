"""Gradients of layered spiking networks as presynaptic factor times post-synaptic error."""
