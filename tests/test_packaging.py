"""What a wheel holds: the four packages with their templates, the command, the licence."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".py", ".yaml", ".html", ".css", ".js"}
PACKAGES = {"neuro", "networks", "plasticity", "experiments"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as opened:
        yield opened


def test_the_wheel_holds_exactly_the_four_packages(wheel):
    top = {name.partition("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_every_module_and_template_of_the_packages_is_in_the_wheel(wheel):
    files = [file for name in PACKAGES for file in (ROOT / name).rglob("*.*")]
    needed = {str(f.relative_to(ROOT)) for f in files if f.suffix in SUFFIXES}
    assert {Path(name).suffix for name in needed} == SUFFIXES
    assert needed <= set(wheel.namelist())


def test_the_wheel_brings_the_command_and_the_licence(wheel):
    (points,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "engram = experiments.cli:main" in wheel.read(points).decode()
    (licence,) = [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert "CeCILL FREE SOFTWARE LICENSE AGREEMENT" in wheel.read(licence).decode()


def test_the_wheel_cannot_be_uploaded_by_mistake(wheel):
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    assert "Classifier: Private :: Do Not Upload" in wheel.read(metadata).decode()
