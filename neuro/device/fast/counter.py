"""Hold the key and the step of the counter-based random numbers of the mode "fast"."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
class Counter:
    """Count the steps that have drawn since the seed was set.

    The step is no model time: a network that is restored and runs again draws new numbers, as
    with Brian2's own generator, unless the random state is restored as well.
    """

    #: The name of the array in generated code: two words of key and the step.
    SYMBOL = "_counter"

    def __init__(self) -> None:
        self.state: NDArray[np.uint64] = np.zeros(3, dtype=np.uint64)
        self._has_key = False

    def seed(self, seed: Any) -> None:
        """Begin the stream that belongs to a seed, or to none."""
        self._has_key = seed is not None
        if self._has_key:
            self._set_key(np.random.SeedSequence(np.atleast_1d(seed).tolist()))

    def _set_key(self, source: np.random.SeedSequence) -> None:
        self.state[:2] = source.generate_state(2)
        self.state[2] = 0

    def noted(self) -> NDArray[np.uint64]:
        """Return what `put_back` needs: key and step, or nothing as long as no key was drawn.

        Looking draws nothing: numpy's stream, too, has to go on as if nobody had looked.
        """
        return self.state[: 3 if self._has_key else 0].copy()

    def put_back(self, noted: NDArray[np.uint64]) -> None:
        """Go on where `noted` was called."""
        self._has_key = len(noted) > 0
        if self._has_key:
            self.state[:] = noted

    def get(self) -> NDArray[np.uint64]:
        """Return the array that compiled code uses; an unseeded one takes numpy's seed."""
        if not self._has_key:
            entropy = np.random.randint(0, 2**31, size=4)  # noqa: NPY002  Brian2's seed sets this
            self._set_key(np.random.SeedSequence(entropy.tolist()))
            self._has_key = True
        return self.state
