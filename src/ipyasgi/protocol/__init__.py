"""Floor 1: ASGI itself, pure.

Tables, values and words of the specification live here. Nothing here awaits, reads a clock, starts a
thread or knows httpx.
"""
