"""Floor 3: the httpx face of the engine. Knows httpx and the engine; knows no history, no view, no notebook."""
