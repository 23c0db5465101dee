"""From a connection rule or a graph to arrays of edges."""

from networks.graphs.connect import connect
from networks.graphs.edges import Edges

__all__ = ["Edges", "connect"]
