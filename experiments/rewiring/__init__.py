"""Networks that are sparse from the start, and whose synapses move while they learn."""
