"""What a sound configuration says that will not happen is told at its place."""

from pathlib import Path

import pytest

from networks.config import load

SOURCE = "populations: {a: {model: spike_generator, size: 1}}"
LENGTH = "simulation: {duration: 1 s"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{LENGTH}}}\npopulations: {{a: {{model: poisson, size: 1}}}}", []),
        (f"{LENGTH}}}\n{SOURCE}\ninputs: {{x: {{target: a, times: [[]]}}}}", []),
        (f"{LENGTH}}}\n{SOURCE}", ["2:18: populations.a: no input drives"]),
        (
            f"{LENGTH}, engine: nest}}\npopulations: {{a: {{model: poisson, size: 1}}}}",
            ["1:37: simulation.engine: engine 'nest' is not available yet"],
        ),
        (
            f"{LENGTH}}}\npopulations: {{a: {{model: poisson, size: 1}}}}\n"
            "sweep: {grid: {seed: [1, 2]}}",
            ["3:8: sweep: 'engram run' runs the configuration itself"],
        ),
    ],
)
def test_a_notice_stands_at_its_place(tmp_path: Path, text: str, told: list[str]) -> None:
    path = tmp_path / "sound.yaml"
    path.write_text(text)
    found = [str(notice) for notice in load(path).notices]
    assert len(found) == len(told)
    for notice, beginning in zip(found, told, strict=True):
        assert notice.startswith(f"{path}:{beginning}")


def test_a_path_may_lead_to_what_the_file_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "sound.yaml"
    path.write_text(
        "simulation: {duration: 1 s}\npopulations: {a: {model: lif, size: 1}}\n"
        "recordings: {v: {population: a, variable: v}}\n"
        "sweep: {grid: {recordings.v.every: [1 ms], populations.a.parameters.tau_m: [1 ms],\n"
        "               simulation.dt: [1 ms]}}\n"
    )
    assert len(load(path).spec.sweep["grid"]) == 3
