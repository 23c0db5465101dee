"""The command `doctor`: what this machine offers, and what is missing and how to get it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import typer

from neuro.errors import EnvironmentFault, NeuroError

State = Literal["ok", "absent", "broken"]
# What an engine compiles for -> how a user would say it.
COMPILES = {
    "cython": "compiles C++ by Cython",
    "c++": "writes a C++ program and compiles it",
    "numpy": "runs without a compiler, on NumPy",
    "strict": "compiles by Numba, in mode strict: the same spikes as Brian2",
    "fast": "compiles by Numba, in mode fast",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell the state of one thing that a run may need."""

    subject: str
    state: State
    detail: str


def examine() -> Iterator[Finding]:
    """Examine interpreter, compiler, packages, engines by a trial, and data, cheapest first.

    Yields
    ------
    Finding
        "absent" where a run goes on without it, "broken" where it cannot.
    """
    from neuro.engines.doctor import PACKAGES, facts

    for subject, detail in facts().items():
        if subject in PACKAGES:
            yield Finding(subject, "broken" if detail == "absent" else "ok", detail)
        elif not subject.startswith("engine"):
            yield Finding(subject, "absent" if "found" in detail else "ok", detail)
    yield from _engines()
    yield _data()


def _engines() -> Iterator[Finding]:
    try:
        from neuro.engines.activation import ENGINES, activate
    except Exception as fault:  # a broken set of packages fails in ways that cannot be listed
        yield Finding("engines", "broken", f"import brian2 fails: {fault}")
        return
    for engine in ENGINES:
        try:
            with activate(engine) as activation:
                detail = activation.notice or COMPILES.get(activation.target, activation.target)
            yield Finding(f"engine {engine}", "ok", detail)
        except EnvironmentFault as fault:
            yield Finding(f"engine {engine}", "absent", str(fault))


def _data() -> Finding:
    from networks.inputs.digits import load_mnist

    try:
        n_digits = sum(len(load_mnist(split)[0]) for split in ("train", "test"))
    except NeuroError as fault:
        return Finding("data mnist", "absent", str(fault))
    return Finding("data mnist", "ok", f"{n_digits} digits, checksums right")


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what this machine offers and what is missing; exit 4 if no run can work."""
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        from experiments.tables import show_table

        rows = [(finding.subject, finding.state, finding.detail) for finding in findings]
        show_table("what this machine offers", ("what", "state", "detail"), rows)
    broken = [finding.subject for finding in findings if finding.state == "broken"]
    if broken:
        raise EnvironmentFault(f"broken: {', '.join(broken)}; run: pip install -e .")
