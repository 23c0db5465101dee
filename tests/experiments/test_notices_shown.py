"""What a sound configuration will not do is told on standard error, by `validate` and `run`."""

SWEPT = """
simulation: {duration: 1 ms}
populations: {a: {model: poisson, size: 1}}
output: {path: "FOLDER/{name}.h5"}
sweep: {grid: {seed: [1, 2]}}
"""
TOLD = "5:8: sweep: 'engram run' runs the configuration itself; the sweep is not run"


def test_validate_tells_what_will_not_be_run(engram, tmp_path):
    path = tmp_path / "swept.yaml"
    path.write_text(SWEPT)
    answer = engram("validate", path)
    assert (answer.code, answer.out) == (0, f"{path}: ok\n")
    assert answer.err == f"{path}:{TOLD}\n"


def test_run_tells_that_it_runs_the_configuration_itself(engram, tmp_path):
    path = tmp_path / "swept.yaml"
    path.write_text(SWEPT.replace("FOLDER", str(tmp_path)))
    answer = engram("run", path, "--quiet")
    assert answer.code == 0, answer.err
    assert answer.err == f"{path}:{TOLD}\n"
