"""Small teaching apps in raw ASGI.

One app, one module, one idea, read from top to bottom. A sample needs no framework, imports nothing of ours
but `ipyasgi.protocol.types`, and keeps whatever changes in its lifespan state. Nothing else lives here.
"""
