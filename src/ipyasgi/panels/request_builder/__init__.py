"""The request builder: a form that makes a `RequestSpec`, sends it and shows the answer."""

from __future__ import annotations

from .builder import RequestBuilder

__all__ = ["RequestBuilder"]
