"""Floor 4: the values: requests, what was recorded, state, output, exceptions, settings, and what hides secrets.

No IPython, no thread, no app is called here.
"""
