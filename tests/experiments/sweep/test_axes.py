"""What is varied is read, never evaluated."""

import numpy as np
import pytest

from experiments.sweep.axes import Axis, read_argument, read_axes
from networks.config import ConfigError, load
from neuro.errors import SpecError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2,3", (1, 2, 3)),
        ("a=1 ms, 2.5 ms", ("1 ms", "2.5 ms")),
        ("a=[1, 2],[3]", ([1, 2], [3])),
        ("a={x: 1, y: 2}, {x: 3}", ({"x": 1, "y": 2}, {"x": 3})),
        ("a='1,2',true,null", ("1,2", True, None)),
        ("a=one", ("one",)),
        ("a=range(3)", (0, 1, 2)),
        ("a=range(1, 2, 0.25)", (1, 1.25, 1.5, 1.75)),
        ("a=range(0,1,0.1)", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
        ("a=range(2,0,-0.5)", (2, 1.5, 1, 0.5)),
        ("a=range(0, 1, 0.3)", (0, 0.3, 0.6, 0.9)),
    ],
)
def test_values_are_read(text, values):
    key, found = read_argument(text)
    assert found == values
    assert key == text.partition("=")[0]
    assert all(type(a) is type(b) for a, b in zip(found, values, strict=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed", "expected key.path=value,value"),
        ("=1", "expected key.path=value,value"),
        ("a=", "expected key.path=value,value"),
        ("a=range(0, 1, 0)", "the step is 0"),
        ("a=range(1, 0)", "no values"),
        ("a=range(inf)", "expected range"),
        ("a=range(1, x)", "in numbers"),
        ("a=range(1, 2, 3, 4)", "expected range"),
        ("a=range(0, 1e9, 1)", "1000000000 values"),
    ],
)
def test_what_cannot_be_read_is_told(text, message):
    with pytest.raises(SpecError, match=message):
        read_argument(text)


def test_yaml_that_is_none_is_told():
    with pytest.raises(ConfigError, match="command line"):
        read_argument("a=[1, 2")


def test_a_key_that_is_given_twice_is_told(config):
    with pytest.raises(SpecError, match="'seed' is given twice"):
        read_axes(load(config).spec, ["seed=1", "quick=true", "seed=2"])


def test_the_command_line_wins_over_the_grid(config):
    config.write_text(config.read_text() + "sweep: {grid: {seed: [1, 2], quick: [false]}}\n")
    axes = read_axes(load(config).spec, ["seed=7,8,9"])
    assert axes == [Axis.of("quick", (False,)), Axis.of("seed", (7, 8, 9))]


DURATION = "simulation.duration"
SIZE = "populations.cells.size"


def axes_of(config, sweep, *arguments):
    config.write_text(f"{config.read_text()}sweep: {sweep}\n")
    return read_axes(load(config).spec, arguments)


def test_keys_that_are_zipped_go_through_their_values_together(config):
    ways = f"{{grid: {{quick: [false]}}, zip: {{{SIZE}: [5, 10], {DURATION}: [10 ms, 20 ms]}}}}"
    grid, together = axes_of(config, ways)
    assert grid == Axis.of("quick", (False,))
    assert together.choices() == (
        {SIZE: 5, DURATION: "10 ms"}, {SIZE: 10, DURATION: "20 ms"},
    )  # fmt: skip


def test_the_command_line_takes_a_key_out_of_what_is_zipped(config):
    ways = f"{{zip: {{{SIZE}: [5, 10], {DURATION}: [10 ms, 20 ms]}}}}"
    assert axes_of(config, ways, f"{SIZE}=7") == [
        Axis.of(DURATION, ("10 ms", "20 ms")), Axis.of(SIZE, (7,)),
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["random", "latin_hypercube"])
def test_what_is_drawn_is_drawn_of_its_range_and_the_same_each_time(config, way):
    space = (
        f"{{{SIZE}: {{low: 2, high: 9, whole: true}}, "
        f"{DURATION}: {{low: 1 ms, high: 100 ms, scale: log}}}}"
    )
    (axis,) = axes_of(config, f"{{{way}: {{samples: 40, space: {space}}}}}")
    sizes, durations = axis.columns().values()
    assert set(sizes) == set(range(2, 10))
    assert all(type(size) is int for size in sizes)
    numbers = np.array([float(text.removesuffix(" ms")) for text in durations])
    assert numbers.min() >= 1
    assert numbers.max() <= 100
    assert read_axes(load(config).spec, ()) == [axis]
    (other,) = read_axes(load(config, ["seed=6"]).spec, ())
    assert other != axis
    if way == "latin_hypercube":
        # One in each of forty parts of equal ratio: what makes it a hypercube.
        parts = np.floor(40 * np.log(numbers) / np.log(100)).astype(int)
        assert sorted(parts) == list(range(40))


def test_more_random_samples_begin_with_those_of_fewer(config):
    text = config.read_text()
    found = []
    for n in (5, 9):
        config.write_text(text)
        (axis,) = axes_of(config, f"{{random: {{samples: {n}, space: {{{SIZE}: [1, 2, 3, 4]}}}}}}")
        found.append(axis.rows)
    assert found[1][:5] == found[0]
    assert {value for (value,) in found[1]} <= {1, 2, 3, 4}
