"""How long an app that is ended from outside may take. Read as ``graces.CANCEL_S`` at each use: tests set other values.

An app is ended in up to three steps: it gets a disconnect, it cleans up, it is cancelled.
"""

DISCONNECT_S = 0.05
"""How long an app may take to receive the disconnect before it is cancelled; counted in turns of its loop, so that an
app on a busy machine has as many."""

CLEANUP_S = 1.0
"""How long an app that has received the disconnect may take to clean up before it is cancelled."""

CANCEL_S = 0.2
"""The time that an interrupted wait allows the cancelled work to end: the prompt should be back within half a second,
and IPython needs up to another 0.2 s to draw the traceback."""
