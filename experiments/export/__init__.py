"""Write recordings in formats that tools of others read; `FORMATS` is the whole set by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from experiments.export.network import Network, When, network_of
from neuro.errors import SpecError, nearest
from neuro.recording import Recording


@dataclass(frozen=True, slots=True)
class Format:
    """Describe a format.

    Attributes
    ----------
    module : str
        Module of this package with `write(recording, network, path)`.
    suffix : str
        Of the file that is written; empty for a folder.
    holds : str
        What of a recording it can hold.
    """

    module: str
    suffix: str
    holds: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "sonata": Format("sonata", "", "nodes, edges, spikes and reports of a circuit"),
        "nwb": Format("nwb", ".nwb", "spikes, traces, connectivity and provenance"),
        "nir": Format("nir", ".nir", "LIF and CuBa-LIF neurons, matrices and delays"),
        "csv": Format("tabular", "", "nodes, edges, spikes, metrics and reports as tables"),
        "parquet": Format("parquet", "", "the tables of csv, with types"),
        "graphml": Format("graphml", ".graphml", "all neurons and synapses as one graph"),
        "edgelist": Format("edgelist", "", "a list of synapses for every projection"),
    }
)


def export(name: str, recording: Recording, out: Path, when: When = "initial") -> None:
    """Write a recording in another format.

    Parameters
    ----------
    name : str
        Key of `FORMATS`.
    recording : Recording
        Open.
    out : Path
        Must not exist yet; appears complete or not at all.
    when : {"initial", "final"}
        Which weights the network has.

    Raises
    ------
    SpecError
        If the name is unknown, the format cannot hold the network, or `out` exists.
    EnvironmentFault
        If a library is missing or the disk refuses.
    """
    if name not in FORMATS:
        known = list(FORMATS)
        raise SpecError(f"there is no format '{name}'{nearest(name, known)} ({', '.join(known)})")
    if out.exists():
        raise SpecError(f"{out} exists already; name another output with -o")
    write: Callable[[Recording, Network, Path], None]
    write = import_module(f"{__name__}.{FORMATS[name].module}").write
    network = network_of(recording, when)
    out.parent.mkdir(parents=True, exist_ok=True)
    begun = out.with_name(f".{out.name}.tmp{FORMATS[name].suffix}")
    _remove(begun)
    try:
        if not FORMATS[name].suffix:
            begun.mkdir()
        write(recording, network, begun)
        begun.rename(out)
    finally:
        _remove(begun)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
