"""Run Brian2 networks as fused Numba code: the device "numba".

Arrays, `connect` and the setting of state stay as in Brian2's runtime device; what is replaced is
the time loop. Objects that cannot be lowered run in Python when their clock ticks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, get_args
from weakref import WeakKeyDictionary

import brian2
import numba
import numpy as np
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.names import find_name
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable, VariableView
from brian2.devices.device import RuntimeDevice, runtime_device

from neuro.device import prepare, run
from neuro.device.body import Item
from neuro.device.codeobject import NumbaCodeObject
from neuro.device.delivery import SpikeQueue
from neuro.device.fast.counter import Counter
from neuro.device.fast.waiting import Waiting
from neuro.device.fuse import Program
from neuro.device.invariant import written
from neuro.device.loop import Loop
from neuro.device.rng import DRAWN, Stream
from neuro.device.source import Getter
from neuro.device.synaptic.idle import Quiet
from neuro.device.synaptic.narrow import NarrowIndices
from neuro.device.threads.rows import DividedRows

Mode = Literal["strict", "fast"]


class NumbaDevice(RuntimeDevice):  # type: ignore[misc]
    """Run networks in compiled time loops.

    Attributes
    ----------
    mode
        "strict" keeps Brian2's order of operations, its C library functions and its random
        stream; "fast" may use cheaper ones that are statistically equal. Post-synaptic events of
        plastic synapses wait until their synapse is next visited by its source or looked at from
        Python, if the statements allow it (`neuro.device.fast.rowlazy`): the same changes in the
        same order. In fast mode neurons hold the traces that their synapses share, so weights
        differ from those of strict mode by rounding.
    threads
        The number of threads that a run may use. They share steps whose counted work is worth it
        (`neuro.device.threads`), and change no bit of any result.
    postpones
        Whether events of plastic synapses may wait; not in a batch, since what has waited is
        brought up to date in the arrays of the network.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "strict"
        self.threads = 1
        #: In how many parts threads share the steps of the time loop being made, 0 for none.
        self.n_parts = 0
        self.postpones = True
        self.stream = Stream()
        self.stream_names = tuple(self.stream.arrays())
        self.counter = Counter()
        #: The number of calls of random functions in the time loop being made.
        self.next_place = 0
        self._class_in_run: Any = None
        #: The arrays that the time loop being made may write to.
        self.written: frozenset[str] = frozenset()
        self.prepared: WeakKeyDictionary[Any, prepare.Prepared] = WeakKeyDictionary()
        #: Earlier forms of the networks, latest first.
        self.past: WeakKeyDictionary[Any, list[prepare.Prepared]] = WeakKeyDictionary()
        #: How often each array was written to or resized through Brian2.
        self.writes: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self.narrow = NarrowIndices(self)
        self.waiting = Waiting()
        self.quiet = Quiet(self)
        self.rows = DividedRows(self)
        # Cython code, which users may choose for setting state, draws from these buffers.
        for name in ("rand_buffer", "randn_buffer", "rand_buffer_index", "randn_buffer_index"):
            setattr(self, name, getattr(runtime_device, name))

    def activate(
        self,
        build_on_run: bool = True,
        mode: Mode = "strict",
        threads: int = 1,
        **kwds: Any,
    ) -> None:
        """Become the current device.

        Parameters
        ----------
        build_on_run
            Ignored: there is nothing to build.
        mode
            "strict" or "fast".
        threads
            The number of threads, at least 1.
        **kwds
            Options of `brian2.set_device`, such as ``profile``.

        Raises
        ------
        ValueError
            For another mode, or less than one thread.
        """
        if mode not in get_args(Mode):
            raise ValueError(f"mode is 'strict' or 'fast', not {mode!r}")
        if int(threads) != threads or threads < 1:
            raise ValueError(f"threads is a whole number of at least 1, not {threads!r}")
        self.mode, self.threads = mode, int(threads)
        super().activate(build_on_run=build_on_run, **kwds)
        self.build_options |= {"mode": mode, "threads": int(threads)}

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the next run makes anew."""
        self.waiting.settle()
        lost = {name: WeakKeyDictionary[Any, Any]() for name in ("prepared", "past", "writes")}
        anew = {
            "narrow": NarrowIndices(self),
            "quiet": Quiet(self),
            "rows": DividedRows(self),
            "waiting": Waiting(),
        }
        return {**super().__getstate__(), **lost, **anew}

    def options(self) -> dict[str, str | int]:
        """Return what a recording of a run should say of this device."""
        is_fast = self.mode == "fast"
        return {
            "mode": self.mode,
            "threads": self.threads,
            "float": np.dtype(prefs["core.default_float_dtype"]).name,
            "random": "philox4x32-10" if is_fast else "mt19937",
            "numba": numba.__version__,
            "brian2": brian2.__version__,
        }

    def wrote(self, variable: Any) -> None:
        """Count a write to an array."""
        self.writes[variable] = self.writes.get(variable, 0) + 1

    def get_value(self, var: Any, access_data: bool = True) -> Any:
        """Return the array of a variable, up to date."""
        if self.waiting:
            self.waiting.look(var)
        return super().get_value(var, access_data)

    def raw_getter(self, var: Any) -> Getter:
        """Return what looks up an array as it is, though it may lag behind."""
        return lambda: RuntimeDevice.get_value(self, var)

    def set_value(self, var: Any, value: Any) -> None:
        """Write to all elements of an array."""
        self.waiting.write(var)
        self.wrote(var)
        super().set_value(var, value)

    def fill_with_array(self, var: Any, arr: Any) -> None:
        """Write to all elements of an array."""
        self.waiting.write(var)
        self.wrote(var)
        super().fill_with_array(var, arr)

    def resize(self, var: Any, new_size: Any) -> None:
        """Resize a dynamic array."""
        self.waiting.write(var)
        self.wrote(var)
        super().resize(var, new_size)

    def variableview_set_with_index_array(
        self, view: VariableView, item: Any, value: Any, check_units: bool
    ) -> None:
        """Write to some elements of an array (code that does so is counted when it is made)."""
        self.wrote(view.variable)
        VariableView.set_with_index_array.original_function(view, item, value, check_units)

    def seed(self, seed: Any = None) -> None:
        """Set the seed of both random streams; see `brian2.seed`."""
        super().seed(seed)
        self.counter.seed(seed)

    def get_random_state(self) -> dict[str, Any]:
        """Return the state of both random streams, with the numbers drawn and not used yet."""
        arrays = self.stream.arrays()
        drawn = {name: arrays[name].copy() for name in DRAWN}
        return {**super().get_random_state(), **drawn, "counter": self.counter.noted()}

    def set_random_state(self, state: dict[str, Any]) -> None:
        """Put back what `get_random_state` returned, here or in another process."""
        arrays = self.stream.arrays()
        drawn = {name: state[name] for name in DRAWN if name in state}
        if drawn:
            # Before 2.11 Brian2 notes where its buffers are and not what they hold.
            places = {"rand_buffer": self.rand_buffer, "randn_buffer": self.randn_buffer}
            state = {**state, **{name: place.copy() for name, place in places.items()}}
        super().set_random_state(state)
        for name, values in drawn.items():
            arrays[name][:] = values
        if "counter" in state:
            self.counter.put_back(state["counter"])

    def stream_getter(self, name: str) -> Getter:
        """Return what looks up an array of the random stream."""
        return lambda: self.stream.arrays()[name]

    def spike_queue(self, source_start: int, source_end: int) -> SpikeQueue:
        """Return a queue that kernels can use."""
        return SpikeQueue(source_start, source_end)

    @contextmanager
    def preparing(self, codeobj_class: Any) -> Iterator[None]:
        """Let new code objects have the given class while the context lasts."""
        before, self._class_in_run = self._class_in_run, codeobj_class
        try:
            yield
        finally:
            self._class_in_run = before

    def code_object_class(
        self, codeobj_class: Any = None, fallback_pref: str = "codegen.target"
    ) -> Any:
        """Return the class of a new code object.

        What is not lowered uses numpy, because it needs no compiler, unless the preference names
        another target.
        """
        if codeobj_class is None:
            if self._class_in_run is not None and fallback_pref == "codegen.target":
                return self._class_in_run
            if prefs[fallback_pref] == "auto":
                return NumpyCodeObject
        return super().code_object_class(codeobj_class, fallback_pref)

    def code_object(
        self,
        owner: Any,
        name: str,
        abstract_code: Mapping[str | None, str],
        variables: Any,
        template_name: str,
        variable_indices: Mapping[str, str],
        codeobj_class: Any = None,
        template_kwds: Mapping[str, Any] | None = None,
        override_conditional_write: Any = None,
        compiler_kwds: Any = None,
    ) -> Any:
        """Translate abstract code; see `brian2.devices.device.Device.code_object`."""
        for variable in variables.values():
            if isinstance(variable, ArrayVariable):
                self.wrote(variable)
        if codeobj_class is not NumbaCodeObject:
            return super().code_object(
                owner, name, abstract_code, variables, template_name, variable_indices,
                codeobj_class=codeobj_class, template_kwds=template_kwds,
                override_conditional_write=override_conditional_write,
                compiler_kwds=compiler_kwds,
            )  # fmt: skip
        name = find_name(name)
        template = getattr(NumbaCodeObject.templater, template_name)
        generator = NumbaCodeObject.generator_class(
            variables=variables,
            variable_indices=variable_indices,
            owner=owner,
            iterate_all=template.iterate_all,
            codeobj_class=NumbaCodeObject,
            override_conditional_write=override_conditional_write,
            allows_scalar_write=template.allows_scalar_write,
            name=name,
            template_name=template_name,
        )
        scalar, vector, used = generator.translate(
            abstract_code, dtype=prefs["core.default_float_dtype"]
        )
        return NumbaCodeObject(
            owner, variables, variable_indices, template_name, name, scalar, vector,
            used["functions"], used["constants"], dict(template_kwds or {}), self,
        )  # fmt: skip

    def run_alone(self, code: NumbaCodeObject) -> None:
        """Run one code object once, outside of a time loop."""
        if code.alone is None:
            self.written, self.next_place, self.n_parts = written([code]), 0, 0
            program = Program([Item(0, code.owner, code.lower())], [], self)
            code.alone = Loop(program, self.stream)
        code.alone.portion(lambda: False, lambda _: None)

    def network_before_run(self, network: Any, namespace: Mapping[str, Any]) -> None:
        """Prepare all objects; see `brian2.Network.before_run`."""
        prepare.before_run(self, network, namespace, network.sorted_objects)

    def network_run(self, network: Any, duration: Any, *args: Any, **kwds: Any) -> None:
        """Run a network; see `brian2.Network.run`."""
        run.run(self, network, duration, *args, **kwds)
