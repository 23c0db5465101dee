"""Settings dataclasses of any floor, turned into pydantic schemas by their annotations.

A dataclass is the only declaration: field types, units (`Time`, `Voltage`, ...), defaults and the
"Attributes" of its docstring give validation, messages and the JSON Schema. The schemas are those
of pydantic-core, built when first used: a run validates only the kinds that it names.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from networks.config import scalars
from networks.config.complaints import report
from networks.config.document import Node
from networks.config.problems import Problems
from neuro.units import Dim, Quantity, describe, example

Schema = dict[str, Any]


@cache
def validator(cls: type) -> Any:
    """Return pydantic-core's validator of a settings dataclass."""
    from pydantic_core import SchemaValidator

    return SchemaValidator(core_schema_of(cls))


def core_schema_of(cls: type) -> Schema:
    """Return the core schema of a settings dataclass.

    Parameters
    ----------
    cls : type
        A dataclass with annotated fields; a `Quantity` field must say its unit.

    Returns
    -------
    dict
        Schema that makes an instance of `cls` of a mapping.
    """
    from pydantic_core import core_schema as core

    hints = get_type_hints(cls, include_extras=True)
    texts = attribute_texts(cls)
    arguments = []
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        schema = type_schema(hints[field.name])
        if field.default is not dataclasses.MISSING:
            schema = core.with_default_schema(schema, default=field.default)
        elif field.default_factory is not dataclasses.MISSING:
            schema = core.with_default_schema(schema, default_factory=field.default_factory)
        update = {"description": texts[field.name]} if field.name in texts else {}
        metadata = {"pydantic_js_updates": update} if update else None
        arguments.append(core.dataclass_field(field.name, schema, kw_only=True, metadata=metadata))
    return dict(
        core.dataclass_schema(
            cls,
            core.dataclass_args_schema(cls.__name__, arguments),
            [field.name for field in dataclasses.fields(cls)],
            config=core.CoreConfig(extra_fields_behavior="forbid"),
            post_init=hasattr(cls, "__post_init__"),
            slots="__slots__" in vars(cls),
            frozen=True,
        )
    )


def type_schema(annotation: Any) -> Any:
    """Return the core schema of one annotation."""
    from pydantic_core import core_schema as core

    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        units = [each for each in arguments[1:] if isinstance(each, Dim)]
        return _quantity(units[0]) if units else type_schema(arguments[0])
    if annotation is Any:
        return core.any_schema()
    if origin is Literal:
        return _leaf(lambda v: scalars.choice(v, arguments), {"enum": list(arguments)})
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return core.tuple_schema([type_schema(arguments[0])], variadic_item_index=0)
        return core.tuple_schema([type_schema(each) for each in arguments])
    if origin is not None and issubclass(origin, Mapping):
        return core.dict_schema(_leaf(scalars.word, {"type": "string"}), type_schema(arguments[1]))
    if origin in (list, Sequence):
        return core.tuple_schema([type_schema(arguments[0])], variadic_item_index=0)
    if dataclasses.is_dataclass(annotation) and annotation is not Quantity:
        return core_schema_of(annotation)  # type: ignore[arg-type]
    return _simple(annotation)


def _simple(annotation: Any) -> Any:
    """Return the schema of a type without arguments."""
    if annotation is Quantity:
        return _leaf(_any_quantity, {"type": ["string", "number"]})
    if annotation is Path:
        return _leaf(lambda value: Path(scalars.word(value)), {"type": "string"})
    simple: dict[Any, tuple[scalars.Check, str]] = {
        bool: (scalars.truth, "boolean"),
        int: (scalars.whole, "integer"),
        float: (scalars.number, "number"),
        str: (scalars.word, "string"),
        type(None): (_nothing, "null"),
    }
    if annotation not in simple:
        raise TypeError(f"a settings field cannot have the type {annotation!r}")
    check, name = simple[annotation]
    return _leaf(check, {"type": name})


def _leaf(check: scalars.Check, json: Schema) -> Any:
    """Return the schema of a single value: a check, and what JSON Schema says of it."""
    from pydantic_core import core_schema as core

    return core.no_info_plain_validator_function(
        check, metadata={"pydantic_js_functions": [lambda _schema, _handler: dict(json)]}
    )


def _quantity(unit: Dim) -> Any:
    """Return the schema of a number with a unit."""
    dimension = unit.dimension
    kinds: Any = "string" if any(dimension) else ["number", "string"]
    text = f"{describe(dimension)} such as '{example(dimension)}'"
    json = {"type": kinds, "examples": [example(dimension)], "title": text}
    return _leaf(lambda value: scalars.quantity(value, dimension), json)


def _any_quantity(value: Any) -> Quantity:
    """Read a number with any unit."""
    from neuro.units import UnitError, parse

    try:
        return parse(value)
    except UnitError as error:
        raise ValueError(str(error)) from None


def _nothing(value: Any) -> None:
    """Read null."""
    if value is not None:
        raise ValueError(f"expected nothing, not {scalars.show(value)}")


def _union(members: tuple[Any, ...]) -> Any:
    """Return the schema of one of several types; the first that fits is taken."""
    from pydantic_core import core_schema as core

    rest = [each for each in members if each is not type(None)]
    inner = (
        type_schema(rest[0])
        if len(rest) == 1
        else core.union_schema([type_schema(each) for each in rest], mode="left_to_right")
    )
    return inner if len(rest) == len(members) else core.nullable_schema(inner)


def attribute_texts(cls: type) -> dict[str, str]:
    """Return what the docstring of a class says of each attribute.

    Parameters
    ----------
    cls : type
        A class whose docstring has a numpydoc section "Attributes".

    Returns
    -------
    dict of str to str
        Text by attribute, in one line.
    """
    text = inspect.cleandoc(cls.__doc__ or "")
    section = re.search(r"^Attributes\n-+\n(.*?)(?=^\S.*\n-{3,}\n|\Z)", text, re.M | re.S)
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section[1].splitlines() if section else []:
        head = re.match(r"(\w+(?:, \w+)*)\s*(?::|$)", line)
        if head:
            names = head[1].split(", ")
        for name in names if line.startswith(" ") else []:
            found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found


def make(
    cls: type, node: Node, path: str, problems: Problems, given: Mapping[str, Any] | None = None
) -> Any:
    """Make a settings dataclass of a mapping.

    Parameters
    ----------
    cls : type
        The dataclass.
    node : Node
        What was written.
    path : str
        Path of the mapping, for messages.
    problems : Problems
        Where problems are noted.
    given : mapping, optional
        The plain values, if they are not those of the node.

    Returns
    -------
    object or None
        The settings; None if anything is wrong.
    """
    from pydantic_core import ValidationError

    if not node.is_mapping:
        problems.add(node.mark, path, f"expected keys and values, not {scalars.show(node.plain())}")
        return None
    data = node.plain() if given is None else dict(given)
    try:
        return validator(cls).validate_python(data)
    except ValidationError as error:
        report(error.errors(include_url=False), cls, data, node, path, problems)
        return None


def plain_settings(settings: Any, kind: str = "") -> dict[str, Any]:
    """Return settings as JSON can hold them, every default filled in.

    Parameters
    ----------
    settings : dataclass instance
        The settings.
    kind : str
        Name of the kind, put first as `kind`, if any.

    Returns
    -------
    dict
        Quantities as text, tuples as lists, a None that is the default left out.
    """
    found: dict[str, Any] = {"kind": kind} if kind else {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if field.init and (value is not None or field.default is not None):
            found[field.name] = _plain_field(value)
    return found


def _plain_field(value: Any) -> Any:
    """Return one field as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, Quantity | type):
        return plain_settings(value)
    if isinstance(value, tuple | list):
        return [_plain_field(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain_field(each) for key, each in value.items()}
    if isinstance(value, Path):
        return str(value)
    return scalars.plain(value)
