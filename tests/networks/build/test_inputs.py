"""Data through an encoder into spikes, phase by phase."""

import re
from dataclasses import replace

import numpy as np
import pytest

from networks.build import build
from networks.build.inputs import input_spikes
from networks.build.streams import Streams
from networks.config import load
from networks.inputs.digits import load_mnist
from networks.inputs.spike_encoders import LatencyEncoder
from networks.spec import Input, Phase
from neuro.engines.activation import activate
from neuro.errors import SpecError
from neuro.units import Time, parse

ITEMS = (3, 8)
GIVEN = """
simulation: {dt: 0.1 ms, duration: 10 ms}
populations: {a: {model: spike_generator, size: 2}}
inputs: {x: {target: a, times: [[1 ms, 5 ms], [2 ms]]}}
recordings: {out: {population: a}}
"""


@pytest.fixture
def seen(specify):
    spec = specify({"eye": {"model": "spike_generator", "size": 784}})
    entry = Input(
        "digits", "eye", "mnist", {"kind": "latency"}, ITEMS, item_duration=parse("20 ms")
    )
    return replace(spec, inputs={"digits": entry})


def spikes_of(spec, seed: int = 1):
    return input_spikes(spec, Streams(seed))["eye"]


def test_items_follow_each_other(seen):
    times, ids = spikes_of(seen)
    images, _ = load_mnist("train")
    encoder = LatencyEncoder(duration=0.02, time_step=1e-4)
    trains = [encoder.encode(images[item]) for item in ITEMS]
    np.testing.assert_allclose(times, np.concatenate([trains[0].time, trains[1].time + 0.02]))
    np.testing.assert_array_equal(ids, np.concatenate([train.index for train in trains]))


def test_an_input_plays_from_its_beginning_in_the_phases_that_name_it(seen):
    phases = (
        Phase("quiet", parse("50 ms"), inputs=()),
        Phase("first item only", parse("20 ms"), inputs=("digits",)),
        Phase("all", parse("100 ms")),
    )
    whole, _ = spikes_of(seen)
    times, _ = spikes_of(replace(seen, phases=phases))
    first = whole[whole < 0.02]
    np.testing.assert_allclose(times, np.concatenate([first + 0.05, whole + 0.07]))


def test_a_poisson_encoder_draws_from_the_stream_of_its_input(seen):
    noisy = replace(seen.inputs["digits"], encoder={"kind": "poisson", "max_rate": parse("63 Hz")})
    spec = replace(seen, inputs={"digits": noisy})
    first, again, other = spikes_of(spec), spikes_of(spec), spikes_of(spec, seed=2)
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0][:50], other[0][:50])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "mnits"}, "did you mean 'mnist'"),
        ({"encoder": {"kind": "latensy"}}, "did you mean 'latency'"),
        ({"encoder": {"kind": "latency", "speed": 1}}, r"inputs\.digits\.encoder: .*speed"),
        ({"items": (70000,)}, r"inputs\.digits\.items: 70000\.\.70000, but there are 60000"),
    ],
)
def test_an_input_that_cannot_be_is_refused(seen, change, message):
    wrong = replace(seen.inputs["digits"], **change)
    with pytest.raises(SpecError, match=message):
        spikes_of(replace(seen, inputs={"digits": wrong}))


def times_of(*trains: tuple[str, ...]) -> tuple[tuple[Time, ...], ...]:
    return tuple(tuple(parse(text) for text in train) for train in trains)


def test_given_spikes_are_carried_out_in_every_phase(specify):
    phases = [{"name": "a", "duration": "4 ms"}, {"name": "b", "duration": "20 ms"}]
    spec = specify({"eye": {"model": "spike_generator", "size": 3}}, phases=phases)
    entry = Input("given", "eye", times=times_of(("1 ms", "5 ms"), (), ("2 ms",)))
    times, ids = spikes_of(replace(spec, inputs={"given": entry}))
    np.testing.assert_allclose(times, [0.001, 0.002, 0.005, 0.009, 0.006])
    np.testing.assert_array_equal(ids, [0, 2, 0, 0, 2])


def test_spikes_written_in_the_file_reach_the_neuron(tmp_path):
    path = tmp_path / "given.yaml"
    path.write_text(GIVEN)
    with activate("brian2", target="numpy"):
        built = build(load(path).spec)
        built.network.run(parse("10 ms").value * built.clock.dt / built.clock.dt_)
        monitor = built.monitors["out"].monitor
        steps = np.round(np.array(monitor.t_) / built.clock.dt_).astype(int)
        assert list(zip(steps, monitor.i, strict=True)) == [(10, 0), (20, 1), (50, 0)]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Input("x", "eye"), "inputs.x: needs either 'dataset' or 'times'"),
        (
            Input("x", "eye", "mnist", times=times_of(("1 ms",))),
            "inputs.x: needs either 'dataset' or 'times'",
        ),
        (
            Input("x", "eye", times=times_of(("1 ms",))),
            "inputs.x.times: 1 lists, but population 'eye' has 784 neurons",
        ),
    ],
)
def test_an_input_is_a_data_set_or_a_list_for_each_neuron(seen, entry, message):
    with pytest.raises(SpecError, match=re.escape(message)):
        spikes_of(replace(seen, inputs={"x": entry}))


def test_an_image_must_fit_its_population(seen, specify):
    small = specify({"eye": {"model": "spike_generator", "size": 100}})
    with pytest.raises(SpecError, match="784 pixels, population 'eye' has 100 neurons"):
        spikes_of(replace(seen, populations=small.populations))
