"""Clips from a folder of pictures; the label field over codes of a hierarchy."""

import numpy as np
import pytest
from matplotlib.image import imsave

from experiments.figures.frames import clip_folders, read_clip
from experiments.memory.sparsey_clips import Clips, draw_clips, read_clips
from experiments.memory.sparsey_settings import SparseyVideo
from experiments.memory.sparsey_video import mean_frame_accuracy, measure_level
from networks.memories.sparsey.presentation import LevelCodes
from networks.memories.sparsey.settings import Level
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError

LEVELS = (Level(4, 14, 4, 8), Level(1, 4, 4, 8))


def write_pgm(path, picture):
    path.write_bytes(b"P5 %d %d 255\n" % picture.shape[::-1] + picture.tobytes())


@pytest.fixture
def folder(tmp_path):
    """Two classes of two clips; squares that move right or down, as PNG or PGM."""
    for label, name in enumerate(("down", "right")):
        for clip in range(2):
            place = tmp_path / name / f"clip{clip}"
            place.mkdir(parents=True)
            for t in range(5):
                picture = np.zeros((63, 90), dtype=np.uint8)
                top, left = 10 + 5 * t * (1 - label), 10 + 5 * t * label
                picture[top : top + 20, left : left + 20] = 250
                if clip:
                    write_pgm(place / f"{t:03}.pgm", picture)
                else:
                    imsave(place / f"{t:03}.png", picture, cmap="gray", vmin=0, vmax=255)
    return tmp_path


def test_frames_of_a_folder_are_clips_of_edges(folder):
    clips = read_clips(folder, 3)
    assert clips.frames.shape == (4, 3, 42, 60)
    assert clips.labels.tolist() == [0, 0, 1, 1]
    # The outline of a square, not its inside; the same from either format.
    assert 0.01 < clips.frames.mean() < 0.15
    np.testing.assert_array_equal(clips.frames[0], clips.frames[1])
    brightness = read_clip(folder / "down" / "clip0", 2)
    assert brightness.shape == (2, 63, 90)
    assert brightness.max() == pytest.approx(250, abs=1)
    settings = SparseyVideo((2,), LEVELS, new=2, length=3, folder=str(folder))
    learnt, new = draw_clips(settings, np.random.default_rng(0))
    assert len(learnt.labels) == len(new.labels) == 2


def test_folders_without_clips_and_damaged_pictures_are_told(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(EnvironmentFault, match="no pictures"):
        clip_folders(empty)
    with pytest.raises(EnvironmentFault, match="no such folder"):
        clip_folders(empty / "none")
    (folder / "down" / "clip0" / "000.png").write_bytes(b"no picture")
    with pytest.raises(DamagedFileError, match=r"000\.png: no readable picture"):
        read_clips(folder, 5)
    write_pgm(folder / "right" / "clip1" / "000.pgm", np.zeros((4, 5), dtype=np.uint8))
    with pytest.raises(DamagedFileError, match="pixels; the clip began with"):
        read_clip(folder / "right" / "clip1", 5)
    settings = SparseyVideo((3,), LEVELS, new=2, folder=str(folder / "none"))
    with pytest.raises(EnvironmentFault, match="no such folder"):
        draw_clips(settings, np.random.default_rng(0))


def test_more_clips_than_there_are_cannot_be_asked_for(folder):
    settings = SparseyVideo((3,), LEVELS, new=2, length=2, folder=str(folder))
    with pytest.raises(SpecError, match="4 clips; loads and new ask for 5"):
        draw_clips(settings, np.random.default_rng(0))


def codes(*winners):
    array = np.array(winners)[:, None, None]
    return LevelCodes(array, np.full(array.shape[:2], 0.5), np.ones(array.shape[:2], int))


def test_codes_are_compared_and_actions_read_from_shared_units():
    given = [codes(0, 1), codes(2, 3)]
    again = [codes(0, 1), codes(2, 0)]
    unknown = [codes(3, 3), codes(0, 0)]
    frames = np.zeros((2, 2, 2, 2), dtype=bool)
    learnt, new = Clips(frames, np.array([0, 1])), Clips(frames, np.array([1, 0]))
    found = measure_level(given, again, unknown, learnt, new, 4)
    assert found == {"recall": 0.75, "identity": 1.0, "accuracy": 1.0, "familiarity": 0.5}


def test_the_control_takes_the_nearest_mean_frame():
    frames = np.zeros((3, 2, 2, 2), dtype=bool)
    frames[1] = frames[2, 0] = True
    learnt = Clips(frames[:2], np.array([0, 1]))
    new = Clips(frames[[1, 0]], np.array([1, 1]))
    assert mean_frame_accuracy(learnt, new, 2) == 0.5


def test_a_folder_that_lacks_clips_is_told_before_a_run(folder):
    def told(n_new, place):
        settings = SparseyVideo((3,), LEVELS, new=n_new, folder=str(place))
        return [(each.path, each.message) for each in settings.objections(None)]

    at = ("experiment", "folder")
    assert told(1, folder) == []
    assert told(2, folder) == [(at, f"{folder}: 4 clips; loads and new ask for 5")]
    assert told(1, folder / "none") == [(at, f"{folder / 'none'}: no such folder of clips")]
