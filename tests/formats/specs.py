"""Requests to write and read back: examples, and a strategy for hypothesis."""

from hypothesis import strategies as st

from ipyasgi.records.requests import RequestSpec, build_spec

JSON = (b"content-type", b"application/json")
FORM = (b"content-type", b"application/x-www-form-urlencoded")
TEXT = (b"content-type", b"text/plain; charset=utf-8")

PLAIN = [
    RequestSpec(method="GET", path="/items", query=(("a", "1"), ("a", "ä b"), ("empty", ""))),
    RequestSpec(method="HEAD", path="/items/{item_id}[1-3]"),
    RequestSpec(
        method="POST", path="/", headers=((b"x-a", b""), (b"x-b", b"caf\xe9"), (b"x-b", b'"q" \\ $HOME `x` !'))
    ),
    RequestSpec(method="PUT", path="/a%20b/%7Bx%7D", headers=(JSON,), body=b'{"it\'s": "100% \\"x\\" $HOME `id` !"}'),
    RequestSpec(method="PATCH", path="/", headers=(JSON,), body=b"{broken"),
    RequestSpec(method="POST", path="/", body=b"no type"),
    RequestSpec(method="POST", path="/", body=b'{"no": "type"}'),
    RequestSpec(
        method="DELETE", path="https://other.example:8443/items/7", query=(("x", "1"),), headers=(TEXT,), body=b"@x"
    ),
    RequestSpec(method="QUERY", path="/s", headers=(FORM,), body=b"a=1&b=%26+x"),
    RequestSpec(method="GET", path="/{{name}}", headers=((b"x-hole", b"{{a}}"),), body="{{b}} \\{{c}} ü".encode()),
    build_spec("GET", "/items?q=a%20b&x=[1]{2}&d&e=%2f"),
]
BYTES = [
    RequestSpec(
        method="POST", path="/bytes", headers=((b"content-type", b"application/octet-stream"),), body=bytes(range(256))
    ),
    RequestSpec(method="POST", path="/mostly", headers=(TEXT,), body=b"-- 100% \r\n\\n it's \x00 text\n" * 3),
    RequestSpec(method="POST", path="/long", headers=(TEXT,), body=b"it's long " * 20_000),
]
UPLOADS = [
    build_spec("POST", "/upload", files={"f": ("n.txt", b"one\r\ntwo")}, data={"a": "1"}),
    build_spec("POST", "/upload", files={"f": ("n.bin", b"\x00\xff\r\n")}),
    build_spec(
        "PUT",
        "/upload",
        files=[("f", ("a.png", bytes(range(256)) * 9)), ("a", (None, '\u00fc;@"')), ("f", ("b.txt", b"b" * 900))],
    ),
]
SECRET = RequestSpec(
    method="POST",
    path="/login",
    query=(("limit", "2"), ("token", "q-tok"), ("z", "1")),
    headers=(
        JSON,
        (b"authorization", b"Bearer b-tok"),
        (b"x-api-key", b"k-tok"),
        (b"cookie", b"session=c-tok; theme=dark"),
    ),
    body=b'{"user": "ann", "password": "p-tok", "pin": 7301948265}',
)
SECRETS = ("q-tok", "b-tok", "k-tok", "c-tok", "p-tok", "7301948265")  # long enough not to be part of a time
VALUES = {
    "TOKEN": "q-tok",
    "TOKEN_2": "b-tok",
    "X_API_KEY": "k-tok",
    "SESSION": "c-tok",
    "THEME": "dark",
    "PASSWORD": "p-tok",
    "PIN": 7301948265,
}

_names = st.text("abcXYZ019-_.", min_size=1, max_size=8).map(lambda text: f"x-{text.lower()}".encode())
_values = st.binary(max_size=20).map(lambda raw: raw.translate(None, b"\r\n\x00").strip(b" \t"))
_words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10)
_bodies = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.text("{}[]\"'\\$`!%@<>?#\r\n\t &;=ab", max_size=40).map(str.encode),
)
specs = st.builds(
    RequestSpec,
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]),
    path=st.text("abc/%20{}[]'\"$&;!~.-_", max_size=20).map(lambda text: "/" + text.lstrip("/")),
    # httpx groups the values of a repeated name, so names are unique.
    query=st.lists(st.tuples(_words, _words), max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
    headers=st.lists(st.tuples(_names, _values), max_size=3).map(tuple),
    body=_bodies,
)
