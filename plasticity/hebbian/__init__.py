"""Hebbian rules, one per file."""
