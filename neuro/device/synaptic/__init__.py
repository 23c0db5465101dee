"""Lay out synapses for kernels: what is read at a synaptic event, from where, in how many bytes."""
