"""The judges: one per kind of connection, each looks at a message and the state it came in, and returns violations.

Pure. Whether a violation is raised into the app or only written down is said by its ``fatal``; raising is the engine's.
A message is refused where it cannot be read at all, and where Starlette's ``TestClient`` refuses it; what a server
could still send on is noted.
"""
