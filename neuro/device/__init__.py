"""Register the Brian2 device "numba", which runs any Brian2 script as fused Numba code.

>>> import brian2
>>> import neuro.device
>>> brian2.set_device("numba", mode="strict", threads=1)
"""

from __future__ import annotations

from brian2.devices.device import all_devices

from neuro.device.batch import Trial, run_batch
from neuro.device.device import NumbaDevice

#: The device that `brian2.set_device("numba")` selects.
numba_device: NumbaDevice = all_devices.setdefault("numba", NumbaDevice())

__all__ = ["NumbaDevice", "Trial", "numba_device", "run_batch"]
