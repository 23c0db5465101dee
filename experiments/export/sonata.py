"""Write a recording as a SONATA circuit: a folder that libsonata and bluepysnap open.

References
----------
https://sonata-extension.readthedocs.io
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from experiments.export.network import Network
from neuro.recording import Recording, circuit, sonata
from neuro.units import parse

VERSION = 2.4
MS = 1e3


def write(recording: Recording, network: Network, folder: Path) -> None:
    """Write circuit, spikes and reports, each into a file of its own.

    Parameters
    ----------
    recording : Recording
        The run.
    network : Network
        Its populations and projections.
    folder : Path
        Empty; receives `circuit_config.json`, `simulation_config.json`, `nodes/`, `edges/`,
        `spikes.h5` and `reports/`.
    """
    for name in ("nodes", "edges", "reports"):
        (folder / name).mkdir()
    _write_circuit(network, folder)
    spikes = [
        item for name in recording.spiking for item in sonata.spikes(name, *recording.spikes(name))
    ]
    circuit.write_file(folder / "spikes.h5", spikes)
    reports = _write_reports(recording, folder / "reports")
    _write_json(folder / "simulation_config.json", _simulation(recording, network, reports))
    provenance = {"provenance": recording.provenance, "seeds": recording.seeds}
    _write_json(folder / "provenance.json", provenance)


def _write_circuit(network: Network, folder: Path) -> None:
    nodes, edges = [], []
    for name, population in network.populations.items():
        kind = circuit.VIRTUAL if network.is_source(name) else circuit.POINT
        items = circuit.node_items(name, population, kind, network.synapse_class(name))
        circuit.write_file(folder / "nodes" / f"{name}.h5", items)
        nodes.append(_listed("nodes", name, kind))
    for name, found in network.projections.items():
        n_source = network.populations[found.source_pop].size
        n_target = network.populations[found.target_pop].size
        items = circuit.edge_items(name, found, n_source, n_target, network.synapse(name))
        circuit.write_file(folder / "edges" / f"{name}.h5", items)
        edges.append(_listed("edges", name, circuit.SYNAPSE))
    networks = {"nodes": nodes, "edges": edges}
    told = {"version": VERSION, "manifest": {"$BASE_DIR": "."}, "networks": networks}
    _write_json(folder / "circuit_config.json", told)


def _listed(what: str, name: str, kind: str) -> dict[str, Any]:
    return {f"{what}_file": f"$BASE_DIR/{what}/{name}.h5", "populations": {name: {"type": kind}}}


def _write_reports(recording: Recording, folder: Path) -> dict[str, Any]:
    """Write every report, one population in each file, and return what they are."""
    told = {}
    for name in recording.reports:
        for population in recording.reported(name):
            report = recording.report(name, population)
            if not len(report.times_ms):
                continue
            alone = name if len(recording.reported(name)) == 1 else f"{name}-{population}"
            circuit.write_file(folder / f"{alone}.h5", circuit.report_items(report))
            start, stop, step = sonata.time_axis(report.times_ms).tolist()
            told[alone] = {
                "type": "compartment",
                "sections": "soma",
                "compartments": "center",
                "variable_name": report.variable,
                "unit": report.unit,
                "dt": step,
                "start_time": start,
                "end_time": stop,
                "file_name": alone,
            }
    return told


def _simulation(recording: Recording, network: Network, reports: dict[str, Any]) -> dict[str, Any]:
    told = network.described("simulation")
    run = {
        "tstop": recording.progress[0],
        "dt": parse(told["dt"]).value * MS if "dt" in told else 1.0,
        "random_seed": network.seed,
    }
    return {
        "version": VERSION,
        "manifest": {"$BASE_DIR": "."},
        "target_simulator": "Brian2",
        "network": "$BASE_DIR/circuit_config.json",
        "run": run,
        "output": {"output_dir": "reports", "spikes_file": "../spikes.h5"},
        "reports": reports,
    }


def _write_json(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
