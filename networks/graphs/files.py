"""Files that hold a graph: GraphML, lists of edges, sparse matrices."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import networkx
import numpy as np
from scipy import sparse

from networks.graphs.conversion import matrix_edges, network_edges, node_order
from networks.graphs.edges import Edges, sorted_edges
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError

COMMENT = "#"
# Synapses of a network that a machine of today holds need less; a bomb of zeros more.
MAX_UNPACKED = 16 << 30
BAD_MATRIX = (
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    AttributeError,
    IndexError,
    NotImplementedError,
)


def file_edges(path: Path, n_source: int, n_target: int) -> Edges:
    """Read the synapses of a graph file.

    Parameters
    ----------
    path : Path
        The file; its suffix says the format, as in `networks.connectivity.GraphFile`.
    n_source, n_target : int
        Sizes of the populations.

    Returns
    -------
    Edges
        The synapses.

    Raises
    ------
    EnvironmentFault
        If the file is missing or cannot be opened.
    DamagedFileError
        If its content is not what its suffix says.
    SpecError
        If it does not fit the populations.
    """
    readers = {".graphml": _read_graphml, ".npz": _read_matrix}
    read = readers.get(Path(path).suffix.lower(), _read_edge_list)
    try:
        return read(Path(path), n_source, n_target)
    except OSError as fault:
        raise EnvironmentFault(f"{path}: cannot be read ({fault.strerror or fault})") from None


def _read_graphml(path: Path, n_source: int, n_target: int) -> Edges:
    return network_edges(load_graphml(path), n_source, n_target, str(path))


def load_graphml(path: Path) -> Any:
    """Read a graph that was written as GraphML.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    networkx.Graph
        Of whatever kind the file says.

    Raises
    ------
    DamagedFileError
        If it is no GraphML, or declares entities.
    OSError
        If it cannot be opened.
    """
    _refuse_entities(path)
    try:
        return networkx.read_graphml(path)
    except (ElementTree.ParseError, networkx.NetworkXError, KeyError, ValueError) as fault:
        raise DamagedFileError(f"{path}: not a GraphML file ({fault})") from None


def _refuse_entities(path: Path) -> None:
    """Refuse XML that declares entities: GraphML needs none, and they can grow without end."""

    def refuse(*_declared: Any) -> None:
        raise DamagedFileError(f"{path} is refused: it declares XML entities")

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as fault:
        raise DamagedFileError(f"{path}: not a GraphML file ({fault})") from None


def _read_matrix(path: Path, n_source: int, n_target: int) -> Edges:
    return matrix_edges(load_matrix(path), n_source, n_target, str(path))


def load_matrix(path: Path) -> Any:
    """Read a SciPy sparse matrix, without pickles, and look at its indices.

    Parameters
    ----------
    path : Path
        A .npz file of `scipy.sparse.save_npz`.

    Returns
    -------
    SciPy sparse matrix or array
        Whose indices lie within its shape.

    Raises
    ------
    DamagedFileError
        If it is no such file, unpacks to more than it may, or its indices lead outside.
    OSError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            with zipfile.ZipFile(file) as archive:
                _check_unpacked(path, archive)
            file.seek(0)
            matrix = sparse.load_npz(file)
        if hasattr(matrix, "check_format"):
            matrix.check_format(full_check=True)
    except (*BAD_MATRIX, zipfile.BadZipFile, zlib.error) as fault:
        raise DamagedFileError(f"{path}: not a SciPy sparse matrix ({fault})") from None
    return matrix


def _check_unpacked(path: Path, archive: zipfile.ZipFile) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise DamagedFileError(
            f"{path} is refused: it unpacks to {unpacked / 1e9:.0f} GB, at most "
            f"{MAX_UNPACKED / 1e9:.0f} are read"
        )


def _read_edge_list(path: Path, n_source: int, n_target: int) -> Edges:
    """Read lines of source, target and an optional weight, divided by blanks or commas.

    Everything after # is a comment. Edges are directed. Every line has a weight or none has.
    """
    if n_source != n_target:
        raise SpecError(
            f"{path} joins populations of {n_source} and {n_target} neurons; needed: equal "
            f"sizes, or a sparse matrix (.npz)"
        )
    rows = _rows(path)
    index = node_order(
        list(dict.fromkeys(label for row in rows for label in row[:2])),
        n_source,
        str(path),
        may_omit=True,
    )
    ends = np.array([(index[row[0]], index[row[1]]) for row in rows], dtype=np.int64)
    source, target = ends.reshape(-1, 2).T
    has_weight = bool(rows) and len(rows[0]) == 3
    weight = np.array([float(row[2]) for row in rows]) if has_weight else None
    return sorted_edges(source, target, n_target, weight)


def _rows(path: Path) -> list[list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as fault:
        raise DamagedFileError(f"{path}: not a text file ({fault})") from None
    rows: list[list[str]] = []
    for number, line in enumerate(lines, start=1):
        row = line.split(COMMENT)[0].replace(",", " ").split()
        if not row:
            continue
        if len(row) not in (2, 3) or (rows and len(row) != len(rows[0])) or not _ends_well(row):
            raise DamagedFileError(
                f"{path}:{number}: '{line.strip()}'; needed: source, target and, on every line "
                f"or on none, a weight"
            )
        rows.append(row)
    return rows


def _ends_well(row: list[str]) -> bool:
    try:
        return len(row) == 2 or bool(np.isfinite(float(row[2])))
    except ValueError:
        return False
