"""The page of one run: what ran, what was found, what is wrong, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.provenance import told_program
from experiments.report import curves, measured, page
from experiments.report.code import coloured
from experiments.report.matrix import course, matrices
from experiments.report.numbers import shown
from experiments.report.pictures import pictures
from experiments.report.raster import raster
from experiments.report.theory import Pair, pairs
from neuro.recording import Description, Metric, Recording, describe, read
from neuro.recording.parts import is_in_use

Drawn = dict[str, Any]
MOST_NAMES = 8


def save(file: Path, out: Path) -> None:
    """Make the page of a recording, finished or not.

    Parameters
    ----------
    file : Path
        As `neuro.recording.read` takes it.
    out : Path
        The page; replaced if it exists.

    Raises
    ------
    SpecError
        If its name does not end in .html.
    DamagedFileError
        If the recording cannot be opened, is hostile, or is none.
    EnvironmentFault
        If there is nothing to read, or the page cannot be written.
    """
    page.check_name(out)
    found = describe(file)
    with read(file) as recording:
        text = tell(recording, found)
    page.write(text, out)


def tell(recording: Recording, found: Description) -> str:
    """Return the page of a recording.

    Parameters
    ----------
    recording : Recording
        Open.
    found : Description
        Of the same recording.

    Returns
    -------
    str
        HTML.
    """
    metrics = recording.metrics()
    compared = [pair for pair in pairs(metrics) if pair.found.size]
    figures, notes = _figures(recording, metrics, compared)
    drawn, missing = pictures(recording)
    resolved = _resolved(recording)
    told = {
        "title": str(resolved.get("name") or Path(found.path).name),
        "kind": _kind(resolved),
        "status": found.status,
        "facts": _facts(found, resolved),
        "problems": problems(found),
        "notes": [*notes, *missing, *_absent(found, metrics)],
        "headlines": measured.headlines(metrics),
        "figures": figures,
        "pictures": drawn,
        "comparisons": measured.comparisons(compared, metrics),
        "metrics": measured.rows(metrics),
        "n_metrics": len(metrics),
        "source": coloured(recording.config_source, "yaml"),
        "resolved": coloured(json.dumps(resolved, indent=2, ensure_ascii=False), "json"),
        "populations": found.populations,
        "phases": found.phases[: measured.MOST_POINTS],
        "provenance": flat(found.provenance),
        "seeds": flat(found.seeds),
        "file": found.path,
    }
    return page.render("run.html", told, {"figures": [each["data"] for each in figures]})


def _resolved(recording: Recording) -> dict[str, Any]:
    try:
        told = json.loads(recording.resolved)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _kind(resolved: Mapping[str, Any]) -> str:
    experiment = resolved.get("experiment")
    kind = experiment.get("kind") if isinstance(experiment, dict) else None
    return str(kind) if kind else "simulation"


def _facts(found: Description, resolved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say in a few words what ran, when, how long, and with what."""
    versions = found.provenance
    packages = versions.get("packages")
    version = packages.get("engramlab", "") if isinstance(packages, dict) else ""
    engine = versions.get("engine")
    has_times = found.wall_s > 0 or found.model_ms > 0
    facts = {
        "began": str(found.header.get("created", "")).replace("T", " ").replace("+00:00", " UTC"),
        "took": f"{found.wall_s:.1f} s of wall-clock time" if has_times else "not recorded",
        "simulated": f"{found.model_ms:g} ms" if found.model_ms else "",
        "engine": f"{engine}, {versions.get('mode')}" if engine else "none (no simulation in time)",
        "root seed": str(found.seeds.get("root", "")),
        "program": ", ".join(filter(None, [f"engramlab {version}", _program(versions)])),
        "machine": f"{versions.get('cpu', '')}, {versions.get('platform', '')}",
        "size": "quick form, as for tests" if resolved.get("quick") is True else "as configured",
    }
    return [(name, value) for name, value in facts.items() if value]


def _program(versions: Mapping[str, Any]) -> str:
    git = versions.get("git")
    is_known = isinstance(git, dict) and isinstance(git.get("commit"), str) and "dirty" in git
    return told_program(versions) if is_known else ""


def problems(found: Description) -> list[str]:
    """Collect what a reader must know before believing the numbers."""
    told = list(found.problems)
    if not found.is_sealed:
        is_alive = is_in_use(Path(found.path))
        told.append(
            "the run goes on: this page shows what it had recorded so far"
            if is_alive
            else "the run died before its end: this page shows what it left; "
            "`engram repair` makes a file of it"
        )
    if found.status in ("failed", "interrupted"):
        told.append(f"the run {'was ' * (found.status == 'interrupted')}{found.status}")
    git = found.provenance.get("git")
    if not (isinstance(git, dict) and git.get("commit")):
        told.append("no commit is recorded: the program did not come from a checkout")
    elif git.get("dirty"):
        told.append("files of the program differed from the recorded commit")
    return told


def _absent(found: Description, metrics: Mapping[str, Metric]) -> list[str]:
    """Say which usual parts of a recording this one does not have."""
    notes = []
    if not metrics:
        notes.append("no metrics were recorded")
    silent = [each.name for each in found.populations if each.n_spikes == 0]
    if silent:
        notes.append(f"without a single spike: {', '.join(silent)}")
    unrecorded = [each.name for each in found.populations if each.n_spikes is None]
    if unrecorded:
        notes.append(f"spikes were not recorded of: {', '.join(unrecorded)}")
    undefined = [name for name, metric in metrics.items() if _has_gaps(name, metric)]
    if undefined:
        told = ", ".join(undefined[:MOST_NAMES])
        more = f" and {len(undefined) - MOST_NAMES} more" if len(undefined) > MOST_NAMES else ""
        notes.append(f"metrics with numbers that are not finite: {told}{more}")
    return notes


def _has_gaps(name: str, metric: Metric) -> bool:
    """Say whether a metric is not finite somewhere; of one network no interval is expected."""
    is_interval = name.endswith(("_ci", "/interval"))
    return (
        metric.value.dtype.kind == "f"
        and not is_interval
        and not bool(np.isfinite(metric.value).all())
    )


def _figures(
    recording: Recording, metrics: Mapping[str, Metric], compared: list[Pair]
) -> tuple[list[Drawn], list[str]]:
    """Lay out what the script draws, and say what it does not draw."""
    figures: list[Drawn] = []
    for each in matrices(recording, metrics):
        figures.append(_figure("matrix", each, each["definition"]))
        figures += [_figure("curves", line, line["caption"]) for line in course(each)]
    spikes, notes = raster(recording)
    if spikes is not None:
        figures.append(_figure("raster", {"title": "spikes", **spikes}, "a mark for each spike"))
    lines, told = curves.noted(recording, metrics)
    lines += curves.compared([pair for pair in compared if pair.name not in told], metrics)
    if len(lines) > curves.MOST_FIGURES:
        notes.append(f"{len(lines)} curves, of which the first {curves.MOST_FIGURES} are drawn")
    figures += [_figure("curves", each, each["caption"]) for each in lines[: curves.MOST_FIGURES]]
    return [figure | {"id": f"figure-{k + 1}"} for k, figure in enumerate(figures)], notes


def _figure(kind: str, data: Drawn, caption: str) -> Drawn:
    return {
        "kind": kind,
        "title": data["title"],
        "caption": caption,
        "data": {"kind": kind, **data},
    }


def flat(told: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return nested values as rows of dotted key and text."""
    rows: list[tuple[str, str]] = []
    for key, value in told.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            rows += flat(value, f"{name}.")
        else:
            rows.append((name, _said(value)))
    return rows


def _said(value: Any) -> str:
    if value is None or value == {} or value == []:
        return "none"
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return shown(value)["text"] if isinstance(value, bool) else str(value)
