"""The request builder: a form that builds a `RequestSpec`, sends it and shows the response."""
