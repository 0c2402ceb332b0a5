"""A body for display: its kind, masked, cut, and laid out as text, table or media."""
