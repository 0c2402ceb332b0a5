"""A body as it is shown: its kind, masked, cut, and laid out as text, table or media."""
