"""Engines: what runs the Brian2 network that a description builds.

Importing this package imports no Brian2; `neuro.engines.activation` and
`neuro.engines.simulation` do.
"""
