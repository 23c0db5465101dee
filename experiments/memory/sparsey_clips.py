"""Clips for a hierarchy: stick figures, or the frames of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.figures.frames import clip_folders, read_clip
from experiments.memory.sparsey_settings import SparseyVideo
from networks.inputs.clips import ACTIONS, HEIGHT, WIDTH, action_clips
from networks.inputs.strokes import edges, resize
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
Labels = NDArray[np.int64]
EDGE = 25.0  # brightness for each pixel, above which a frame of a folder has an edge


@dataclass(frozen=True, slots=True)
class Clips:
    """Hold clips of all actions.

    Attributes
    ----------
    frames : array of bool, shape (n, T, height, width)
        Clips in random order.
    labels : array of int64, shape (n,)
        Their actions.
    """

    frames: Bits
    labels: Labels


def draw_clips(settings: SparseyVideo, rng: np.random.Generator) -> tuple[Clips, Clips]:
    """Draw the clips of one network: those to learn, and new ones.

    Parameters
    ----------
    settings : SparseyVideo
        How many, and of what folder, if any.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    learnt, new : Clips
        No clip is in both.
    """
    n_learnt, n_new = settings.loads[-1], settings.new
    if settings.folder:
        clips = read_clips(Path(settings.folder), settings.length)
        if len(clips.labels) < n_learnt + n_new:
            raise SpecError(
                f"experiment.folder: {len(clips.labels)} clips; loads and new ask for "
                f"{n_learnt + n_new}"
            )
        order = rng.permutation(len(clips.labels))
        frames, labels = clips.frames[order], clips.labels[order]
    else:
        n_each = -(-(n_learnt + n_new) // len(ACTIONS))
        frames, labels = action_clips(n_each, settings.length, rng)
    return (
        Clips(frames[:n_learnt], labels[:n_learnt]),
        Clips(frames[n_learnt : n_learnt + n_new], labels[n_learnt : n_learnt + n_new]),
    )


def read_clips(folder: Path, length: int) -> Clips:
    """Read the clips of a folder as edges, at the size of the synthetic ones.

    Parameters
    ----------
    folder : Path
        Laid out as CLASS/CLIP/FRAME.
    length : int
        Frames of each clip.

    Returns
    -------
    Clips
        In order of their names; a label is the place of the class.
    """
    found = clip_folders(folder)
    frames, labels = [], []
    for label, clips in enumerate(found.values()):
        for clip in clips:
            pixels = resize(read_clip(clip, length), HEIGHT, WIDTH)
            frames.append(edges(pixels, 1, EDGE)[:, 0])
            labels.append(label)
    return Clips(np.stack(frames), np.array(labels))
