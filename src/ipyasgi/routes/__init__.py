"""Floor 5: the route tables of the frameworks, read without calling the app."""
