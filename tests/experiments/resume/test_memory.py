"""Memory runs that were stopped and go on: every number is that of one which never stopped."""

from pathlib import Path

import numpy as np
import pytest
from resumable import measured

from experiments import SETTINGS, runner
from experiments.memory.laboratory import study
from experiments.resumption import resume
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import checkpoint_path

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs/memory"
WORDS = ("experiment.networks=4", "experiment.loads=[5, 20]", "experiment.probes=5")


def stop(patch, network):
    """Press Ctrl+C in the middle of a network, counted from the first of this process."""
    plain, asked = study._one_network, []

    def ask(*given):
        asked.append(given[3])
        if len(asked) > network:
            raise KeyboardInterrupt
        return plain(*given)

    patch.setattr(study, "_one_network", ask)
    return asked


@pytest.mark.parametrize("kind", ["willshaw", "covariance", "sdm"])
def test_a_memory_run_goes_on_three_times_bit_for_bit(tmp_path, monkeypatch, kind):
    config = CONFIGS / f"{kind}.yaml"
    calm = runner.run(
        load(config, (*WORDS, f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    file = tmp_path / "stopped.h5"
    described = load(config, (*WORDS, f"output.path={file}"), experiments=SETTINGS)
    goes = [lambda: runner.run(described), lambda: resume(file), lambda: resume(file)]
    for number, go in enumerate(goes):
        with monkeypatch.context() as patch:
            asked = stop(patch, 1)
            with pytest.raises(Interrupted, match="engram resume"):
                go()
        # What was complete is not asked again.
        assert asked == [number, number + 1]
    resume(file)
    assert not checkpoint_path(file).exists()
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    assert first["metrics/recall"].shape == (4, 2)
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name
