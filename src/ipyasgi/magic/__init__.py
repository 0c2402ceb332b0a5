"""Floor 11: the language of `%asgi`: tokenizer, grammar, commands, completion, settings of a line.

Knows neither IPython nor widgets: `ipyasgi.notebook` hands lines in and shows what comes out.
"""
