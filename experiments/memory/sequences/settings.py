"""Settings of the experiments on memories of sequences; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated

from networks.bounds import check_range
from networks.inputs.sequences import LetterStream
from networks.objections import Described, Objection, engine_objections, missing
from networks.spec import Population
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
Voltage = Annotated[Quantity, Dim("volt")]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_sequences(sequences: tuple[str, ...], name: str = "sequences") -> None:
    """Refuse sequences that are not two or more letters A to Z, all of one length.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    right = all(len(each) > 1 and set(each) <= set(LETTERS) for each in sequences)
    if not sequences or not right or len({len(each) for each in sequences}) > 1:
        raise SpecError(
            f"{name} {list(sequences)}; needed: two or more letters A to Z each, of one length"
        )


@dataclass(frozen=True, slots=True)
class SequenceRoles:
    """Name the parts of the network that the experiment plays on.

    Attributes
    ----------
    cells, cue : str
        Populations: the cells, in one block for each element, and the generator of cues with one
        neuron for each element.
    recurrent : str
        The projection that learns.
    plateau : str
        Event of the cells' model that predicts; parameter `tau_dAP` is its duration.
    """

    cells: str = "exc"
    cue: str = "cue"
    recurrent: str = "recurrent"
    plateau: str = "dap"


@dataclass(frozen=True, slots=True)
class SpikingTemporalMemory:
    """Teach sequences to spiking cells with dendritic plateaus, and let the cells replay them.

    In an episode every sequence is shown once, each element by one spike of its cue. An element
    is predicted if, just before it, at least half of `assembly` cells of its block have a plateau.

    Attributes
    ----------
    sequences : tuple of str
        Letters, all of one length; A is the first block of cells.
    episodes : int
        How often the whole set is shown.
    networks : int
        Independent networks; intervals are across these.
    interval, gap : Time
        From one element to the next, and from the end of a sequence to the next one.
    assembly : int
        rho, cells that are to stand for an element in its context.
    settled : int
        Episodes at the end in which recall is judged.
    replay_threshold : Voltage
        Threshold of the cells while they replay: below what a plateau depolarises them by.
    replay_interval : Time
        From one cue of a first element to the next one.
    roles : SequenceRoles
        Which parts of the network do what.
    """

    sequences: tuple[str, ...] = ("ADBE", "FDBC")
    episodes: int = 60
    networks: int = 5
    interval: Time = parse("40 ms")
    gap: Time = parse("100 ms")
    assembly: int = 20
    settled: int = 20
    replay_threshold: Voltage = parse("6 mV")
    replay_interval: Time = parse("200 ms")
    roles: SequenceRoles = field(default_factory=SequenceRoles)

    def __post_init__(self) -> None:
        check_sequences(self.sequences)
        check_range(self, "episodes", "networks", "assembly", "settled", low=1)
        for name in ("interval", "replay_interval"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name}: {getattr(self, name).text} given; needed: above 0 s")
        if self.gap.value < self.interval.value:
            raise SpecError(
                f"gap {self.gap.text}; needed: at least the interval, {self.interval.text}, for "
                "which the cells of an element are listened to"
            )

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        yield from engine_objections(described, "weights between phases")
        for role in ("cells", "cue"):
            at = ("experiment", "roles", role)
            yield from missing(at, getattr(self.roles, role), described.populations, "population")
        at = ("experiment", "roles", "recurrent")
        yield from missing(at, self.roles.recurrent, described.projections, "projection")
        recurrent = described.projections.get(self.roles.recurrent)
        if recurrent is not None and recurrent.plasticity is None:
            message = f"needs plasticity, as the projection that learns ({'.'.join(at)})"
            yield Objection(("projections", recurrent.name), message)
        cells = described.populations.get(self.roles.cells)
        if cells is not None:
            yield from self._unfit(cells)
        cue = described.populations.get(self.roles.cue)
        if cue is not None:
            yield from self._unheard(cue, cells)

    def _unfit(self, cells: Population) -> Iterator[Objection]:
        """Yield what the model of the cells lacks."""
        at = ("populations", cells.name)
        if self.roles.plateau not in cells.model.events:
            message = f"model '{cells.model.name}' has no event '{self.roles.plateau}'"
            yield Objection(at, message)
        for name, reason in (("tau_dAP", "the plateau"), ("V_th", "the replay, which lowers it")):
            if not isinstance(cells.parameters.get(name), Quantity):
                yield Objection(at, f"needs one {name} for all cells, for {reason}")

    def _unheard(self, cue: Population, cells: Population | None) -> Iterator[Objection]:
        """Yield letters without cells, and cells that do not make blocks of one size."""
        size = ("populations", cue.name, "size")
        if cells is not None and cells.size % cue.size:
            message = f"{cue.size} elements cannot share the {cells.size} cells of '{cells.name}'"
            yield Objection(size, message)
        for number, word in enumerate(self.sequences):
            beyond = max(word, key=LETTERS.index)
            if LETTERS.index(beyond) >= cue.size:
                yield Objection(
                    ("experiment", "sequences", number),
                    f"'{word}' shows {beyond}, element {LETTERS.index(beyond) + 1}; "
                    f"populations.{cue.name} has {cue.size}, A to {LETTERS[cue.size - 1]}",
                )

    def quick(self) -> SpikingTemporalMemory:
        """Return the same experiment at the size of a test: too few episodes to learn much."""
        return replace(
            self, sequences=self.sequences[:2], episodes=min(self.episodes, 2), networks=1,
            settled=2,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HtmTemporalMemory:
    """Follow the predictions of an HTM temporal memory through a stream of noise and sequences.

    Each network sees `switch` elements; from there on, copies of it go different ways: one sees
    other sequences, the others lose a fraction of their cells. A memory with one cell a column,
    which has no context, sees the same stream as the first one.

    Attributes
    ----------
    sequences, switched : tuple of str
        Letters, all of one length, before and after the switch.
    elements, switch : int
        Length of the stream, and where the sequences change or cells die.
    deaths : tuple of float
        Fractions of cells that die.
    networks : int
        Independent networks; intervals are across these.
    every : int
        Elements between two points of a curve.
    columns, cells, active, noise : int
        Minicolumns, cells of each, active columns of an element, and random elements before each
        sequence.
    activation : int
        Synapses that make a segment active, or match.
    new_synapses : int
        Synapses on active cells that a learning segment is brought up to.
    initial, connected, increment, decrement, punishment : float
        Permanence of a new synapse, the least one that counts for prediction, and changes.
    """

    sequences: tuple[str, ...] = ("XABCDE", "YCBEAF", "GHIJKL", "WABCMN", "ZDBCAE")
    switched: tuple[str, ...] = ("XCBEAF", "YABCDE", "GABCMN", "WHIJKL", "ZDHICF")
    elements: int = 6000
    switch: int = 3000
    deaths: tuple[float, ...] = (0.4, 0.5, 0.6, 0.75)
    networks: int = 5
    every: int = 200
    columns: int = 2048
    cells: int = 32
    active: int = 40
    noise: int = 4
    activation: int = 15
    new_synapses: int = 40
    initial: float = 0.21
    connected: float = 0.5
    increment: float = 0.1
    decrement: float = 0.1
    punishment: float = 0.01

    def __post_init__(self) -> None:
        check_sequences(self.sequences)
        check_sequences(self.switched, "switched")
        if len(self.sequences[0]) != len(self.switched[0]):
            raise SpecError("switched: needed: sequences as long as before")
        check_range(self, "networks", "every", low=1)
        check_range(self, "switch", low=self.every, high=self.elements - 1, what="elements")
        for name in ("switch", "elements"):
            if getattr(self, name) % self.every:
                raise SpecError(f"{name} {getattr(self, name)}; needed: a multiple of {self.every}")
        check_range(self, "deaths", low=0, high=1)
        # Whether there is such a stream is for the stream to say.
        _ = self.stream

    @property
    def stream(self) -> LetterStream:
        """Return the stream of noise and letters."""
        return LetterStream(self.columns, self.active, self.noise)

    def quick(self) -> HtmTemporalMemory:
        """Return the same experiment at the size of a test: a short stream, two networks."""
        return replace(
            self, elements=800, switch=500, every=100, networks=2, deaths=self.deaths[-1:]
        )
