"""Clocked networks of layers, a batch of samples at a time: a feed-forward network's fast form.

A layer is a weight matrix (presynaptic, post-synaptic) and a cell whose state is advanced step by
step for all samples. Products with spikes go through BLAS or, where activity is sparse, through a
kernel that adds one row of the matrix for every spike.
"""
