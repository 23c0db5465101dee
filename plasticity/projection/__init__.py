"""Subspaces of presynaptic activity from which learning is kept away.

A change of weight dW leaves the answer to an old input x as it was if x dW = 0. Each projector
here learns a subspace of such inputs, task by task, and takes its component out of the presynaptic
factor of any learning rule.
"""
