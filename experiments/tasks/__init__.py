"""Tasks for one network: what is put in, what is read out, what is scored.

Nothing here knows a network. Estimators take its states, shape (n_steps, n_units), or a function
that makes one step of it; so the same pruned graph can be asked for memory, forecasts and classes.
"""
