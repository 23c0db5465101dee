"""Settings of the study of graphs; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from networks.bounds import check_range, most_attached
from neuro.errors import SpecError

Family = Literal[
    "erdos_renyi", "watts_strogatz", "barabasi_albert", "block_model", "group_to_group",
    "random_geometric",
]  # fmt: skip
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True, slots=True)
class Cells:
    """Set the cells of a reservoir: x <- (1 - a) x + a tanh(W x + W_in u + b).

    Attributes
    ----------
    gain : float
        g: weights are normal, their deviation g / sqrt(mean number of neighbours), whatever the
        graph; its spectral radius is left as it comes.
    leak : float
        a, above 0 to 1.
    drive : float
        Weights of inputs are uniform in -drive..drive.
    bias : float
        b is uniform in -bias..bias.
    """

    gain: float = 0.8
    leak: float = 1.0
    drive: float = 0.3
    bias: float = 0.2

    def __post_init__(self) -> None:
        check_range(self, "drive", "bias", low=0)
        if self.gain <= 0:
            raise SpecError(f"gain {self.gain}; needed: above 0, or no graph would tell")
        if not 0 < self.leak <= 1:
            raise SpecError(f"leak {self.leak}; needed: above 0, at most 1")


@dataclass(frozen=True, slots=True)
class GraphStudy:
    """Score reservoirs on graphs of the same density, and foretell the scores from the graphs.

    Attributes
    ----------
    families : tuple of str
        Of `networks.graphs.families.FAMILIES`.
    graphs : int
        Of each family.
    sizes : tuple of int
        Nodes; the graphs of a family have them in turn.
    density : float
        Share of the pairs of nodes that are joined, in all graphs.
    draws : int
        Weights drawn for each graph; its scores are the means over them.
    cells : Cells
        The reservoirs.
    steps, washout, delays : int
        Inputs of memory capacity and of the forecast of Lorenz's flow, those that are left out at
        the beginning, and the delays asked for.
    strings : int
        Of Reber's grammar, half of them broken by a confusion; a third tests.
    model : {"ridge", "forest", "adaboost"}
        What foretells scores.
    folds : int
        Parts of the graphs that are left out in turn; 0 to leave out one at a time.
    shuffles : int
        Scores dealt out anew among the graphs, for comparison.
    """

    families: tuple[Family, ...] = FAMILIES
    graphs: int = 16
    sizes: tuple[int, ...] = (100,)
    density: float = 0.1
    draws: int = 3
    cells: Cells = field(default_factory=Cells)
    steps: int = 2500
    washout: int = 200
    delays: int = 100
    strings: int = 1200
    model: Literal["ridge", "forest", "adaboost"] = "ridge"
    folds: int = 10
    shuffles: int = 99

    def __post_init__(self) -> None:
        if not self.families or not self.sizes:
            raise SpecError(
                f"families {list(self.families)}, sizes {list(self.sizes)}; needed: some"
            )
        if len(set(self.families)) < len(self.families):
            raise SpecError(f"families {list(self.families)}; needed: each once")
        check_range(self, "sizes", low=10, what="nodes")
        check_range(self, "graphs", "draws", "delays", "shuffles", low=1)
        if len(self.families) * self.graphs < 3:
            raise SpecError(
                f"graphs {self.graphs} of {len(self.families)} families; needed: 3 in all"
            )
        self._check_density()
        if self.delays > self.washout or self.steps < self.washout + 50:
            raise SpecError(
                f"steps {self.steps}, washout {self.washout}, delays {self.delays}; needed: no "
                "more delays than washout, and 50 steps more than washout"
            )
        check_range(self, "strings", low=30)
        if self.strings % 2:
            raise SpecError(f"strings {self.strings}; needed: an even number")
        most = len(self.families) * self.graphs
        if self.folds and not 2 <= self.folds <= most:
            raise SpecError(f"folds {self.folds}; needed: 0, or 2 to {most}")

    def _check_density(self) -> None:
        if not 0 < self.density <= 1:
            raise SpecError(f"density {self.density}; needed: above 0, at most 1")
        for size in self.sizes:
            n_edges, most = round(self.density * size * (size - 1) / 2), most_attached(size)
            if "barabasi_albert" in self.families and n_edges > most:
                raise SpecError(
                    f"density {self.density}; needed: at most {2 * most / size / (size - 1):.3f}, "
                    f"as barabasi_albert has at most {most} edges of {size} nodes"
                )

    def quick(self) -> GraphStudy:
        """Return the same experiment at the size of a test: few small graphs, short series."""
        return replace(
            self, graphs=min(self.graphs, 3), sizes=(30,), density=max(self.density, 0.2), draws=1,
            steps=400, washout=60, delays=30, strings=60, folds=3, shuffles=9,
        )  # fmt: skip
