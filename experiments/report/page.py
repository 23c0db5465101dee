"""Make one self-contained HTML page: template, style, script and data in a single file.

Two walls keep strings of a stranger from becoming markup: every value is escaped by Jinja, and the
Content-Security-Policy of the page allows only the one script and the one style whose hashes it
names, and no address at all.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from experiments.report import SUFFIX
from experiments.report.code import STYLE
from neuro.errors import SpecError
from neuro.recording.faults import environment

TEMPLATES = Path(__file__).parent / "templates"
# In the order in which the later ones need the earlier.
SCRIPTS = ("paint.js", "frame.js", "raster.js", "matrix.js", "curves.js", "table.js", "pareto.js",
           "start.js")  # fmt: skip


def check_name(page: Path) -> None:
    """Refuse a name that does not end in .html, before anything is read."""
    if page.suffix.lower() != SUFFIX:
        raise SpecError(f"{page}: the name of a page must end in {SUFFIX}")


def render(template: str, told: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Fill a template.

    Parameters
    ----------
    template : str
        Name of the file.
    told : mapping
        What the template says; strings are escaped.
    data : mapping
        What the script draws: plain values that JSON can hold, without NaN.

    Returns
    -------
    str
        A whole page.
    """
    script = Markup("\n".join(_text(name) for name in SCRIPTS))
    style = Markup(_text("page.css") + STYLE)
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.policies["json.dumps_kwargs"] = {"allow_nan": False}
    return templates.get_template(template).render(
        **told,
        data=dict(data),
        script=script,
        style=style,
        policy=_policy(script, style),
        generator=f"engramlab {version('engramlab')}",
    )


def write(text: str, page: Path) -> None:
    """Write a page at once or not at all; an older page of that name is replaced.

    Parameters
    ----------
    text : str
        The page.
    page : Path
        Where to.

    Raises
    ------
    EnvironmentFault
        If the disk refuses.
    """
    begun = page.with_name(f".{page.name}.{os.getpid()}")
    with environment("write", page):
        try:
            page.parent.mkdir(parents=True, exist_ok=True)
            with begun.open("wb") as file:
                # A lone surrogate has no UTF-8.
                file.write(text.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            begun.replace(page)
        finally:
            begun.unlink(missing_ok=True)


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Allow nothing but this script, this style and pictures that are in the page."""
    allowed = {"script-src": f"'{_hash(script)}'", "style-src": f"'{_hash(style)}'",
               "img-src": "data:"}  # fmt: skip
    told = "; ".join(f"{name} {source}" for name, source in allowed.items())
    return f"default-src 'none'; {told}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
