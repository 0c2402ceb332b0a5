"""Floor 1: ASGI itself, pure.

Types, scopes, state tables, rules, the judges that apply them, and errors live here. Nothing here awaits, reads a
clock, starts a thread or imports httpx.
"""
