"""Questions asked of networks: one short file each, with their runner, figures and command line.

`EXPERIMENTS` is the whole set by kind. An experiment is a module with
``run(configuration, recorder, progress)``; its settings are a frozen dataclass in a module that
imports nothing heavy, because every validation reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from experiments.continual.circuit_settings import HlopCircuit
from experiments.continual.key_value_settings import KeyValueStudy
from experiments.continual.settings import ContinualLearning
from experiments.dendrites.branch_settings import BranchStrength
from experiments.dendrites.capacity_settings import DendriteCapacity
from experiments.dendrites.spiking_settings import DendriteSpiking
from experiments.dendrites.theory_settings import DendriteTheory
from experiments.memory.binary_settings import (
    CliqueStudy,
    CovarianceStudy,
    EmergentStudy,
    WillshawStudy,
)
from experiments.memory.emergent_spiking_settings import EmergentSpiking
from experiments.memory.sequences.settings import HtmTemporalMemory, SpikingTemporalMemory
from experiments.memory.settings import DigitMemory
from experiments.memory.sparsey_recipes import SparseyMnist
from experiments.memory.sparsey_settings import (
    SparseyCapacity,
    SparseySequences,
    SparseySpiking,
    SparseyVideo,
)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Name a kind of experiment: its settings, the module that runs it, and its figures.

    One that `resumes` writes checkpoints, and its ``run`` takes one as fourth argument.
    """

    settings: type
    module: str
    figures: tuple[str, ...] = ()
    resumes: bool = False


EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {
        "continual": Experiment(
            ContinualLearning,
            "experiments.continual.continual_learning",
            figures=("accuracy", "subspaces"),
            resumes=True,
        ),
        "hlop_circuit": Experiment(
            HlopCircuit, "experiments.continual.circuit", figures=("curves",)
        ),
        "key_value": Experiment(
            KeyValueStudy, "experiments.continual.key_value", figures=("bytes", "accuracy")
        ),
        "digit_memory": Experiment(
            DigitMemory,
            "experiments.memory.digit_memory",
            figures=("digits", "capacity", "recall", "damage"),
        ),
        "htm_temporal_memory": Experiment(
            HtmTemporalMemory,
            "experiments.memory.sequences.htm_temporal_memory",
            figures=("curves",),
        ),
        "sparsey_capacity": Experiment(
            SparseyCapacity, "experiments.memory.sparsey_capacity", figures=("curves",)
        ),
        "sparsey_mnist": Experiment(
            SparseyMnist,
            "experiments.memory.sparsey_mnist",
            figures=("curves", "recipes", "typical"),
        ),
        "sparsey_sequences": Experiment(
            SparseySequences, "experiments.memory.sparsey_sequences", figures=("curves",)
        ),
        "sparsey_spiking": Experiment(
            SparseySpiking, "experiments.memory.sparsey_spiking", figures=("curves", "raster")
        ),
        "sparsey_video": Experiment(
            SparseyVideo, "experiments.memory.sparsey_video", figures=("curves", "clips")
        ),
        "cliques": Experiment(CliqueStudy, "experiments.memory.cliques", figures=("curves",)),
        "covariance": Experiment(
            CovarianceStudy, "experiments.memory.covariance", figures=("curves",)
        ),
        "emergent_memory": Experiment(
            EmergentStudy, "experiments.memory.emergent", figures=("curves",)
        ),
        "emergent_spiking": Experiment(
            EmergentSpiking, "experiments.memory.emergent_spiking", figures=("curves",)
        ),
        "spiking_temporal_memory": Experiment(
            SpikingTemporalMemory,
            "experiments.memory.sequences.spiking_temporal_memory",
            figures=("curves", "sequences"),
        ),
        "willshaw": Experiment(WillshawStudy, "experiments.memory.willshaw", figures=("curves",)),
        "dendrite_theory": Experiment(
            DendriteTheory,
            "experiments.dendrites.theory",
            figures=("dendrite-theory",),
        ),
        "dendrite_spiking": Experiment(
            DendriteSpiking,
            "experiments.dendrites.spiking",
            figures=("dendrite-spiking",),
        ),
        "dendrite_capacity": Experiment(
            DendriteCapacity, "experiments.dendrites.capacity", figures=("curves",)
        ),
        "branch_strength": Experiment(
            BranchStrength, "experiments.dendrites.branches", figures=("branch-strength",)
        ),
    }
)

SETTINGS: Mapping[str, type] = MappingProxyType(
    {kind: entry.settings for kind, entry in EXPERIMENTS.items()}
)
