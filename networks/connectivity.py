"""Who is connected to whom: the rules that a projection may name.

Rules bear the names and defaults of NEST: autapses (a neuron onto itself, only where source and
target are one population) and multapses (several synapses of one pair) are allowed unless said
otherwise. This file declares; `networks.graphs` draws the edges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from neuro.errors import SpecError, nearest
from neuro.units import unit

# Suffixes of graph files that can be read.
FILE_SUFFIXES = (".graphml", ".edgelist", ".txt", ".csv", ".npz")
# Suffixes of files of networks that were made elsewhere.
NETWORK_SUFFIXES = (".h5", ".hdf5", ".sonata", ".graphml", ".npz", ".nir")
# Generators that may make fewer nodes than their argument n.
FEWER_NODES = frozenset({"kneser_graph", "random_lobster", "random_lobster_graph"})


@dataclass(frozen=True, slots=True)
class OneToOne:
    """Connect neuron i to neuron i; the populations have equal sizes."""

    rule: ClassVar[str] = "one_to_one"


@dataclass(frozen=True, slots=True)
class AllToAll:
    """Connect every neuron to every neuron.

    Attributes
    ----------
    allow_autapses : bool
        Whether a neuron may connect to itself.
    """

    rule: ClassVar[str] = "all_to_all"

    allow_autapses: bool = True


@dataclass(frozen=True, slots=True)
class BlockAllToAll:
    """Connect every neuron of a block to every neuron of the same block of the other population.

    Both populations are divided into as many blocks of neighbours, of equal sizes on each side:
    subpopulations with an inhibitory cell or an external source of their own.

    Attributes
    ----------
    blocks : int
        Number of blocks; divides both sizes.
    allow_autapses : bool
        Whether a neuron may connect to itself.
    """

    rule: ClassVar[str] = "block_all_to_all"

    blocks: int
    allow_autapses: bool = True

    def __post_init__(self) -> None:
        if self.blocks < 1:
            raise SpecError(f"blocks {self.blocks}; needed: 1 or more")


@dataclass(frozen=True, slots=True)
class PairwiseBernoulli:
    """Connect each pair independently with probability p.

    Attributes
    ----------
    p : float
        Probability of each pair, 0 to 1.
    allow_autapses : bool
        Whether a neuron may connect to itself.
    """

    rule: ClassVar[str] = "pairwise_bernoulli"

    p: float
    allow_autapses: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise SpecError(f"p {self.p} is not a probability; needed: 0 to 1")


@dataclass(frozen=True, slots=True)
class FixedTotalNumber:
    """Draw a fixed number of synapses among all pairs.

    Attributes
    ----------
    number : int
        Number of synapses.
    allow_autapses : bool
        Whether a neuron may connect to itself.
    allow_multapses : bool
        Whether a pair may have several synapses.
    """

    rule: ClassVar[str] = "fixed_total_number"

    number: int
    allow_autapses: bool = True
    allow_multapses: bool = True

    def __post_init__(self) -> None:
        _check_count("number", self.number)


@dataclass(frozen=True, slots=True)
class FixedIndegree:
    """Draw for each target a fixed number of sources.

    Attributes
    ----------
    indegree : int
        Number of synapses onto each target.
    allow_autapses : bool
        Whether a neuron may connect to itself.
    allow_multapses : bool
        Whether a pair may have several synapses.
    """

    rule: ClassVar[str] = "fixed_indegree"

    indegree: int
    allow_autapses: bool = True
    allow_multapses: bool = True

    def __post_init__(self) -> None:
        _check_count("indegree", self.indegree)


@dataclass(frozen=True, slots=True)
class FixedOutdegree:
    """Draw for each source a fixed number of targets.

    Attributes
    ----------
    outdegree : int
        Number of synapses from each source.
    allow_autapses : bool
        Whether a neuron may connect to itself.
    allow_multapses : bool
        Whether a pair may have several synapses.
    """

    rule: ClassVar[str] = "fixed_outdegree"

    outdegree: int
    allow_autapses: bool = True
    allow_multapses: bool = True

    def __post_init__(self) -> None:
        _check_count("outdegree", self.outdegree)


@dataclass(frozen=True, slots=True)
class GeneratorGraph:
    """Name a graph generator of networkx.

    Attributes
    ----------
    generator : str
        Name of a public generator, such as watts_strogatz_graph.
    args : mapping of str to number, text or list
        Its arguments. A missing `n` is the size of the population, a missing `seed` is drawn.
    directed : bool
        Ask the generator for a directed graph. An undirected edge is two synapses, one in each
        direction; an undirected self-loop is one.
    """

    generator: str
    args: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    directed: bool = False


@dataclass(frozen=True, slots=True)
class GraphFile:
    """Name a file that holds a graph.

    Attributes
    ----------
    file : Path
        GraphML (.graphml), a list of edges with optional weight (.edgelist, .txt, .csv: source
        first), or a SciPy sparse matrix (.npz: rows are sources).
    """

    file: Path

    def __post_init__(self) -> None:
        suffix = Path(self.file).suffix.lower()
        if suffix not in FILE_SUFFIXES:
            raise SpecError(
                f"{self.file}: no graph format has the suffix '{suffix}'; "
                f"one of {', '.join(FILE_SUFFIXES)}{nearest(suffix, FILE_SUFFIXES)}"
            )


@dataclass(frozen=True, slots=True)
class FromGraph:
    """Take the edges of a graph, with their weights where it has them.

    Attributes
    ----------
    graph : GeneratorGraph or GraphFile
        Where the graph comes from. A `networkx.Graph` or a SciPy sparse matrix can be given to
        `networks.graphs.connect` itself.
    """

    rule: ClassVar[str] = "from_graph"

    graph: GeneratorGraph | GraphFile


@dataclass(frozen=True, slots=True)
class FromFile:
    """Take synapses, weights and delays of a network that was made elsewhere.

    Attributes
    ----------
    path : Path
        SONATA edges (.h5, .hdf5, .sonata), GraphML (.graphml), a SciPy sparse matrix (.npz: rows
        are sources) or NIR (.nir). A relative path begins at the folder of the YAML file.
    projection : str
        Which projection of the file; may be left out if it has one.
    weight_unit : str
        Unit of the weights, if the file does not say it. Weights with a unit replace those of the
        synapse; without one they multiply them.
    delay_unit : str
        Unit of the delays, if the file does not say it. Delays replace those of the synapse.
    edge_types : Path or None
        SONATA's table of edge types (.csv), for what edges do not have themselves.
    """

    rule: ClassVar[str] = "from_file"

    path: Path
    projection: str = ""
    weight_unit: str = ""
    delay_unit: str = ""
    edge_types: Path | None = None

    def __post_init__(self) -> None:
        suffix = Path(self.path).suffix.lower()
        if suffix not in NETWORK_SUFFIXES:
            raise SpecError(
                f"{self.path}: no format of networks has the suffix '{suffix}'; "
                f"one of {', '.join(NETWORK_SUFFIXES)}{nearest(suffix, NETWORK_SUFFIXES)}"
            )
        for text in (self.weight_unit, self.delay_unit):
            if text:
                unit(text)


Connectivity = (
    OneToOne
    | AllToAll
    | BlockAllToAll
    | PairwiseBernoulli
    | FixedTotalNumber
    | FixedIndegree
    | FixedOutdegree
    | FromGraph
    | FromFile
)

CONNECTIVITY: Mapping[str, type[Connectivity]] = MappingProxyType(
    {
        each.rule: each
        for each in (
            OneToOne,
            AllToAll,
            BlockAllToAll,
            PairwiseBernoulli,
            FixedTotalNumber,
            FixedIndegree,
            FixedOutdegree,
            FromGraph,
            FromFile,
        )
    }
)


def n_synapses(rule: Connectivity, n_source: int, n_target: int, same: bool) -> int | None:
    """Return how many synapses a rule makes, None if that is drawn or stands in a graph.

    Parameters
    ----------
    rule : Connectivity
        The rule.
    n_source, n_target : int
        Sizes of the populations.
    same : bool
        Whether both are one population.

    Returns
    -------
    int or None
        The number, if the sizes fix it.
    """
    n_loops = n_source if same and not getattr(rule, "allow_autapses", True) else 0
    match rule:
        case OneToOne():
            return n_source
        case AllToAll():
            return n_source * n_target - n_loops
        case BlockAllToAll(blocks=blocks):
            return n_source * n_target // blocks - n_loops
        case FixedTotalNumber(number=number):
            return number
        case FixedIndegree(indegree=degree):
            return degree * n_target
        case FixedOutdegree(outdegree=degree):
            return degree * n_source
    return None


def misfit(graph: GeneratorGraph, n_source: int, n_target: int) -> str:
    """Say why no graph of a generator can fit two populations, before it is made.

    Parameters
    ----------
    graph : GeneratorGraph
        Name and arguments.
    n_source, n_target : int
        Sizes of the populations.

    Returns
    -------
    str
        What is wrong; nothing if the graph may fit.
    """
    if n_source != n_target:
        return (
            f"{graph.generator} joins populations of {n_source} and {n_target} neurons; needed: "
            f"equal sizes, or a sparse matrix of sources and targets"
        )
    n = graph.args.get("n")
    if isinstance(n, int) and n > n_source and graph.generator not in FEWER_NODES:
        return (
            f"{graph.generator} of n = {n} has {n} nodes or more, the population {n_source} neurons"
        )
    return ""


def _check_count(name: str, value: int) -> None:
    if value < 0:
        raise SpecError(f"{name} {value}; needed: 0 or more")
