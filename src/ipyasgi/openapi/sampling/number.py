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

    def fits(number: Fraction) -> bool:
        above = low is None or number > low or (number == low and not low_open)
        below = high is None or number < high or (number == high and not high_open)
        return above and below and (step is None or number % step == 0)

    candidates = [Fraction(0)]
    edge = low if low is not None and low >= 0 else high  # the bound that is nearer to zero
    if edge is not None:
        unit = step or Fraction(1)
        candidates += [edge, *(edge // unit * unit + away for away in (0, unit, -unit))]
    found = [number for number in candidates if fits(number)]
    if not found and low is not None and high is not None and fits((low + high) / 2):
        found = [(low + high) / 2]
    if not found:
        raise SampleError("the bounds of a number leave none")
    nearest = min(found, key=abs)
    return int(nearest) if nearest.denominator == 1 else float(nearest)


def _stricter(flat: Mapping[str, Any], closed: str, exclusive: str, strict: Any) -> tuple[Fraction | None, bool]:
    """Return the stricter of two bounds, and whether it is exclusive."""
    inner, outer = _exact(flat.get(closed)), _exact(flat.get(exclusive))
    if outer is None or (inner is not None and inner != outer and strict(inner, outer) == inner):
        return inner, False
    return outer, True


def _exact(number: float | None) -> Fraction | None:
    # By its decimal digits: 0.1 means a tenth, not the float that is next to it.
    return None if number is None else Fraction(str(number))
