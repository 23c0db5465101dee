"""Record runs into HDF5 files that survive a crash and that tools of others read.

The only door to h5py. A run is recorded by `Recorder`, read by `read`, looked into by
`describe`, put beside another one by `compare`, checked by `verify`; `repair` seals what a dead
run left, and a `Checkpoint` beside the recording lets one go on.
"""

from neuro.recording.beacon import Beacon
from neuro.recording.carry import carry
from neuro.recording.checkpoint import (
    Checkpoint,
    checkpoint_path,
    read_checkpoint,
    remove_checkpoint,
    write_checkpoint,
)
from neuro.recording.compare import Comparison, compare
from neuro.recording.contents import Edges, Metric, Phase, Population, Report, WeightHistory
from neuro.recording.describe import Activity, Description, Node, describe
from neuro.recording.follow import Follower
from neuro.recording.gather import gather
from neuro.recording.header import Header, Status
from neuro.recording.integrity import verify
from neuro.recording.read import Recording, read
from neuro.recording.recorder import Recorder
from neuro.recording.repair import repair
from neuro.recording.tree import packed, unpacked

__all__ = [
    "Activity",
    "Beacon",
    "Checkpoint",
    "Comparison",
    "Description",
    "Edges",
    "Follower",
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
    "carry",
    "checkpoint_path",
    "compare",
    "describe",
    "gather",
    "packed",
    "read",
    "read_checkpoint",
    "remove_checkpoint",
    "repair",
    "unpacked",
    "verify",
    "write_checkpoint",
]
