"""Sparsey: sparse distributed codes chosen by familiarity, learnt in one presentation."""
