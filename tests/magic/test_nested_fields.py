"""Nested fields, as in HTTPie."""
