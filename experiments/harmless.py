"""Text of strangers for a terminal: what would move its cursor or change it is written out."""

from __future__ import annotations

# Lines and columns of our own texts.
_KEPT = frozenset("\n\t")


def harmless(text: str) -> str:
    r"""Write characters that a terminal would obey as Python would: ``\x1b``.

    Parameters
    ----------
    text : str
        Names and texts from a file may stand in it.

    Returns
    -------
    str
        The text, with every character that cannot be printed but line ends and tabulators escaped.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _KEPT else c.encode("unicode_escape").decode() for c in text
    )
