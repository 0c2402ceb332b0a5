"""Floor 2: where coroutines run and one call of the app happens.

Knows anyio and ASGI; knows no httpx, no IPython, no history. Threads are started in
`ipyasgi.engine.background_loop` and in no other module of the project.

Locks
-----
Every lock of the project, by the class that has it. "Held while" says what is called with the lock in hand; where it
says nothing, the lock is held over a few lines that call nothing which waits. While a lock is held, only locks below it
in this table are taken, so no two threads wait for each other.

======================  ==============================  =============================================================
class                   guards                          held while
======================  ==============================  =============================================================
Panel                   what the panel shows and has    the explorer sends in the background, opens a WebSocket or
                        asked for; re-entrant           is asked for a value; its channels are written to
WebSocketSession        status, order of messages;      `on_message` and `on_change`, which must only enqueue; a
                        re-entrant                      message is given to the app's loop
WebSocketConsole        the count of rows               a row is put into the channel
DocumentSource          the app's document              the app makes its document, or is asked for it by a request;
                                                        the explorer takes the names that it calls secret
Explorer                the settings
CompletionCache         the routes as last read         the routes are read; waited for at most half a second
SessionRegistry         the open ones and the records
Background              the explorer's own loop         that loop is started
CommQueue               what is to be written           the next write is taken out
CommWriter              channels, the writer            the writer is given to the display loop
ExchangeStore           kept exchanges; re-entrant
EventBus                subscribers                     nothing: they are called after it is released
Credentials             credentials by scheme
Sink                    lines of output
OutputTaps              the wrapped streams and         streams, log factory and warnings are wrapped or put back
                        who uses them; re-entrant
BaseTestClient          how often it was entered
OpenCycles              open streamed responses         nothing: they are ended after it is released
LifespanRunner          one start, stop or step at a    the app starts or shuts down: for as long as that takes,
                        time; re-entrant                within the caller's deadline
LoopOwner               the client's loops; re-entrant  a loop is started, asked whether it responds (at most a
                                                        second), or a portal is opened (at most five)
SharedLoops             loops by backend, their users   a loop is started
LiveLoops               the open loops
BackgroundLoop          spawn against stop; re-entrant  a callback is put into the event loop
Recording               which thread freezes the        the record is frozen; never waited for
                        record
IteratorBody            the step of the iterator        the caller's iterator runs; never waited for
======================  ==============================  =============================================================

Finalisers (of a dropped client or explorer, of what an app raised) run on any thread at any moment, perhaps while it
holds one of these: the locks that they take (BackgroundLoop, OutputTaps, ExchangeStore) are re-entrant. In a forked
child a lock may be held for ever by a thread that stayed in the parent: `ipyasgi.engine.fork_guard` is asked first, and
the locks of the process (LiveLoops, SharedLoops, OutputTaps) are renewed.
"""
