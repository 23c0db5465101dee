"""Every network of the benchmarks can be built for the peers as for the device."""

import brian2
import pytest

from experiments.bench.engines.networks import NETWORKS


@pytest.fixture
def standalone(tmp_path):
    brian2.set_device("cpp_standalone", build_on_run=False, directory=str(tmp_path))
    yield brian2.device
    brian2.device.reinit()
    brian2.devices.reset_device()


# No compiler: a program that asks for what only its run knows fails while it is written.
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_written_as_a_standalone_program(name, standalone):
    model = NETWORKS[name](200)
    model.network.run(1 * brian2.ms)
    standalone.build(compile=False, run=False, with_output=False)
