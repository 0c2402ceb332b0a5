"""Smallest valid examples of schemas: one module for each kind of value."""

from .sampler import Purpose, Sample, build_sample

__all__ = ["Purpose", "Sample", "build_sample"]
