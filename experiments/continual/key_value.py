"""Ask how well classes are learnt one after the other where codes are fixed and nothing is stored.

Images come a few classes at a time, each once; whoever is tested must tell all classes apart and
is told no task. Codes do not change (`codes`), so only read-outs could forget. Counts, means and
covariances cannot: they are sums, the same in whatever order images come, and what earlier tasks
lose is competition with classes that joined. The delta rule forgets, as a control. Prototypes
that were learnt, unlabelled, on images of coming tasks are told from those of the first task.
After each code of each network a checkpoint lies beside the file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.continual.codes import Floats, make_encoder, prepare
from experiments.continual.key_value_results import Found, show_found, write_found
from experiments.continual.key_value_settings import Code, KeyValueStudy
from experiments.finished import finished_of, keep_finished
from experiments.progress import Progress
from networks.inputs.images import Images, load_images
from networks.streams import generator
from neuro.errors import SpecError
from neuro.layers.events import Events
from neuro.recording import Checkpoint, Recorder
from plasticity.readout.counts import Counts
from plasticity.readout.delta import Delta
from plasticity.readout.means import ClassMeans, Discriminant
from plasticity.readout.protocol import Features, Readout

HELD_OUT = 6  # one of so many training images, the last ones, on which choices are made
READOUTS: Mapping[str, Callable[[int, int], Readout]] = MappingProxyType(
    {"counts": Counts, "delta": Delta, "means": ClassMeans, "discriminant": Discriminant}
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Hold images for learning and tests, and which classes make a task.

    Attributes
    ----------
    images : Images
        `test` is what is judged.
    tasks : tuple of tuple of int
        Classes of each task.
    """

    images: Images
    tasks: tuple[tuple[int, ...], ...]
    _prepared: dict[bool, tuple[Floats, Floats]] = field(default_factory=dict)

    def prepared(self, upright: bool) -> tuple[Floats, Floats]:
        """Return images for learning and tests, as they are or upright; made once."""
        if upright not in self._prepared:
            both = self.images.train, self.images.test
            train, test = (prepare(images, self.images.shape, upright) for images in both)
            self._prepared[upright] = train, test
        return self._prepared[upright]

    @property
    def n_classes(self) -> int:
        """Return the number of classes of all tasks."""
        return sum(len(classes) for classes in self.tasks)

    def members(self, labels: NDArray[np.int64], task: int) -> NDArray[np.int64]:
        """Return which samples belong to a task."""
        return np.flatnonzero(np.isin(labels, self.tasks[task]))


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Let every recipe learn the stream in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `KeyValueStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: codes that were finished are not learnt again.
    """
    spec = configuration.spec
    settings: KeyValueStudy = spec.experiment
    stream = make_stream(settings, spec.quick)
    n_codes = len({recipe.code for recipe in settings.recipes})
    progress.stage("learn classes in turn", settings.networks * n_codes, "codes")
    found = [
        {name: Found(**each) for name, each in network.items()} for network in finished_of(begun)
    ]
    # One thread: the same bits on every machine.
    with threadpool_limits(1):
        for network in range(settings.networks):
            if network == len(found):
                found.append({})
            for n_done in learn_all(settings, stream, spec.seed, network, found[network]):
                keep_finished(recorder, found)
                progress.advance(network * n_codes + n_done)
    results = [[each[recipe.name] for recipe in settings.recipes] for each in found]
    write_found(recorder, settings, results)
    show_found(settings, results)


def make_stream(settings: KeyValueStudy, takes_fewer: bool = False) -> Stream:
    """Divide images into what is learnt and what is judged, and their classes into tasks.

    Parameters
    ----------
    settings : KeyValueStudy
        Which images, and how many.
    takes_fewer : bool
        Take what there is where more is asked for.

    Raises
    ------
    SpecError
        If more images are asked for than there are, or classes do not split into so many tasks.
    """
    given = load_images(settings.data)
    images = _held_out(given) if settings.judged_on == "validation" else given
    if not takes_fewer and (settings.train > len(images.train) or settings.test > len(images.test)):
        raise SpecError(
            f"train {settings.train}, test {settings.test}; there are {len(images.train)} and "
            f"{len(images.test)} images"
        )
    n, m = settings.train or len(images.train), settings.test or len(images.test)
    n_classes = int(given.train_labels.max()) + 1
    if n_classes % settings.tasks:
        raise SpecError(f"tasks {settings.tasks}: {n_classes} classes do not split into so many")
    size = n_classes // settings.tasks
    return Stream(
        Images(
            images.train[:n], images.train_labels[:n], images.test[:m], images.test_labels[:m],
            images.shape,
        ),
        tuple(tuple(range(first, first + size)) for first in range(0, n_classes, size)),
    )  # fmt: skip


def _held_out(given: Images) -> Images:
    """Put the last training images in the place of the test images."""
    n_left = len(given.train) - len(given.train) // HELD_OUT
    return Images(
        given.train[:n_left], given.train_labels[:n_left], given.train[n_left:],
        given.train_labels[n_left:], given.shape,
    )  # fmt: skip


def learn_all(
    settings: KeyValueStudy, stream: Stream, seed: int, network: int, found: dict[str, Found]
) -> Iterator[int]:
    """Let the recipes of one network learn; those of one code see it once.

    Parameters
    ----------
    settings : KeyValueStudy
        The recipes.
    stream : Stream
        What is learnt.
    seed, network : int
        Root seed and number of the network.
    found : dict of str to Found
        By name of recipe, filled code by code; a code that is there is not learnt again.

    Yields
    ------
    int
        Codes that are done.
    """
    codes = dict.fromkeys(recipe.code for recipe in settings.recipes)
    for n_done, code in enumerate(codes, start=1):
        names = {r.name: r.readout for r in settings.recipes if r.code == code}
        if names.keys() <= found.keys():
            continue
        found |= _learn_code(settings, stream, code, names, seed, network)
        yield n_done


def _learn_code(
    settings: KeyValueStudy,
    stream: Stream,
    code: Code,
    names: Mapping[str, str],
    seed: int,
    network: int,
) -> dict[str, Found]:
    """Let all read-outs of one code learn the tasks in turn, and judge them after each."""
    train, test = stream.prepared(code.upright)
    labels = stream.images.train_labels
    rng = generator(seed, "experiment.code", network)
    first_task = stream.members(labels, 0)
    encoder = make_encoder(code, {"all tasks": train, "first task": train[first_task]}, rng)
    readouts = {
        name: READOUTS[kind](encoder.width, stream.n_classes) for name, kind in names.items()
    }
    found = {name: Found() for name in names}
    judged = encoder.encode(test)
    for task in range(len(stream.tasks)):
        order = rng.permutation(stream.members(labels, task))
        for first in range(0, len(order), settings.batch):
            chosen = order[first : first + settings.batch]
            features = encoder.encode(train[chosen])
            for name, readout in readouts.items():
                began = time.process_time()
                readout.learn(features, labels[chosen])
                found[name].seconds += time.process_time() - began
        for name, readout in readouts.items():
            found[name].matrix.append(_judge(readout, judged, stream))
    for name, readout in readouts.items():
        found[name].bytes_kept = encoder.bytes + readout.bytes
        found[name].bytes_fixed = encoder.fixed_bytes
        found[name].activity = judged.activity if isinstance(judged, Events) else float("nan")
        answers = readout.scores(judged).argmax(axis=1)
        found[name].accuracy = float(np.mean(answers == stream.images.test_labels))
    return found


def _judge(readout: Readout, judged: Features, stream: Stream) -> list[float]:
    """Return the accuracy on each task, all classes being possible answers."""
    truth = stream.images.test_labels
    is_right = readout.scores(judged).argmax(axis=1) == truth
    return [float(is_right[stream.members(truth, t)].mean()) for t in range(len(stream.tasks))]


if __name__ == "__main__":
    from experiments.script import main

    main("key_value", "continual/key-value.yaml")
