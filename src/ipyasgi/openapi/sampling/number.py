"""The number nearest to zero that a schema allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..flattening import types_of


class SampleError(Exception):
    """No example was found; the text has the reason."""


def build_number(flat: Mapping[str, Any]) -> float:
    """
    Return the number nearest to zero within the bounds; an int where it is whole.

    :param flat: a schema, flattened
    Raises `SampleError` where the bounds leave no number.
    """
    whole = "integer" in types_of(flat) and "number" not in types_of(flat)
    step = _exact(flat.get("multipleOf")) or (Fraction(1) if whole else None)
    if whole and step is not None and step.denominator != 1:
        step = Fraction(step.numerator)  # the whole multiples of n/d are those of n
    low, low_open = _stricter(flat, "minimum", "exclusiveMinimum", max)
    high, high_open = _stricter(flat, "maximum", "exclusiveMaximum", min)
    found = _nearest(low, low_open, high, high_open, step)
    if found is None:
        raise SampleError("the bounds of a number leave none")
    return int(found) if found.denominator == 1 else float(found)


def _nearest(
    low: Fraction | None, low_open: bool, high: Fraction | None, high_open: bool, step: Fraction | None
) -> Fraction | None:
    def inside(number: Fraction) -> bool:
        above = low is None or number > low or (number == low and not low_open)
        return above and (high is None or number < high or (number == high and not high_open))

    if inside(Fraction(0)):
        return Fraction(0)
    if low is not None and low >= 0:
        edge, away, width = low, 1, None if high is None else high - low
    elif high is not None:
        edge, away, width = high, -1, None if low is None else high - low
    else:
        return None
    if step is not None:
        steps = -(-edge // step) if away == 1 else edge // step
        candidates = [steps * step, (steps + away) * step]
    else:
        rounded = Fraction(-(-edge // 1) if away == 1 else edge // 1)
        candidates = [edge, rounded, rounded + away, *([edge + away * width / 2] if width is not None else [])]
    return next((one for one in candidates if inside(one)), None)


def _stricter(flat: Mapping[str, Any], closed: str, exclusive: str, strict: Any) -> tuple[Fraction | None, bool]:
    """Return the stricter of two bounds, and whether it is exclusive."""
    inner, outer = _exact(flat.get(closed)), _exact(flat.get(exclusive))
    if outer is None or (inner is not None and inner != outer and strict(inner, outer) == inner):
        return inner, False
    return outer, True


def _exact(number: float | None) -> Fraction | None:
    # By its decimal digits: 0.1 means a tenth, not the float that is next to it.
    return None if number is None else Fraction(str(number))
