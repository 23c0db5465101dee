"""Clocked networks of layers, a batch of samples at a time: the fast form of a feed-forward network.

A layer is a weight matrix (presynaptic, post-synaptic) and a cell whose state is advanced step by
step for all samples. Products with spikes go through BLAS or, where activity is sparse, through a
kernel that adds one row of the matrix for every spike.
"""
