"""Floor 2: the loops that run coroutines, and one call of the app on them.

Uses anyio and ASGI; no httpx, no IPython, no history. Threads are started in `ipyasgi.engine.background_loop` and in no
other module of the project. Where no thread can start, in a browser's page, `ipyasgi.engine.page_loop` takes its place.

Locks
-----
Every lock of the project, by its class. "Held while" names the calls made with the lock held; if empty, the lock is
held for a few lines that do not wait. While a lock is held, only locks below it in this table are taken, so threads
cannot deadlock.

======================  ==============================  =============================================================
class                   guards                          held while
======================  ==============================  =============================================================
Panel                   the panel's content and         the explorer sends in the background, opens a WebSocket or
                        requests; re-entrant            returns a value; its channels are written to
FormSender              the request that waits          the explorer sends in the background
Changes                 one change of the app;          the app is shut down, replaced and started, within its limits
                        re-entrant
WebSocketSession        status, order of messages;      `on_message` and `on_change`, which must only enqueue; a
                        re-entrant                      message is passed to the app's loop
DocumentSource          the app's document; re-entrant  the app builds its document, or sends it as a response; the
                                                        explorer learns the names that it declares secret
BaseExplorer            the settings
CompletionCache         the cached routes               the routes are read; others wait at most half a second
SessionRegistry         open sessions, and the records
FuzzRun                 what a run has found so far
Background              the explorer's own loop         that loop is started
CommQueue               the pending writes              the next write is removed
CommWriter              channels, the writer            the writer is passed to the display loop
ExchangeStore           stored exchanges; re-entrant
EventBus                subscribers                     nothing: they are called after it is released
Credentials             credentials by scheme
Overrides               what is overridden; re-entrant  the app's routes are read
Sink                    lines of output
HeldOutput              output held back; re-entrant
OutputTaps              wrapped streams; re-entrant     streams, log factory and warnings are wrapped or restored
TraceTaps               functions of libraries that     they are replaced or restored
                        are replaced; re-entrant
LayerTaps               taps between the layers of an   they are put in or removed; Starlette's app makes its
                        app; re-entrant                 layers
BaseTestClient          number of open `with` blocks
OpenCycles              open streamed responses         nothing: they are ended after it is released
LifespanRunner          one step; re-entrant            the app starts or shuts down, within the caller's deadline
LoopOwner               the client's loops; re-entrant  a loop is started or its response awaited (at most a second),
                                                        or a portal is opened (at most five seconds)
SharedLoops             loops by backend, their users   a loop is started
LiveLoops               the open loops
BackgroundLoop          spawn against stop; re-entrant  a callback is scheduled on the event loop
Recording               the first freeze                the record is frozen; never waited for
IteratorBody            the step of the iterator        the caller's iterator runs; never waited for
======================  ==============================  =============================================================

In a browser's page all calls have one thread, and another one runs while a call waits. Locks that are held while the
app runs (Changes, DocumentSource, LifespanRunner) come from `ipyasgi.engine.strategy.make_lock`, and wait there as
calls do. The others are not held during a wait.

Finalisers (of a client, an explorer, an app's exception) run on any thread at any moment, perhaps while it holds one of
these locks, so the locks that they take (BackgroundLoop, OutputTaps, ExchangeStore, Overrides) are re-entrant. In a
forked child a lock may stay locked by a thread of the parent, so `ipyasgi.engine.fork_guard` is checked first, and the
locks of the process (LiveLoops, SharedLoops, OutputTaps, TraceTaps, LayerTaps) are renewed.
"""
