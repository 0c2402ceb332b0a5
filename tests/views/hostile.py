"""Texts that would act if they were more than text, and every view of an app that puts one wherever it can. No test."""

import logging
from types import SimpleNamespace
from urllib.parse import quote

from ipyasgi import Explorer
from ipyasgi.records import Event, WebSocketRun
from ipyasgi.views.exchange import view_exchange, view_exchanges, view_history
from ipyasgi.views.explorer import view_explorer
from ipyasgi.views.lifespan import view_lifespan
from ipyasgi.views.routes import view_routes
from ipyasgi.views.run import view_run
from ipyasgi.views.state import view_state
from ipyasgi.views.view import View

HOSTILE = [
    # elements
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></textarea></xmp></noscript><script>alert(1)</script>",
    "</pre></details></div><img src=x onerror=alert(1)>",
    "</summary></details><details open ontoggle=alert(1)>",
    "</td></tr></tbody></table><img src=x onerror=alert(1)>",
    "</text></svg><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "<img\tsrc=x\nonerror=alert(1)>",
    "<IMG SRC=x OnErRoR=alert(1)>",
    "<plaintext>",
    "<!-- --><b>x</b><!--",
    "--!><script>alert(1)</script>",
    "<![cdata[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!doctype html><html><head><title>x",
    "<button data-commandlinker-command='kernelmenu:shutdown'>",
    # attributes
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1)`",
    '"/><animate attributeName="href" values="javascript:alert(1)"/>',
    "&quot; onclick=alert(1) x=&quot;",
    "&#34; onclick=alert(1) x=&#x22;",
    # URLs
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<img src=http://hostile.test/image>",
    "<link rel=stylesheet href=//hostile.test/style>",
    "<style>@import url(http://hostile.test/import);*{background:url(//hostile.test/css)}</style>",
    "<base href=http://hostile.test/>",
    "<meta http-equiv=refresh content='0;url=http://hostile.test/'>",
    "<form action=http://hostile.test/><input type=submit>",
    "<object data=http://hostile.test/object></object><embed src=http://hostile.test/embed>",
    # entities, and other layers that read text
    "&lt;script&gt;&amp;#60;&#x3c;script&#62;",
    "&lt script&gt alert(1)",
    "&#0;&#xD800;&nonsense;&",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "{{ 7 * 7 }}{% include 'style.css' %}{# x #}",
    "${alert(1)} #{alert(1)} <%= 1 %>",
    "[x](javascript:alert(1)) ![x](http://hostile.test/markdown)",
    r"costs $5 and $\href{javascript:alert(1)}{x}$ \(\unicode{x41}\)",
    "} * { display: none } .x {",
    "x; background: url(http://hostile.test/style-attribute)",
    # what acts unseen
    "\u202egnp.exe\u202c and \u2066isolated\u2069",
    "\u2067\u202e\u2068never closed",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 and back \u200f\u061c",
    "\x1b]0;title\x07\x1b[31mred\x1b[0m",
    "\x1b]8;;http://hostile.test/\x1b\\link\x1b]8;;\x1b\\",
    "shown\rhidden\x08\x08\x08",
    "\x00\x01\x08\x7f\x85\x9b",
    "one\r\ntwo\rthree\u2028four\u2029five",
    "half \ud83d and \udc00",
    "\ufeff\u200b\U000e0041\U000e007f\u2060",
    "<" * 300 + "\N{COMBINING ACUTE ACCENT}" * 50,
]  # fmt: skip

# Broken UTF-8 is for bodies, headers and paths alone; no str holds it.
BROKEN = [
    b"<script>alert(1)</script>\xff\xfe",
    b"\xc0\xbcscript\xc0\xbealert(1)",
    b"\xe2\x80 half \xf0\x9f\x92",
    b"\xed\xa0\x80<img src=x onerror=alert(1)>",
    b"\xf8\x88\x80\x80\x80\"><svg onload=alert(1)>",
]  # fmt: skip

_KINDS = (
    "text/html",
    "application/json",
    "image/svg+xml",
    "text/csv",
    "text/event-stream",
    "multipart/x; boundary=b",
    "x",
)


class HostileApp:
    """Puts one text wherever an app can put one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.state = SimpleNamespace(**{text: text})
        self.state.kept = {text: [text]}
        self.routes = [SimpleNamespace(path="/" + text, methods={"GET"}, name=text, endpoint=self.endpoint)]

    async def endpoint(self) -> None:
        """Never called."""

    async def __call__(self, scope, receive, send) -> None:
        data = self.text.encode("utf-8", "surrogatepass")
        if scope["type"] == "lifespan":
            await receive()
            print(self.text)
            scope["state"][self.text] = self.text
            await send({"type": "lifespan.startup.failed", "message": self.text})
            return
        await receive()
        print(self.text)
        logging.getLogger("hostile").warning("%s", self.text)
        self.state.kept[self.text + "2"] = self.text
        await send({"type": self.text})
        kind = scope["path"].strip("/")
        headers = [(b"content-type", kind.encode()), (b"x-" + data, data)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": within(kind, data)})
        error = ValueError(self.text)
        error.add_note(self.text)
        raise error


def within(kind: str, data: bytes) -> bytes:
    """Return a body of a kind with the text where that kind has places for it."""
    one_line = data.replace(b"\r", b" ").replace(b"\n", b" ")
    quoted = data.replace(b"\\", b"").replace(b'"', b"'").replace(b"\n", b" ").replace(b"\r", b" ")
    if kind == "text/csv":
        return b'"%s",b\n"%s",2\n' % (quoted, quoted)
    if kind == "text/event-stream":
        return b"event: %s\nid: %s\ndata: %s\n\n" % (one_line, one_line, one_line)
    if kind.startswith("multipart"):
        disposition = b'content-disposition: form-data; name="%s"; filename="%s"' % (quoted, quoted)
        return b"--b\r\n%s\r\ncontent-type: %s\r\nx-more: %s\r\n\r\n%s\r\n--b--" % (
            disposition,
            one_line,
            one_line,
            data,
        )
    if kind == "application/json":
        return b'[{"%s": "%s", "list": [1, 2, 3, {"%s": {}}]}, {"%s": 1}, 1, 2, 3, 4, %s' % (
            quoted,
            quoted,
            quoted,
            quoted,
            data,
        )
    return data


def draw_all(text: str) -> list[View]:
    """Return every view of an app that puts ``text`` wherever it can; seven exchanges come first."""
    with Explorer(HostileApp(text), name=text) as explorer:
        settings = explorer.settings
        target = f"/?q={quote(text, errors='replace')}&{quote(text, errors='replace')}=1"
        for kind in _KINDS:
            explorer.post(f"/{kind}{target}", content=text.encode("utf-8", "replace"), raise_exceptions=False)
        return [
            *(view_exchange(exchange, settings) for exchange in explorer.history),
            view_exchanges(explorer.history[:], settings),
            view_history(explorer.history, settings),
            view_explorer(explorer, settings),
            view_routes(explorer.routes, settings),
            view_state(explorer.state, settings),
            view_lifespan(explorer.lifespan, settings),
            view_run(conversation(text), settings),
        ]


def draw_broken(data: bytes) -> list[View]:
    """Return the exchanges of an app that answers with these bytes as header and as body of each kind."""

    async def app(scope, receive, send):
        kind = scope["path"].strip("/")
        headers = [(b"content-type", kind.encode()), (b"x-broken", data), (b"location", data)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": within(kind, data)})

    with Explorer(app, lifespan="off") as explorer:
        return [view_exchange(explorer.get(f"/{kind}?{quote(data)}"), explorer.settings) for kind in _KINDS]


def conversation(text: str) -> WebSocketRun:
    """Return a connection in which everything is this text."""
    data = text.encode("utf-8", "surrogatepass")
    messages = [
        ("receive", {"type": "websocket.connect"}),
        ("send", {"type": "websocket.accept", "subprotocol": text, "headers": [(data, data)]}),
        ("send", {"type": "websocket.send", "text": text}),
        ("receive", {"type": "websocket.receive", "bytes": data}),
        ("send", {"type": text}),
        ("send", {"type": "websocket.close", "code": 1000, "reason": text}),
    ]
    return WebSocketRun(
        kind="websocket",
        scope={"path": "/" + text, "query_string": data, "headers": ((data, data),)},
        events=tuple(
            Event(direction=direction, message=message, at_ns=n * 1000)
            for n, (direction, message) in enumerate(messages)
        ),
        started_at_s=0,
        duration_ns=9000,
        outcome="raised",
        exception=ValueError(text),
    )
