"""Synapses that resist change in the measure of how much old tasks rest on them."""
