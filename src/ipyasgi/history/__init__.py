"""Floor 7: exchanges and their history, the filter over it, and comparison of two of them."""
