"""Floor 1: where coroutines run and one call of the app happens.

Knows anyio and ASGI; knows no httpx, no IPython, no history. Threads are made in `ipyasgi.engine.background_loop`
and in no other room of the house.
"""
