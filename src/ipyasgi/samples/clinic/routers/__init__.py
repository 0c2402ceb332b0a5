"""The operations, a module for each part of the API. What they share is one floor up."""
