"""Write the network of a recording as GraphML: one directed graph with parallel edges.

References
----------
http://graphml.graphdrawing.org
"""

from __future__ import annotations

from pathlib import Path

import networkx

from experiments.export.network import Network, rows_of
from neuro.recording import Recording


def write(_recording: Recording, network: Network, path: Path) -> None:
    """Write every neuron and every synapse.

    Parameters
    ----------
    network : Network
        Populations and projections.
    path : Path
        The file. Nodes are `population/number` with `population`, `index` and `model`; edges
        have `projection`, `weight`, `weight_unit`, `delay` and `delay_unit`.
    """
    graph = networkx.MultiDiGraph()
    for name, population in network.populations.items():
        for k in range(population.size):
            graph.add_node(f"{name}/{k}", population=name, index=k, model=population.model)
    for name, edges in network.projections.items():
        told = {"projection": name, "weight_unit": edges.weight_unit, "delay_unit": "ms"}
        for source, target, weight, delay in rows_of(edges):
            ends = f"{edges.source_pop}/{source}", f"{edges.target_pop}/{target}"
            graph.add_edge(*ends, weight=float(weight), delay=float(delay), **told)
    networkx.write_graphml_xml(graph, path)
