"""Reservoirs on graphs of several families, and what measures of the graphs foretell."""
