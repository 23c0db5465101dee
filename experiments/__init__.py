"""Questions asked of networks: one short file each, with their runner, figures and command line.

`EXPERIMENTS` is the whole set by kind. An experiment is a module with
``run(configuration, recorder, progress)``; its settings are a frozen dataclass in a module that
imports nothing heavy, because every validation reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Experiment:
    """Name a kind of experiment: its settings, the module that runs it, and its figures.

    One that `resumes` writes checkpoints, and its ``run`` takes one as fourth argument.
    """

    described: str  # where its settings are, "module:class"
    module: str
    figures: tuple[str, ...] = ()
    resumes: bool = False

    @property
    def settings(self) -> type:
        """Return the class of its settings; a validation imports only those that it reads."""
        module, _, name = self.described.partition(":")
        found: type = getattr(import_module(module), name)
        return found


EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {
        "continual": Experiment(
            "experiments.continual.settings:ContinualLearning",
            "experiments.continual.continual_learning",
            figures=("accuracy", "subspaces"),
            resumes=True,
        ),
        "hlop_circuit": Experiment(
            "experiments.continual.circuit_settings:HlopCircuit",
            "experiments.continual.circuit",
            figures=("curves",),
            resumes=True,
        ),
        "key_value": Experiment(
            "experiments.continual.key_value_settings:KeyValueStudy",
            "experiments.continual.key_value",
            figures=("bytes", "accuracy"),
            resumes=True,
        ),
        "graphs": Experiment(
            "experiments.graphs.settings:GraphStudy",
            "experiments.graphs.graphs",
            figures=("graphs",),
            resumes=True,
        ),
        "noise_pruning": Experiment(
            "experiments.stability.noise_settings:NoisePruning",
            "experiments.stability.noise_pruning",
            figures=("curves",),
            resumes=True,
        ),
        "lyapunov_spectrum": Experiment(
            "experiments.stability.spectrum_settings:LyapunovSpectrum",
            "experiments.stability.lyapunov_spectrum",
            figures=("lyapunov",),
            resumes=True,
        ),
        "rewiring": Experiment(
            "experiments.rewiring.settings:RewiringStudy",
            "experiments.rewiring.rewiring",
            figures=("rewiring",),
            resumes=True,
        ),
        "timescales": Experiment(
            "experiments.timescales.settings:TimescaleStudy",
            "experiments.timescales.timescales",
            figures=("curves",),
            resumes=True,
        ),
        "reservoir_memory": Experiment(
            "experiments.timescales.reservoir_settings:ReservoirMemory",
            "experiments.timescales.reservoir",
            figures=("curves",),
            resumes=True,
        ),
        "lnp_transfer": Experiment(
            "experiments.transfer.settings:LnpTransfer",
            "experiments.transfer.transfer",
            figures=("spectra", "pruned-graphs"),
            resumes=True,
        ),
        "digit_memory": Experiment(
            "experiments.memory.settings:DigitMemory",
            "experiments.memory.digit_memory",
            figures=("digits", "capacity", "recall", "damage"),
            resumes=True,
        ),
        "htm_temporal_memory": Experiment(
            "experiments.memory.sequences.settings:HtmTemporalMemory",
            "experiments.memory.sequences.htm_temporal_memory",
            figures=("curves",),
            resumes=True,
        ),
        "sparsey_capacity": Experiment(
            "experiments.memory.sparsey_settings:SparseyCapacity",
            "experiments.memory.sparsey_capacity",
            figures=("curves",),
            resumes=True,
        ),
        "sparsey_fading": Experiment(
            "experiments.memory.sparsey_fading_settings:SparseyFading",
            "experiments.memory.sparsey_fading",
            figures=("curves",),
            resumes=True,
        ),
        "sparsey_mnist": Experiment(
            "experiments.memory.sparsey_recipes:SparseyMnist",
            "experiments.memory.sparsey_mnist",
            figures=("curves", "recipes", "typical"),
            resumes=True,
        ),
        "sparsey_sequences": Experiment(
            "experiments.memory.sparsey_settings:SparseySequences",
            "experiments.memory.sparsey_sequences",
            figures=("curves",),
            resumes=True,
        ),
        "sparsey_spiking": Experiment(
            "experiments.memory.sparsey_spiking_settings:SparseySpiking",
            "experiments.memory.sparsey_spiking",
            figures=("curves", "raster"),
            resumes=True,
        ),
        "sparsey_video": Experiment(
            "experiments.memory.sparsey_settings:SparseyVideo",
            "experiments.memory.sparsey_video",
            figures=("curves", "clips"),
            resumes=True,
        ),
        "cliques": Experiment(
            "experiments.memory.binary_settings:CliqueStudy",
            "experiments.memory.cliques",
            figures=("curves",),
            resumes=True,
        ),
        "covariance": Experiment(
            "experiments.memory.binary_settings:CovarianceStudy",
            "experiments.memory.covariance",
            figures=("curves",),
            resumes=True,
        ),
        "dense_hebbian": Experiment(
            "experiments.memory.dense_settings:DenseStudy",
            "experiments.memory.dense",
            figures=("curves", "maps"),
            resumes=True,
        ),
        "multitasking": Experiment(
            "experiments.memory.multitasking_settings:MultitaskingStudy",
            "experiments.memory.multitasking",
            figures=("curves",),
            resumes=True,
        ),
        "hopfield": Experiment(
            "experiments.memory.attractor_settings:HopfieldStudy",
            "experiments.memory.hopfield",
            figures=("curves",),
            resumes=True,
        ),
        "emergent_memory": Experiment(
            "experiments.memory.binary_settings:EmergentStudy",
            "experiments.memory.emergent",
            figures=("curves",),
            resumes=True,
        ),
        "emergent_spiking": Experiment(
            "experiments.memory.emergent_spiking_settings:EmergentSpiking",
            "experiments.memory.emergent_spiking",
            figures=("curves",),
            resumes=True,
        ),
        "spiking_temporal_memory": Experiment(
            "experiments.memory.sequences.settings:SpikingTemporalMemory",
            "experiments.memory.sequences.spiking_temporal_memory",
            figures=("curves", "sequences"),
            resumes=True,
        ),
        "online_memory": Experiment(
            "experiments.memory.online_settings:OnlineStudy",
            "experiments.memory.online",
            figures=("curves",),
            resumes=True,
        ),
        "bcpnn_memory": Experiment(
            "experiments.memory.bcpnn_settings:BcpnnStudy",
            "experiments.memory.bcpnn",
            figures=("curves", "raster"),
            resumes=True,
        ),
        "working_memory": Experiment(
            "experiments.memory.working.settings:WorkingMemory",
            "experiments.memory.working.working_memory",
            figures=("curves",),
            resumes=True,
        ),
        "vsa": Experiment(
            "experiments.memory.vsa_settings:VsaStudy",
            "experiments.memory.vsa",
            figures=("curves",),
            resumes=True,
        ),
        "capacity_atlas": Experiment(
            "experiments.memory.atlas.settings:CapacityAtlas",
            "experiments.memory.atlas.capacity_atlas",
            figures=("atlas",),
            resumes=True,
        ),
        "resonator": Experiment(
            "experiments.memory.resonator_settings:ResonatorStudy",
            "experiments.memory.resonator",
            figures=("curves",),
            resumes=True,
        ),
        "modern_hopfield": Experiment(
            "experiments.memory.modern_hopfield_settings:ModernHopfieldStudy",
            "experiments.memory.modern_hopfield",
            figures=("curves",),
            resumes=True,
        ),
        "sdm": Experiment(
            "experiments.memory.sdm_settings:SdmStudy",
            "experiments.memory.sdm",
            figures=("curves",),
            resumes=True,
        ),
        "willshaw": Experiment(
            "experiments.memory.binary_settings:WillshawStudy",
            "experiments.memory.willshaw",
            figures=("curves",),
            resumes=True,
        ),
        "dendrite_theory": Experiment(
            "experiments.dendrites.theory_settings:DendriteTheory",
            "experiments.dendrites.theory",
            figures=("dendrite-theory",),
            resumes=True,
        ),
        "dendrite_spiking": Experiment(
            "experiments.dendrites.spiking_settings:DendriteSpiking",
            "experiments.dendrites.spiking",
            figures=("dendrite-spiking",),
            resumes=True,
        ),
        "dendrite_capacity": Experiment(
            "experiments.dendrites.capacity_settings:DendriteCapacity",
            "experiments.dendrites.capacity",
            figures=("curves",),
            resumes=True,
        ),
        "dendrite_powers": Experiment(
            "experiments.dendrites.powers_settings:DendritePowers",
            "experiments.dendrites.powers",
            figures=("curves",),
            resumes=True,
        ),
        "branch_strength": Experiment(
            "experiments.dendrites.branch_settings:BranchStrength",
            "experiments.dendrites.branches",
            figures=("branch-strength",),
            resumes=True,
        ),
    }
)


class _Settings(Mapping[str, type]):
    """Look up settings by kind."""

    def __getitem__(self, kind: str) -> type:
        return EXPERIMENTS[kind].settings

    def __iter__(self) -> Iterator[str]:
        return iter(EXPERIMENTS)

    def __len__(self) -> int:
        return len(EXPERIMENTS)


SETTINGS: Mapping[str, type] = _Settings()
