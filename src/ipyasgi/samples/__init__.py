"""Teaching apps, such as a user would write: `shop` in raw ASGI, and `clinic` in FastAPI, which needs an extra.

One module, one idea, read from top to bottom. A sample imports nothing of this package but `ipyasgi.protocol.types`,
and keeps everything that changes in its lifespan state.
"""
