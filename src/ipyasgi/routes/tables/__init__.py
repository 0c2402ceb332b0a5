"""The routing tables of frameworks, one module each; none imports its framework."""
