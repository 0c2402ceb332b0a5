"""The judges, one per kind of connection: check a message in the current state and return its violations. Pure.

The engine raises fatal violations into the app and records the others. A violation is fatal if the message cannot be
read, or if Starlette's ``TestClient`` refuses it; what a server could still send is a non-fatal violation.
"""
