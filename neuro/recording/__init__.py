"""Record runs into HDF5 files that survive a crash and that tools of others read.

The only door to h5py. A run is recorded by `Recorder`, read by `read`, looked into by
`describe`, checked by `verify`; `repair` seals what a dead run left.
"""

from neuro.recording.contents import Edges, Metric, Phase, Population, Report, WeightHistory
from neuro.recording.describe import Activity, Description, Node, describe
from neuro.recording.header import Header, Status
from neuro.recording.integrity import verify
from neuro.recording.read import Recording, read
from neuro.recording.recorder import Recorder
from neuro.recording.repair import repair

__all__ = [
    "Activity",
    "Description",
    "Edges",
    "Header",
    "Metric",
    "Node",
    "Phase",
    "Population",
    "Recorder",
    "Recording",
    "Report",
    "Status",
    "WeightHistory",
    "describe",
    "read",
    "repair",
    "verify",
]
