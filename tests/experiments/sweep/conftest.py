from __future__ import annotations

from pathlib import Path

import pytest

TEXT = """
schema_version: 1
name: small
seed: 5
simulation: {dt: 0.1 ms, duration: 40 ms, engine: numba}
populations:
  source: {model: poisson, size: 20, parameters: {rate: 200 Hz}}
  cells: {model: lif, size: 10}
projections:
  drive: {source: source, target: cells, connectivity: {rule: all_to_all},
          synapse: {model: exponential, weight: 200 pA, delay: 1 ms}}
recordings: {spikes: {population: cells}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a small configuration whose rates depend on the weight and on the seed."""
    path = tmp_path / "small.yaml"
    path.write_text(TEXT)
    return path
