"""Synthetic clips of a stick figure in action: short binary sequences with a class each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.inputs.strokes import dilate
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
HEIGHT, WIDTH = 42, 60
N_POINTS = 40  # points of a limb, closer than a pixel
GROUND = 0.6  # height of the hip in the frame, from above


class Action(NamedTuple):
    """Say how a figure moves, all angles in radians from straight down.

    Attributes
    ----------
    leg, arm : float
        Swing of the limbs.
    rest : float
        Angle about which arms swing.
    hop : float
        Height of the jumps, in heights of the frame.
    bend : float
        How far the trunk leans.
    across : float
        Way, in widths of the frame.
    beats : float
        Swings in a clip.
    is_mirrored : bool
        Whether left and right move alike; otherwise they alternate.
    """

    leg: float
    arm: float
    rest: float
    hop: float
    bend: float
    across: float
    beats: float
    is_mirrored: bool


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "walk": Action(0.45, 0.35, 0.1, 0.0, 0.0, 0.3, 2.0, False),
        "run": Action(0.9, 0.8, 0.6, 0.03, 0.25, 0.6, 3.0, False),
        "jump": Action(0.1, 0.2, 0.3, 0.2, 0.0, 0.0, 2.0, True),
        "jack": Action(0.45, 1.2, 1.5, 0.1, 0.0, 0.0, 2.0, True),
        "bend": Action(0.0, 0.1, 0.2, 0.0, 1.3, 0.0, 1.0, False),
        "wave": Action(0.0, 0.5, 2.4, 0.0, 0.0, 0.0, 3.0, True),
    }
)


def draw_clip(action: Action, length: int, rng: np.random.Generator) -> Bits:
    """Draw one clip: a person of some size, place, pace and phase does something.

    Parameters
    ----------
    action : Action
        How the figure moves.
    length : int
        T, frames.
    rng : numpy.random.Generator
        Source of the person.

    Returns
    -------
    array of bool, shape (T, 42, 60)
        Lines about three pixels wide.

    Raises
    ------
    SpecError
        If there is no frame.
    """
    if length < 1:
        raise SpecError(f"a clip of {length} frames; needed: at least 1")
    size = rng.uniform(0.8, 1.0) * HEIGHT * 0.36
    phase, pace = rng.uniform(0, 2 * np.pi), action.beats * rng.uniform(0.85, 1.15)
    middle = WIDTH / 2 + rng.uniform(-4, 4)
    time = np.linspace(0, 1, length)
    swing = np.sin(phase + 2 * np.pi * pace * time)
    x = middle + action.across * WIDTH * (time - 0.5)
    y = GROUND * HEIGHT - action.hop * HEIGHT * (1 + swing) / 2
    frames = np.zeros((length, HEIGHT, WIDTH), dtype=np.bool_)
    for frame, hip, s in zip(frames, np.stack([x, y], axis=1), swing, strict=True):
        _draw_figure(frame, action, hip, size, float(s))
    return dilate(frames)


def action_clips(
    n_each: int, length: int, rng: np.random.Generator
) -> tuple[Bits, NDArray[np.int64]]:
    """Draw clips of all actions in random order.

    Parameters
    ----------
    n_each : int
        Clips of each action.
    length : int
        T, frames of each.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    clips : array of bool, shape (n, T, 42, 60)
        Frames.
    labels : array of int64, shape (n,)
        Place of the action in `ACTIONS`.
    """
    labels = rng.permutation(np.repeat(np.arange(len(ACTIONS)), n_each))
    actions = tuple(ACTIONS.values())
    return np.stack([draw_clip(actions[label], length, rng) for label in labels]), labels


def _draw_figure(
    frame: Bits, action: Action, hip: NDArray[np.float64], size: float, swing: float
) -> None:
    leg = action.leg * ((1 + swing) / 2 if action.is_mirrored else swing)
    arm = action.arm * swing
    arms = (
        (action.rest + arm, -action.rest - arm)
        if action.is_mirrored
        else (action.rest + arm, action.rest - arm)
    )
    lean = np.pi - action.bend * ((1 + swing) / 2 if action.across == 0 else 1)
    neck = _draw_limb(frame, hip, lean, 0.8 * size)
    _draw_limb(frame, neck, lean, 0.3 * size)
    for angle in (leg, -leg):
        _draw_limb(frame, hip, angle, size)
    for angle in arms:
        _draw_limb(frame, neck, angle, 0.7 * size)


def _draw_limb(frame: Bits, begin: Any, angle: float, length: float) -> NDArray[np.float64]:
    """Draw a straight limb and return its end; what leaves the frame is cut off."""
    end = begin + length * np.array([np.sin(angle), np.cos(angle)])
    share = np.linspace(0, 1, N_POINTS)[:, None]
    column, row = np.round((1 - share) * begin + share * end).astype(int).T
    inside = (row >= 0) & (row < HEIGHT) & (column >= 0) & (column < WIDTH)
    frame[row[inside], column[inside]] = True
    return np.asarray(end)
