"""Tables fit into a terminal, whatever is in them."""

import re

import pytest

from experiments.tables import show_table

KEYS = ["size", "active"]
METRICS = [f"measure_{k}" for k in range(9)]
ROWS = [[f"{size}", f"{active}", *(f"{size}.{active}{k} ± 0.01" for k in range(9))]
        for size in (100, 200) for active in (8, 9)]  # fmt: skip


@pytest.fixture
def shown(monkeypatch, capsys):
    """Return a function that shows a table in a terminal of some width, and returns its lines."""

    def show(width: int, n_keys: int) -> list[str]:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(width))
        show_table("4 of 4 points", KEYS + METRICS, ROWS, n_keys)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
        return [line.rstrip() for line in lines]

    return show


def parts_of(lines: list[str]) -> list[list[list[str]]]:
    """Return the cells of each part: its headings, then its rows."""
    parts: list[list[list[str]]] = []
    for line in lines:
        cells = re.split(r"\s{2,}", line.strip())
        if cells[:2] == KEYS:
            parts.append([cells])
        elif parts and len(cells) > 1:
            parts[-1].append(cells)
    return parts


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_is_too_wide_is_shown_in_parts_that_repeat_the_keys(shown, width):
    lines = shown(width, 2)
    assert max(map(len, lines)) <= width
    parts = parts_of(lines)
    assert len(parts) > 1
    assert [name for headings, *_ in parts for name in headings[2:]] == METRICS
    for number, row in enumerate(ROWS):
        assert all(rows[number][:2] == row[:2] for _, *rows in parts)
        assert [cell for _, *rows in parts for cell in rows[number][2:]] == row[2:]
    assert sum("4 of 4 points" in line for line in lines) == 1


def test_what_has_room_is_in_one_part(shown):
    (part,) = parts_of(shown(250, 2))
    assert part == [KEYS + METRICS, *ROWS]


def test_one_column_beside_the_keys_is_shown_however_narrow_it_gets(shown):
    parts = parts_of(shown(30, 2))
    assert len(parts) == len(METRICS)
