"""Colour YAML and JSON; the only door to Pygments."""

from __future__ import annotations

import re

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JsonLexer, YamlLexer

CLASS = "code"
LIGHT, DARK = "xcode", "github-dark"
# Colouring takes time by the letter; a text as long as this is read by no one.
MOST_LETTERS = 100_000


def coloured(text: str, language: str) -> Markup:
    """Return a text as escaped HTML with a class for each kind of word.

    Parameters
    ----------
    text : str
        From a stranger.
    language : {"yaml", "json"}
        What it is written in.

    Returns
    -------
    Markup
        A `pre` element; a longer text than `MOST_LETTERS` is cut, and has no colours.
    """
    if len(text) > MOST_LETTERS:
        cut = f"{text[:MOST_LETTERS]}\n... {len(text) - MOST_LETTERS} more characters"
        return Markup('<div class="code"><pre>{}</pre></div>').format(escape(cut))
    lexer = YamlLexer() if language == "yaml" else JsonLexer()
    return Markup(highlight(text, lexer, HtmlFormatter(cssclass=CLASS)))


def _style() -> str:
    """Return the colours of words, in light and in dark; the page's own background stays."""
    light, dark = (
        re.sub(
            r"background(-color)?: #\w+;?",
            "",
            HtmlFormatter(style=name).get_style_defs(f".{CLASS}"),
        )
        for name in (LIGHT, DARK)
    )
    return f"\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


STYLE = _style()
