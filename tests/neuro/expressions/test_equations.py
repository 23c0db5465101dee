"""Equation text is read as Brian2 reads it; whole declarations are checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuro import dimensions as dim
from neuro.expressions import (
    ExpressionError,
    check_model,
    check_statements,
    check_synapse,
    nonlinear,
    parse_equations,
)
from neuro.models import MODELS
from neuro.models.base import Event, NeuronModel
from neuro.synapses import SYNAPSES

TEXT = """
# a comment: with a colon
dv/dt = (E_L - v
         + R*I_syn)/tau_m : volt (unless refractory)   # trailing
I_x = g*(v - E_L) : amp (constant over dt)
dw/dt = -w/tau_w + s*xi*volt : volt*second**-1
g : siemens (constant, shared)
n : integer
on : boolean
"""


def test_equations_are_read_into_their_parts() -> None:
    v, i_x, w, g, n, on = parse_equations(TEXT)
    assert (v.kind, v.name, v.unit, v.flags) == (
        "differential", "v", "volt", ("unless refractory",),
    )  # fmt: skip
    assert v.dimension == dim.VOLTAGE
    assert v.line == 2
    assert " ".join(v.expression.split()) == "(E_L - v + R*I_syn)/tau_m"
    assert (i_x.kind, i_x.flags) == ("subexpression", ("constant over dt",))
    assert w.dimension == (2, 1, -4, -1, 0, 0, 0)
    assert (g.kind, g.flags) == ("parameter", ("constant", "shared"))
    assert (n.dimension, on.dimension) == (dim.NONE, ())


def test_brian2_reads_the_same_equations() -> None:
    from brian2 import Equations

    theirs = Equations(TEXT.replace("s*xi*volt", "s*volt"))
    ours = {each.name: each for each in parse_equations(TEXT.replace("s*xi*volt", "s*volt"))}
    assert set(ours) == set(theirs.keys())
    for name, each in theirs.items():
        assert each.type.startswith(ours[name].kind)
        assert set(ours[name].flags) == set(each.flags)
        if each.var_type == "float":
            assert tuple(each.dim._dims) == ours[name].dimension


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("dv/dt = -v/tau", 0, 0, "its unit is missing"),
        ("dv/dt = -v/tau : mV", 0, 17, "'mV' is not a base unit"),
        ("dv/dt = -v/tau : volts", 0, 17, "did you mean 'volt'"),
        ("dv/dt = -v/tau : volt (unless refactory)", 0, 23, "did you mean 'unless refractory'"),
        ("v : volt\nv : volt", 1, 0, "'v' has two equations"),
        ("\n  dt : second", 1, 2, "'dt' has a meaning of its own"),
        ("mV : volt", 0, 0, "'mV' is a unit"),
        ("exp : 1", 0, 0, "'exp' is a function"),
        ("_x : 1", 0, 0, "'_x' is not a name"),
        ("lambda : 1", 0, 0, "reserved word"),
        ("v = w = 3 : 1", 0, 6, "'='"),
        ("dv/dt = -v\n  /tau.x : volt", 1, 6, "'.' may not stand"),
        ("hello", 0, 0, "'hello' is not an equation"),
        ("x : 1 (constant) more", 0, 3, "is not a unit with flags"),
    ],
)
def test_a_bad_equation_says_where(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_equations(text)
    assert words in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_statements_may_make_temporary_variables() -> None:
    names = {"v": dim.VOLTAGE, "E_L": dim.VOLTAGE}
    made = check_statements("shift = E_L - v; v += 2*shift  # half\nv *= 0.5", names)
    assert [each.name for each in made] == ["shift", "v", "v"]
    for text, words in [
        ("v = 3", "'v' is a voltage, '3' is a plain number"),
        ("v *= E_L", "'v' is a plain number"),
        ("E_L = v", "cannot be assigned"),
        ("w += v", "has no value yet"),
        ("v == 3", "is not a statement"),
        ("import os", "is not a statement"),
    ]:
        with pytest.raises(ExpressionError, match=words.replace("*", r"\*")):
            check_statements(text, names, writable={"v": dim.VOLTAGE})


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_neuron_model_is_sound(name: str) -> None:
    assert check_model(MODELS[name]) == ()


@pytest.mark.parametrize("name", sorted(SYNAPSES))
def test_every_synapse_model_is_sound(name: str) -> None:
    assert check_synapse(SYNAPSES[name]) == ()


def test_a_broken_model_lists_all_its_faults() -> None:
    sound = MODELS["lif"]
    broken = replace(
        sound,
        equations=sound.equations.replace("/tau_m", ""),
        threshold="v > tau_m",
        reset="v = 3",
        refractory="E_L",
        initial={"v": "3 ms", "q": "1"},
        events={"dap": Event("v", "tau_m = 3*ms")},
    )
    fields = [fault.field for fault in check_model(broken)]
    assert fields == [
        "equations", "threshold", "reset", "refractory",
        "events.dap", "events.dap", "initial.v", "initial.q",
    ]  # fmt: skip
    odd = replace(sound, parameters={**sound.parameters, "dt": "1 ms", "odd": "3 mz"})
    assert [fault.field for fault in check_model(odd)] == ["parameters.dt", "parameters.odd"]


def test_exact_integration_needs_linear_equations() -> None:
    assert nonlinear(parse_equations("dv/dt = (a*b - v)/tau + w : 1\ndw/dt = -w/tau : 1")) is None
    for text in ("-v*v/tau", "-v**2/tau", "exp(v)/tau", "t/tau**2", "w*v/tau", "xi*tau**-0.5"):
        equations = parse_equations(f"dv/dt = {text} : 1\ndw/dt = -w/tau : 1")
        found = nonlinear(equations)
        assert found is not None
        assert found.name == "v"
    model = NeuronModel("m", "", "", equations="dv/dt = -v**2/tau : 1", method="exact",
                        parameters={"tau": "1 ms"})  # fmt: skip
    assert "'exact' needs linear" in check_model(model)[0].message
