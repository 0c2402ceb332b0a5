"""The panel that shows one response in parts."""
