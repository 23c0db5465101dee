"""Images shown row by row, and classes read out of what a network then holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.readout import PENALTIES, Division, fit
from networks.inputs.images import Images
from neuro.errors import SpecError
from plasticity.readout.means import one_hot

Array = NDArray[Any]
Labels = NDArray[np.int64]
Kind = Literal["ridge", "logistic"]


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold images as series, those to train first, then those to validate, then those to test.

    Attributes
    ----------
    inputs : array of float32, shape (n_images, n_rows, n_columns)
        From the top down.
    labels : array of int64, shape (n_images,)
        Classes.
    division : Division
        Of the images.
    """

    inputs: NDArray[np.float32]
    labels: Labels
    division: Division


def draw_rows(
    images: Images, n_train: int, n_validation: int, n_test: int, rng: np.random.Generator
) -> Rows:
    """Draw images; those for validation are training images, those for tests never train.

    Parameters
    ----------
    images : Images
        As `networks.inputs.images.load_images` gives them.
    n_train, n_validation, n_test : int
        How many of each.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    Rows

    Raises
    ------
    SpecError
        If there are not so many.
    """
    n_learn = n_train + n_validation
    if min(n_train, n_validation, n_test) < 2 or n_learn > len(images.train):
        raise SpecError(
            f"{n_train} images to train, {n_validation} to validate, {n_test} to test; needed: at "
            f"least 2 each, and at most {len(images.train)} of the first two together"
        )
    if n_test > len(images.test):
        raise SpecError(f"{n_test} images to test; there are {len(images.test)}")
    learn = rng.permutation(len(images.train))[:n_learn]
    test = rng.permutation(len(images.test))[:n_test]
    flat = np.concatenate([images.train[learn], images.test[test]])
    labels = np.concatenate([images.train_labels[learn], images.test_labels[test]])
    division = Division(
        slice(0, n_train), slice(n_train, n_learn), slice(n_learn, n_learn + n_test)
    )
    return Rows(flat.reshape(-1, *images.shape), labels, division)


def show_rows(step: Callable[[Array, Array], Array], start: Array, rows: Rows) -> Array:
    """Show all images side by side, a row at a time.

    Parameters
    ----------
    step : callable
        Takes states, shape (n_images, n_units), and a row of each image, shape (n_images,
        n_columns); returns the next states.
    start : array of floats, shape (n_units,)
        Of each image.
    rows : Rows
        The images.

    Returns
    -------
    array of floats, shape (n_rows, n_images, n_units)
        The states after each row; features are the last, the mean, or all of them.
    """
    state = np.tile(start, (len(rows.inputs), 1))
    states = []
    for row in rows.inputs.swapaxes(0, 1):
        state = step(state, row)
        states.append(state)
    return np.stack(states)


@dataclass(frozen=True, slots=True)
class Classified:
    """Hold what a read-out says of the images that test it.

    Attributes
    ----------
    predicted : array of int64, shape (n_test,)
        Classes.
    accuracy : float
        Share that is right.
    penalty : float
        Of the read-out, as validation asked for.
    """

    predicted: Labels
    accuracy: float
    penalty: float


def classify(
    features: Array,
    rows: Rows,
    kind: Kind = "ridge",
    penalties: Sequence[float] = PENALTIES,
) -> Classified:
    """Learn classes of images from features, and test what was learnt.

    Parameters
    ----------
    features : array of floats, shape (n_images, n_features)
        In the order of the rows.
    rows : Rows
        Labels and which images may train.
    kind : {"ridge", "logistic"}
        Regression to 1 for the class and 0 for the others, or of the logarithms of their odds.
    penalties : sequence of float
        To choose from, by the squared error (ridge) or the accuracy (logistic) in validation.

    Returns
    -------
    Classified
    """
    if len(features) != len(rows.labels):
        raise SpecError(f"{len(features)} features of {len(rows.labels)} images; needed: as many")
    test, division = rows.division.test, rows.division
    if kind == "ridge":
        n_classes = int(rows.labels.max()) + 1
        readout = fit(features, one_hot(rows.labels, n_classes), division, penalties)
        predicted, penalty = readout(features[test]).argmax(axis=1), readout.penalty
    else:
        scores = [_logistic(features, rows.labels, division.train, division.validation, penalty)
                  for penalty in penalties]  # fmt: skip
        right = [float((each == rows.labels[division.validation]).mean()) for each in scores]
        penalty = penalties[int(np.argmax(right))]
        predicted = _logistic(features, rows.labels, division.learn, test, penalty)
    return Classified(predicted, float((predicted == rows.labels[test]).mean()), penalty)


def _logistic(
    features: Array, labels: Labels, learn: slice, asked: slice, penalty: float
) -> Labels:
    """Return the classes of the images asked."""
    # Loaded where a read-out is asked for, not by whoever reads a configuration.
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(features[learn])
    n = learn.stop - learn.start
    model = LogisticRegression(C=1 / (penalty * n), max_iter=5000)
    model.fit(scale.transform(features[learn]), labels[learn])
    found: Labels = model.predict(scale.transform(features[asked]))
    return found
