"""Beside the floors: the command that sends and ends, ``ipyasgi APP GET /items`` and ``ipyasgi APP run FILE``.

Its line is the language of `ipyasgi.magic`, whose words the user's shell has separated. Knows neither IPython nor
widgets. Into a pipe a request is sent without an `Explorer`, so that the command costs little more than importing
httpx and the app; the rest is imported at its first use.
"""
