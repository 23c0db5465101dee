"""Write a recording as Neurodata Without Borders: units, traces, connectivity, provenance.

References
----------
Ruebel, O. et al. (2022). The Neurodata Without Borders ecosystem for neurophysiological data
science. eLife 11, e78362.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from experiments.export.network import Network
from experiments.export.tables import metrics
from neuro.dimensions import base_units
from neuro.extras import needed
from neuro.recording import Edges, Recording
from neuro.units import parse, unit

MS = 1e-3
# As NWB spells them.
SI_NAMES = {
    unit(short)[1]: name
    for short, name in (("V", "volts"), ("A", "amperes"), ("S", "siemens"), ("s", "seconds"))
}


def write(recording: Recording, network: Network, path: Path) -> None:
    """Write the recording.

    Parameters
    ----------
    recording : Recording
        The run.
    network : Network
        Its populations and projections.
    path : Path
        The file.

    Raises
    ------
    EnvironmentFault
        If the library `pynwb` is missing, or the disk refuses.
    """
    with needed("NWB"):
        import pynwb
        from hdmf import common
    file = pynwb.NWBFile(
        session_description=f"simulation '{network.resolved.get('name', recording.path.stem)}'",
        identifier=recording.run_id,
        session_start_time=datetime.fromisoformat(recording.created),
        experiment_description="A simulated network of spiking neurons; there was no animal.",
        keywords=["simulation", "spiking neural network", "engramlab"],
        source_script=recording.config_source or "none",
        source_script_file_name="configuration.yaml",
        notes=json.dumps({"provenance": recording.provenance, "seeds": recording.seeds}),
    )
    _add_units(file, recording, network)
    for series in _traces(pynwb, recording):
        file.add_acquisition(series)
    module = file.create_processing_module("network", "populations, projections and metrics")
    for name, edges in network.projections.items():
        module.add(_edges(common, name, edges))
    for table in _weights(common, recording):
        module.add(table)
    if (found := metrics(recording))["metric"].size:
        module.add(_table(common, "metrics", "what was measured", found))
    with pynwb.NWBHDF5IO(path, "w") as io:
        io.write(file)


def _add_units(file: Any, recording: Recording, network: Network) -> None:
    """Add one unit for every neuron of the populations whose spikes were recorded."""
    if not recording.spiking:
        return
    file.add_unit_column("population", "population of the neuron")
    file.add_unit_column("node_id", "number of the neuron in its population, from 0")
    told = network.described("simulation").get("dt")
    whole = np.array([[0.0, recording.progress[0] * MS]])
    for name in recording.spiking:
        for k, times in enumerate(recording.trains(name)):
            file.add_unit(spike_times=times * MS, obs_intervals=whole, population=name, node_id=k)
    if told is not None:
        file.units.resolution = parse(told).value


def _traces(pynwb: Any, recording: Recording) -> list[Any]:
    """Return a series for every report of every population, in SI by its conversion."""
    found = []
    for name in recording.reports:
        for population in recording.reported(name):
            report = recording.report(name, population)
            if not len(report.times_ms):
                continue
            scale, dimension = unit(report.unit)
            columns = ", ".join(map(str, report.node_ids.tolist()))
            found.append(
                pynwb.TimeSeries(
                    name=f"{name}_{population}",
                    description=f"{report.variable} of {population}, columns: neurons {columns}",
                    data=report.data,
                    unit=SI_NAMES.get(dimension, base_units(dimension)),
                    conversion=scale,
                    **_clock(report.times_ms * MS),
                )
            )
    return found


def _clock(seconds: Any) -> dict[str, Any]:
    if seconds.size < 2:
        return {"timestamps": seconds}
    step = (seconds[-1] - seconds[0]) / (seconds.size - 1)
    return {"starting_time": float(seconds[0]), "rate": float(1 / step)}


def _edges(common: Any, name: str, edges: Edges) -> Any:
    told = f"synapses from {edges.source_pop} to {edges.target_pop}; weight in {edges.weight_unit}"
    columns = {
        "source_id": edges.source_ids,
        "target_id": edges.target_ids,
        "weight": edges.weight,
        "delay_ms": edges.delay_ms,
    }
    return _table(common, f"projection_{name}", told, columns)


def _table(common: Any, name: str, told: str, columns: Mapping[str, Any]) -> Any:
    made = [
        common.VectorData(
            name=key,
            description=key.replace("_", " "),
            data=values.tolist() if values.dtype.kind == "U" else values,
        )
        for key, values in columns.items()
    ]
    return common.DynamicTable(name=name, description=told, columns=made)


def _weights(common: Any, recording: Recording) -> list[Any]:
    """Return a table for every projection whose weights were recorded, one row for each time."""
    found = []
    for name in recording.weighed:
        history = recording.weights(name)
        told = f"weights of {name} in {history.unit}, in the order of projection_{name} as built"
        columns = {"time_s": history.times_ms * MS, "weight": history.data, "alive": history.alive}
        found.append(_table(common, f"weights_{name}", told, columns))
    return found
