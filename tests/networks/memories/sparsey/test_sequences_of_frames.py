"""SP-6: sequences of frames learnt once by a mac with U and H, recognised and replayed."""

import numpy as np
import pytest

from networks.inputs.frames import moving_frames, noise_frames
from networks.memories.sparsey.afferents import fill
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import CriticalPeriod

N_NETWORKS = 12
N_SCATTER = 24  # near the collapse networks scatter unevenly: twelve may all miss the tail
N_REFERENCE = 2  # networks behind each reference, at least
ROUNDING = 5e-4
STUDY = Mac(144, 9, 16, horizontal=True)

# Sequences, frames of each -> right winners, wholly right frames, fill of U and of H.
SP6 = {
    (1, 10): (1.000, 1.000, 0.046, 0.035),
    (3, 10): (1.000, 1.000, 0.128, 0.100),
    (5, 10): (1.000, 1.000, 0.205, 0.162),
    (10, 10): (0.979, 0.880, 0.326, 0.247),
    (20, 10): (0.460, 0.035, 0.410, 0.282),
    (1, 50): (1.000, 1.000, 0.207, 0.175),
    (1, 100): (0.994, 0.950, 0.338, 0.280),
}


# Pixels that move, sequences, frames of each -> right winners of the specification, and ours with
# the standard deviation of 12 networks (`sparsey-sequences`, seed 42).
MOVED = {
    (1, 5, 10): (0.999, 0.9880, 0.0078),
    (1, 10, 10): (0.856, 0.9326, 0.0375),
    (1, 1, 100): (0.788, 0.8805, 0.0655),
    (2, 5, 10): (1.000, 0.9985, 0.0026),
    (2, 10, 10): (0.765, 0.9743, 0.0119),
    (2, 1, 100): (0.712, 0.9601, 0.0203),
}


def learnt(n, length, seed, mac=STUDY, moved=None):
    rng = np.random.default_rng(seed)
    memory = mac.empty(rng)
    if moved is None:
        frames = noise_frames(n * length, 144, 9, 12, rng)
    else:
        drawn = [moving_frames(length, 144, 9, 12, moved, rng) for _ in range(n)]
        frames = np.concatenate(drawn)
    begins = np.arange(n * length) % length == 0
    return memory, frames, begins, memory.learn(frames, begins=begins).winners


@pytest.mark.parametrize(("task", "expected"), list(SP6.items()))
def test_sp6_recognition(task, expected):
    """Within 3 sigma of the difference of two means, of 24 networks and of the reference's two.

    28 comparisons: a false alarm in 13 choices of the seed, were the scatter normal.
    """
    found = []
    for seed in range(N_SCATTER):
        memory, frames, begins, winners = learnt(*task, seed)
        is_right = memory.read(frames, begins=begins).winners == winners
        found.append(
            (is_right.mean(), is_right.all(axis=1).mean(), fill(memory.up), fill(memory.beside))
        )
    assert memory.n_synapses == 39168
    mean, sigma = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
    allowed = 3 * sigma * np.sqrt(1 / N_REFERENCE + 1 / N_SCATTER) + ROUNDING
    assert (abs(mean - expected) <= allowed).all(), (mean, sigma)


@pytest.mark.parametrize(("task", "values"), list(MOVED.items()))
def test_moved_pixels_cost_what_they_did_and_not_what_the_specification_says(task, values):
    """SP-6 with moved pixels did not reproduce: 50 frames are worse with one, 100 much better.

    Other networks than those of the values, within 4 sigma of the difference of two means of 12.
    """
    moved, n, length = task
    stated, ours, sd = values
    right = []
    for seed in range(N_NETWORKS):
        memory, frames, begins, winners = learnt(n, length, seed, moved=moved)
        right.append((memory.read(frames, begins=begins).winners == winners).mean())
    mean, found = np.mean(right), np.std(right, ddof=1)
    assert abs(mean - ours) <= 4 * np.hypot(sd, found) / N_NETWORKS**0.5, (mean, found)
    if n * length == 100:
        assert mean - 3 * found / N_NETWORKS**0.5 > stated


def test_five_sequences_go_on_from_their_first_frames():
    """Of 45 frames that were not shown, at most one winner in a hundred is another one."""
    right = []
    for seed in range(N_NETWORKS):
        memory, frames, begins, winners = learnt(5, 10, seed)
        alone = memory.read(frames & begins[:, None], begins=begins).winners
        right.append((alone == winners)[~begins].mean())
    assert min(right) > 0.99


def test_without_what_went_before_a_frame_of_silence_has_any_code():
    memory, frames, _, winners = learnt(1, 10, 0)
    codes = memory.read(np.zeros_like(frames))
    assert (codes.familiarity == 0).all()
    # Chance is 1/16; 90 modules.
    assert (codes.winners == winners).mean() < 0.2


def test_a_critical_period_keeps_the_first_sequences():
    """Without it 200 frames leave about half of the first winners, with it all of them."""
    kept = []
    for period in (CriticalPeriod("mac", 0.2), CriticalPeriod()):
        mac = Mac(144, 9, 16, horizontal=True, period=period)
        memory, frames, begins, winners = learnt(20, 10, 1, mac)
        right = memory.read(frames[:30], begins=begins[:30]).winners == winners[:30]
        kept.append(right.mean())
    assert kept[0] > 0.99
    assert kept[1] < 0.8
