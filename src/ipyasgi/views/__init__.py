"""Floor 10: records as text, HTML and plain data. Sends and stores nothing; IPython and widgets are above.

The import of ``registered`` registers all views with `ipyasgi.shown`; one module of them registers its own.
"""
