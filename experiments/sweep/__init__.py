"""Sweeps: one configuration at many values, many times; each point a file of its own."""

from experiments.sweep.collection import Collection, collect
from experiments.sweep.points import Plan, Point, plan
from experiments.sweep.run import SweepError, sweep

__all__ = ["Collection", "Plan", "Point", "SweepError", "collect", "plan", "sweep"]
