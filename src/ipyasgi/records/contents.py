"""What a value contains: its text, or its items, by its class. Runs no user code and imports no library.

The methods of builtin classes are called on a value of a subclass as functions, such as ``dict.items(value)``. The
code of a library is called for exact types only.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import enum
import fractions
import gc
import ipaddress
import itertools
import pathlib
import posixpath
import re
import sys
import types
import uuid
import zlib
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from .attributes import classes_of, instance_dict, look_up, name_of, slots_of

MAX_TEXT = 120
_MAX_BYTES = 100_000  # of a text whose change is seen past its first characters
_MAX_COLUMNS = 20
_BIG = 1 << 63

Form = Literal["plain", "mapping", "sequence", "set", "object"]


class Contents(NamedTuple):
    """
    What one value contains; a named tuple, because one request makes hundreds.

    :ivar text: of a plain value; of another one what stands before its items
    :ivar size: the number of items; of a text or bytes their length
    :ivar items: returns the items from the first on, each time: pairs of a mapping, values of a sequence or set
    :ivar attributes: of the object, in addition to the items
    :ivar digest: differs if a text has changed past what is shown; None if it is too long
    """

    form: Form
    text: str = ""
    size: int = 0
    items: Callable[[], Iterable[Any]] = tuple
    attributes: Mapping[str, Any] | None = None
    digest: int | None = 0


def read_contents(value: Any, *, brief: bool = False) -> Contents:
    """
    Return what a value contains; never raise.

    :param brief: leave out the attributes of an object that has no text, of which a short text shows only the class
    """
    exact = _READERS.get(id(type(value)))
    for base in classes_of(type(value)) if exact is None else (type(value),):
        reader = _READERS.get(id(base)) or _reader_of_library(base)
        if reader is not None:
            try:
                return reader(value)
            except Exception:  # released, not initialised, of an unknown version
                break
    attributes = _attributes(value) if not brief else {}
    return Contents(form="object", size=len(attributes), attributes=attributes)


def try_plain(value: Any) -> tuple[str, int, int] | None:
    """Return text, size and digest of a short text, a number that is not big, a bool or None: most values are these."""
    kind = type(value)
    if kind is str:
        return (cut(repr(value)), len(value), hash(value)) if len(value) <= MAX_TEXT else None
    if kind is int:
        return (repr(value), 0, 0) if -_BIG < value < _BIG else None
    return (repr(value), 0, 0) if value is None or kind is bool else None


def cut(text: str) -> str:
    """Return a text of at most `MAX_TEXT` characters."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


# -------------------------------------------------------------------------------------------------------- plain values


def _of_repr(value: Any) -> Contents:
    return Contents(form="plain", text=cut(repr(value)))


def _of_int(value: int) -> Contents:
    return Contents(form="plain", text=_number(value), attributes=_own(value))


def _number(value: int) -> str:
    bits = int.bit_length(value)
    return f"<int of {bits} bits>" if bits > 400 else int.__repr__(value)


def _of_float(value: float) -> Contents:
    return Contents(form="plain", text=float.__repr__(value), attributes=_own(value))


def _of_complex(value: complex) -> Contents:
    return Contents(form="plain", text=complex.__repr__(value), attributes=_own(value))


def _of_str(value: str) -> Contents:
    size = str.__len__(value)
    text = cut(repr(str.__getitem__(value, slice(MAX_TEXT))))
    digest = str.__hash__(value) if size <= _MAX_BYTES else None
    return Contents(form="plain", text=text, size=size, attributes=_own(value), digest=digest)


def _of_bytes(value: bytes) -> Contents:
    size = bytes.__len__(value)
    text = cut(repr(bytes.__getitem__(value, slice(MAX_TEXT))))
    digest = bytes.__hash__(value) if size <= _MAX_BYTES else None
    return Contents(form="plain", text=text, size=size, attributes=_own(value), digest=digest)


def _of_bytearray(value: bytearray) -> Contents:
    size = bytearray.__len__(value)
    start = bytes(bytearray.__getitem__(value, slice(_MAX_BYTES)))
    digest = zlib.crc32(start) if size <= _MAX_BYTES else None
    text = cut(f"bytearray({start[:MAX_TEXT]!r})")
    return Contents(form="plain", text=text, size=size, attributes=_own(value), digest=digest)


def _of_memoryview(value: memoryview) -> Contents:
    start = value.tobytes() if value.nbytes <= _MAX_BYTES else value[:MAX_TEXT].tobytes()
    text = cut(f"memoryview({start[:MAX_TEXT]!r})")
    return Contents(
        form="plain", text=text, size=value.nbytes, digest=zlib.crc32(start) if value.nbytes <= _MAX_BYTES else None
    )


def _of_range(value: range) -> Contents:
    parts = [value.start, value.stop, value.step]
    shown = parts[: 2 if value.step == 1 else 3]
    return Contents(form="plain", text=cut(f"range({', '.join(map(_number, shown))})"))


def _of_count(value: Any) -> Contents:
    if all(type(one) in (int, float) for one in gc.get_referents(value)):
        return _of_repr(value)
    return Contents(form="object")


def _of_enum(value: Any) -> Contents:
    held = instance_dict(value)
    name = held.get("_name_")
    inner = held.get("_value_")
    shown = name if type(name) is str else _number(inner) if type(inner) is int else "?"
    return Contents(form="plain", text=cut(f"{name_of(type(value))}.{shown}"))


def _of_date(value: datetime.date) -> Contents:
    return Contents(form="plain", text=datetime.date.isoformat(value), attributes=_own(value))


def _of_datetime(value: datetime.datetime) -> Contents:
    base = datetime.datetime
    day = datetime.date.isoformat(value)
    fields = (getattr(base, name).__get__(value) for name in _CLOCK)
    zone = base.tzinfo.__get__(value)
    return Contents(form="plain", text=f"{day} {_clock(*fields)}{_zone(zone, value)}", attributes=_own(value))


def _of_time(value: datetime.time) -> Contents:
    base = datetime.time
    fields = (getattr(base, name).__get__(value) for name in _CLOCK)
    zone = base.tzinfo.__get__(value)
    return Contents(form="plain", text=f"{_clock(*fields)}{_zone(zone, None)}", attributes=_own(value))


_CLOCK = ("hour", "minute", "second", "microsecond")


def _clock(hour: int, minute: int, second: int, microsecond: int) -> str:
    return f"{hour:02}:{minute:02}:{second:02}{f'.{microsecond:06}' if microsecond else ''}"


def _zone(zone: Any, at: Any) -> str:
    if zone is None:
        return ""
    if type(zone) is datetime.timezone:
        return f" {datetime.timezone.tzname(zone, None)}"
    return f" {zone.key}" if type(zone) is zoneinfo.ZoneInfo else f" {name_of(type(zone))}"


def _of_timedelta(value: datetime.timedelta) -> Contents:
    return Contents(form="plain", text=datetime.timedelta.__str__(value), attributes=_own(value))


def _of_decimal(value: decimal.Decimal) -> Contents:
    size = decimal.Decimal.__sizeof__(value)
    text = f"<Decimal of {size:,} bytes>" if size > 4096 else cut(decimal.Decimal.__str__(value))
    return Contents(form="plain", text=text, attributes=_own(value))


def _of_fraction(value: fractions.Fraction) -> Contents:
    over, under = (look_up(fractions.Fraction, name).__get__(value) for name in ("_numerator", "_denominator"))
    return Contents(form="plain", text=cut(f"{_number(over)}/{_number(under)}"), attributes=_own(value))


def _of_uuid(value: uuid.UUID) -> Contents:
    number = look_up(uuid.UUID, "int").__get__(value)
    return Contents(form="plain", text=uuid.UUID.__str__(uuid.UUID(int=number)))


def _of_path(value: pathlib.PurePath) -> Contents:
    if type(value) in _PATHS:
        return Contents(form="plain", text=cut(str(value)))
    slot = look_up(pathlib.PurePath, "_raw_paths") or look_up(pathlib.PurePath, "_parts")
    parts = [part for part in slot.__get__(value)[:MAX_TEXT] if type(part) is str]
    return Contents(form="plain", text=cut(posixpath.join("", *parts)), attributes=_own(value))


_PATHS = (pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)


def _of_exact(value: Any) -> Contents:
    """Return the text of a class of the standard library; a subclass is an object."""
    if id(type(value)) not in _READERS:
        attributes = _attributes(value)
        return Contents(form="object", size=len(attributes), attributes=attributes)
    return Contents(form="plain", text=cut(str(value)))


def _of_pattern(value: re.Pattern[Any]) -> Contents:
    text = value.pattern
    shown = _of_str(text) if isinstance(text, str) else _of_bytes(text)
    return Contents(form="plain", text=cut(f"re.compile({shown.text})"))


# --------------------------------------------------------------------------------------------------------- with items


def _of_dict(value: dict[Any, Any]) -> Contents:
    return Contents(
        form="mapping", text=_before_items(value, dict), size=dict.__len__(value), items=lambda: dict.items(value),
        attributes=_own(value),
    )  # fmt: skip


def _of_mapping_proxy(value: Any) -> Contents:
    inner = gc.get_referents(value)[0]
    read = read_contents(inner)
    if read.form == "mapping":
        return Contents(form="mapping", text="mappingproxy", size=read.size, items=read.items)
    return Contents(form="object", size=1, attributes={"mapping": inner})


def _of_list(value: list[Any]) -> Contents:
    return _sequence(value, list)


def _of_deque(value: collections.deque[Any]) -> Contents:
    return _sequence(value, collections.deque)


def _of_array(value: Any) -> Contents:
    return _sequence(value, array.array)


def _of_tuple(value: tuple[Any, ...]) -> Contents:
    names = look_up(type(value), "_fields") if type(value) is not tuple else None
    if type(names) is tuple and len(names) == tuple.__len__(value) and all(type(name) is str for name in names):
        pairs = dict(zip(names, tuple.__iter__(value), strict=False))
        return Contents(form="object", text=name_of(type(value)), size=len(pairs), attributes={**pairs, **_own(value)})
    return _sequence(value, tuple)


def _sequence(value: Any, base: Any) -> Contents:
    return Contents(
        form="sequence", text=_before_items(value, base), size=base.__len__(value), items=lambda: base.__iter__(value),
        attributes=_own(value),
    )  # fmt: skip


def _of_set(value: Any) -> Contents:
    base: Any = set if set in classes_of(type(value)) else frozenset
    return Contents(
        form="set", text=_before_items(value, base), size=base.__len__(value), items=lambda: base.__iter__(value),
        attributes=_own(value),
    )  # fmt: skip


def _of_user_container(value: Any) -> Contents:
    """Return the contents of ``UserDict``, ``UserList`` and ``UserString``, which are in ``data``."""
    held = instance_dict(value)
    read = read_contents(held["data"])
    rest = {key: item for key, item in held.items() if key != "data"}
    return Contents(
        form=read.form, text=read.text or name_of(type(value)), size=read.size, items=read.items,
        attributes={**(read.attributes or {}), **rest}, digest=read.digest,
    )  # fmt: skip


def _before_items(value: Any, base: type) -> str:
    """Return what stands before the items: the name of a subclass; nothing for the builtin class."""
    return "" if type(value) is base and base is not array.array else name_of(type(value))


def _own(value: Any) -> Mapping[str, Any]:
    """Return the attributes that a subclass of a builtin class adds."""
    return _attributes(value) if id(type(value)) not in _READERS else {}


# ---------------------------------------------------------------------------------------------------------- libraries


def _of_secret(value: Any) -> Contents:
    return Contents(form="object")


def _of_pydantic(value: Any) -> Contents:
    held = slots_of(value)
    attributes = {**instance_dict(value), **_as_dict(held.get("__pydantic_extra__"))}
    attributes |= _as_dict(held.get("__pydantic_private__"))
    return Contents(form="object", size=len(attributes), attributes=attributes)


def _as_dict(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _of_pairs(value: Any) -> Contents:
    """Return the contents of Starlette's ``Headers`` and multi-dicts, which are a list of pairs."""
    pairs = instance_dict(value)["_list"]
    if type(pairs) is not list or not all(type(pair) is tuple and len(pair) == 2 for pair in pairs[:_MAX_BYTES]):
        raise TypeError
    return Contents(form="mapping", text=name_of(type(value)), size=len(pairs), items=lambda: map(_header, pairs))


def _header(pair: Any) -> Any:
    return tuple(one.decode("latin-1") if type(one) is bytes else one for one in pair)


def _of_ndarray(value: Any) -> Contents:
    library = sys.modules["numpy"]
    plain = library.ndarray.view(value, library.ndarray)  # without code of a subclass
    first = plain.flat[:60].tolist() if not plain.dtype.hasobject or type(value) is library.ndarray else []
    about = f"{plain.dtype} {'×'.join(map(str, plain.shape)) or 'scalar'}"
    digest = None
    if not plain.dtype.hasobject and plain.nbytes <= _MAX_BYTES:
        digest = zlib.crc32(plain.tobytes())
    return Contents(
        form="sequence", text=f"{name_of(type(value))} of {about} ", size=plain.size, items=lambda: first, digest=digest
    )


def _of_numpy_scalar(value: Any) -> Contents:
    if type(value).__module__ != "numpy":
        raise TypeError
    return Contents(form="plain", text=cut(str(value)))


def _of_frame(value: Any) -> Contents:
    _library_type(value)
    names = list(value.columns[:_MAX_COLUMNS])
    rows, columns = value.shape

    def items() -> Iterator[tuple[Any, Any]]:
        for number, name in enumerate(names):
            yield name, value.iloc[:, number].array

    return Contents(form="mapping", text=f"DataFrame of {rows} × {columns} ", size=columns, items=items)


def _of_series(value: Any) -> Contents:
    _library_type(value)
    return _pandas_values(value, value.array)


def _of_extension_array(value: Any) -> Contents:
    _library_type(value)
    return _pandas_values(value, value)


def _pandas_values(value: Any, values: Any) -> Contents:
    first = values[:60].tolist()
    return Contents(
        form="sequence", text=f"{type(value).__name__} of {values.dtype}, {len(values)} ", size=len(values),
        items=lambda: first, digest=0 if len(first) == len(values) else None,
    )  # fmt: skip


def _library_type(value: Any) -> None:
    if str(type(value).__module__).partition(".")[0] != "pandas":
        raise TypeError


# ------------------------------------------------------------------------------------------------------------- objects


def _attributes(value: Any) -> dict[str, Any]:
    """Return the instance dict and the slots."""
    held = instance_dict(value)
    every = {**slots_of(value), **dict(list(held.items()))}
    attributes = {key: item for key, item in every.items() if type(key) is str and not key.startswith("__")}
    inner = attributes.get("_state")  # the dict within a State of Starlette or Litestar
    if type(inner) is dict and all(key.startswith("_") for key in attributes):
        return {key: item for key, item in list(inner.items()) if type(key) is str}
    if type(attributes.get("_url")) is str:  # a parsed URL also has its password without the URL around it
        return {"_url": attributes["_url"]}
    if any(look_up(type(value), name) is not None for name in ("__attrs_attrs__", "__dataclass_fields__")):
        return attributes
    # Other private slots are internals of locks and limiters, which change with every request.
    return {key: item for key, item in attributes.items() if key in held or not key.startswith("_")}


def _reader_of_library(kind: type) -> Callable[[Any], Contents] | None:
    reader = _LIBRARIES.get(name_of(kind))
    if reader is _of_secret:  # a type of this name exists to hide its value, wherever it comes from
        return reader
    module = type.__getattribute__(kind, "__module__") if reader is not None else None
    if type(module) is not str or module.partition(".")[0] not in _LIBRARY_NAMES:
        return None
    loaded = sys.modules.get(module)
    return reader if loaded is not None and getattr(loaded, name_of(kind), None) is kind else None


_LIBRARY_NAMES = ("numpy", "pandas", "pydantic", "starlette")
_LIBRARIES: Mapping[str, Callable[[Any], Contents]] = {
    "BaseModel": _of_pydantic,
    **dict.fromkeys(("Secret", "SecretStr", "SecretBytes", "SecretString", "SecretValue"), _of_secret),
    "Headers": _of_pairs,
    "ImmutableMultiDict": _of_pairs,
    "ndarray": _of_ndarray,
    "generic": _of_numpy_scalar,
    "DataFrame": _of_frame,
    "Series": _of_series,
    "Index": _of_series,
    "ExtensionArray": _of_extension_array,
}
# By id, because a metaclass may define a hash of its own.
_READERS: Mapping[int, Callable[[Any], Contents]] = {
    id(kind): reader
    for reader, kinds in {
        _of_repr: (type(None), bool, types.EllipsisType, types.NotImplementedType),
        _of_int: (int,),
        _of_float: (float,),
        _of_complex: (complex,),
        _of_str: (str,),
        _of_bytes: (bytes,),
        _of_bytearray: (bytearray,),
        _of_memoryview: (memoryview,),
        _of_range: (range,),
        _of_count: (itertools.count,),
        _of_enum: (enum.Enum,),
        _of_datetime: (datetime.datetime,),
        _of_date: (datetime.date,),
        _of_time: (datetime.time,),
        _of_timedelta: (datetime.timedelta,),
        _of_decimal: (decimal.Decimal,),
        _of_fraction: (fractions.Fraction,),
        _of_uuid: (uuid.UUID,),
        _of_path: (pathlib.PurePath, *_PATHS),
        _of_exact: (
            ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network,
            datetime.timezone, zoneinfo.ZoneInfo,
        ),
        _of_pattern: (re.Pattern,),
        _of_dict: (dict, collections.OrderedDict, collections.defaultdict, collections.Counter),
        _of_mapping_proxy: (types.MappingProxyType,),
        _of_list: (list,),
        _of_deque: (collections.deque,),
        _of_array: (array.array,),
        _of_tuple: (tuple,),
        _of_set: (set, frozenset),
        _of_user_container: (collections.UserDict, collections.UserList, collections.UserString),
    }.items()
    for kind in kinds
}  # fmt: skip
