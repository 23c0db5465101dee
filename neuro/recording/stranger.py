"""Say what an HDF5 file is that this software did not write, and what can be done with it."""

from __future__ import annotations

import h5py

# So many names of a group are told.
MOST_NAMES = 5


def told(h5: h5py.File) -> str:
    """Return what a file of another program is and holds, in a few words.

    Parameters
    ----------
    h5 : h5py.File
        The file, open and trusted.

    Returns
    -------
    str
        To stand behind "is no recording of ours".
    """
    held = "; ".join(
        f"{group}: {_names(list(found))}"
        for group, found in h5.items()
        if isinstance(found, h5py.Group) and len(found)
    )
    inside = f" with {held}" if held else f" with {_names(list(h5)) or 'nothing in it'}"
    if "nwb_version" in h5.attrs:
        return f"an NWB file{inside}; PyNWB reads it, engram writes NWB only (`engram export`)"
    if "edges" in h5 or "nodes" in h5:
        use = "; a network takes edges from it by `connectivity: {rule: from_file, path: ...}`"
        return f"a SONATA file{inside}{use if 'edges' in h5 else ''}"
    if "spikes" in h5 or "report" in h5 or "reports" in h5:
        return f"a SONATA file of results{inside}; libsonata reads it"
    return f"an HDF5 file{inside}"


def _names(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    # A stranger's name may hold what moves a terminal's cursor.
    shown = [repr(name)[1:-1] for name in names[:MOST_NAMES]]
    return ", ".join([*shown, f"{more} more"] if more > 0 else shown)
