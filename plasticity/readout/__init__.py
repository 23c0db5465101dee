"""Read-outs that learn classes from fixed codes, sample by sample, without storing any.

Counts, means and covariances do not depend on the order in which classes come, so nothing of them
is overwritten; a delta rule forgets.
"""
