"""The request builder: a form that builds a `RequestSpec`, sends it and shows the response."""

from __future__ import annotations

from .builder import RequestBuilder

__all__ = ["RequestBuilder"]
