"""The tables of routes that frameworks keep, one module for each kind. None imports its framework."""
