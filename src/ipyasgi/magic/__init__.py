"""Floor 11: the language of `%asgi`: tokenizer, grammar, commands, completion, configuration.

Knows neither IPython nor widgets: `ipyasgi.notebook` passes lines in and displays the results.
"""
