"""Small teaching apps in raw ASGI.

One app, one module, one idea, read from top to bottom. A sample needs no framework, imports nothing of this package
but `ipyasgi.protocol.types`, and keeps everything that changes in its lifespan state.
"""
