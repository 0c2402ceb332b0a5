"""Floor 4: records drawn as text and HTML. Sends nothing, keeps nothing; IPython and widgets are above."""
