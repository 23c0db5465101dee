"""Solve the implicit step of the cable equation on a tree (see `neuro.device.lower.spatial`)."""

from __future__ import annotations

from typing import Any

from neuro.device.jit import kernel


@kernel
def _solve_section(
    first: Any,
    stop: Any,
    n: Any,
    dt: Any,
    above: Any,
    diagonal: Any,
    below: Any,
    plus: Any,
    minus: Any,
    c: Any,
    v_star: Any,
    u_plus: Any,
    u_minus: Any,
    conductance: Any,
    current: Any,
    v: Any,
    cm: Any,
) -> None:
    """Solve three tridiagonal systems of one section by elimination without pivoting."""
    for j in range(first, stop):
        v_star[j] = -(cm[j] / dt * v[j]) - current[j]
        u_plus[j] = plus[j]
        u_minus[j] = minus[j]
        b = diagonal[j] - conductance[j]
        if j < n - 1:
            c[j] = above[j + 1]
        if j > 0:
            a = below[j - 1]
            m = 1.0 / (b - a * c[j - 1])
            c[j] = c[j] * m
            v_star[j] = (v_star[j] - a * v_star[j - 1]) * m
            u_plus[j] = (u_plus[j] - a * u_plus[j - 1]) * m
            u_minus[j] = (u_minus[j] - a * u_minus[j - 1]) * m
        else:
            c[0] = c[0] / b
            v_star[0] = v_star[0] / b
            u_plus[0] = u_plus[0] / b
            u_minus[0] = u_minus[0] / b
    for j in range(stop - 2, first - 1, -1):
        v_star[j] = v_star[j] - c[j] * v_star[j + 1]
        u_plus[j] = u_plus[j] - c[j] * u_plus[j + 1]
        u_minus[j] = u_minus[j] - c[j] * u_minus[j + 1]


@kernel
def _couple(
    n_sections: Any,
    width: Any,
    first: Any,
    stop: Any,
    parent: Any,
    child: Any,
    near: Any,
    far: Any,
    v_star: Any,
    u_plus: Any,
    u_minus: Any,
    p_diagonal: Any,
    p_parent: Any,
    p_children: Any,
    rhs: Any,
) -> None:
    """Assemble the system of the branch points from Kirchhoff's law at each of them."""
    for i in range(n_sections):
        k = parent[i]
        a, b = first[i], stop[i] - 1
        if i == 0:
            p_diagonal[0] = u_minus[a] - 1
            p_children[0] = u_plus[a]
            rhs[0] = -v_star[a]
        else:
            p_diagonal[k] += (1 - u_minus[a]) * near[i]
            p_children[k * width + child[i]] = -u_plus[a] * near[i]
            rhs[k] += v_star[a] * near[i]
        p_diagonal[i + 1] = (1 - u_plus[b]) * far[i]
        p_parent[i] = -u_minus[b] * far[i]
        rhs[i + 1] = v_star[b] * far[i]


@kernel
def _solve_tree(
    n_sections: Any,
    width: Any,
    parent: Any,
    children: Any,
    n_children: Any,
    p_diagonal: Any,
    p_parent: Any,
    p_children: Any,
    rhs: Any,
) -> None:
    """Eliminate from the leaves to the root and substitute back; O(sections)."""
    for i in range(n_sections, -1, -1):
        for k in range(n_children[i]):
            j = children[i * width + k]
            factor = p_children[i * width + k] / p_diagonal[j]
            p_diagonal[i] = p_diagonal[i] - factor * p_parent[j - 1]
            rhs[i] = rhs[i] - factor * rhs[j]
    rhs[0] = rhs[0] / p_diagonal[0]
    for i in range(1, n_sections + 1):
        rhs[i] = rhs[i] - p_parent[i - 1] * rhs[parent[i - 1]]
        rhs[i] = rhs[i] / p_diagonal[i]


@kernel
def solve_cable(
    n: Any,
    dt: Any,
    first: Any,
    stop: Any,
    parent: Any,
    child: Any,
    children: Any,
    n_children: Any,
    above: Any,
    diagonal: Any,
    below: Any,
    plus: Any,
    minus: Any,
    near: Any,
    far: Any,
    c: Any,
    v_star: Any,
    u_plus: Any,
    u_minus: Any,
    p_diagonal: Any,
    p_parent: Any,
    p_children: Any,
    rhs: Any,
    conductance: Any,
    current: Any,
    v_previous: Any,
    v: Any,
    capacitive: Any,
    cm: Any,
) -> None:
    """Advance the potential `v` (n,) by one step of `dt` seconds and set the capacitive current."""
    n_sections = rhs.shape[0] - 1
    width = children.shape[0] // n_children.shape[0]
    for i in range(n_sections):
        _solve_section(
            first[i], stop[i], n, dt, above, diagonal, below, plus, minus, c, v_star, u_plus,
            u_minus, conductance, current, v, cm,
        )  # fmt: skip
    _couple(
        n_sections, width, first, stop, parent, child, near, far, v_star, u_plus, u_minus,
        p_diagonal, p_parent, p_children, rhs,
    )  # fmt: skip
    _solve_tree(
        n_sections, width, parent, children, n_children, p_diagonal, p_parent, p_children, rhs
    )
    for i in range(n_sections):
        for j in range(first[i], min(stop[i], v.shape[0])):
            v[j] = v_star[j] + rhs[parent[i]] * u_minus[j] + rhs[i + 1] * u_plus[j]
    for i in range(n):
        capacitive[i] = cm[i] * (v[i] - v_previous[i]) / dt
