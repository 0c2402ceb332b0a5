"""The magic's language: what each line means. Requests first, then the other lines, then cells."""

import json

import pytest

from ipyasgi.magic.grammar import OPTIONS

from .meaning import read, respelled, spec_in_python, spec_of, told, told_line

pytestmark = pytest.mark.usefixtures("some_files")

JPEG = "\xff\xd8"


REQUESTS = [
    # the target
    ("GET /", "GET /"),
    ("GET /items", "GET /items"),
    ("  GET   /items  ", "GET /items"),
    ("GET\t/items", "GET /items"),
    ("GET /items HTTP/1.1", "GET /items"),
    ("GET /items?x=1", "GET /items?x=1"),
    ("GET /items?x=1&x=2", "GET /items?x=1&x=2"),
    ("GET '/a b'", "GET /a b"),
    ('GET "/a b"', "GET /a b"),
    ("GET /a\\ b", "GET /a b"),
    ("GET /a%20b", "GET /a%20b"),
    ("GET /it'e'ms", "GET /items"),
    ("GET http://other.test/items", "GET http://other.test/items"),
    ("GET https://other.test/items?x=1", "GET https://other.test/items?x=1"),
    ("GET '/matrix;v=1;'", "GET /matrix;v=1;"),
    ("GET /matrix;v=1", "GET /matrix;v=1"),
    ("GET /a&b", "GET /a&b"),
    ("GET /ünïcode", "GET /ünïcode"),
    ("HEAD /items", "HEAD /items"),
    ("DELETE /items/1", "DELETE /items/1"),
    ("OPTIONS /items", "OPTIONS /items"),
    ("QUERY /items limit:=2", 'QUERY /items {"limit":2}'),
    ("TRACE /items", "TRACE /items"),
    # Python values in the target
    ("GET /items/{{n}}", "GET /items/7"),
    ("GET /items/{{ n }}", "GET /items/7"),
    ("GET /items/{{n + 1}}", "GET /items/8"),
    ("GET /items/{{path}}", "GET /items/a%20b%2Fc"),
    ("GET '/items/{{n}}'", "GET /items/7"),
    ("GET /x/{{ {'a': {'b': n}}['a']['b'] }}/y", "GET /x/7/y"),
    ("GET /x/{{'}}'.strip('}') or 'z'}}", "GET /x/z"),
    ('GET /x/{{"a b"}}', "GET /x/a%20b"),
    ("GET {{place}}", "GET /items/7?x=1"),
    ("GET {{base}}/items", "GET http://other.test/items"),
    ("GET {{place}}&y={{n}}", "GET /items/7?x=1&y=7"),
    ("GET /items?a={{path}}", "GET /items?a=a%20b%2Fc"),
    ("GET /{{n, n}}", "GET /%287%2C%207%29"),
    # templates
    ("GET /items/{item_id} item_id=7", "GET /items/7"),
    ("GET /items/{item_id} item_id:=7", "GET /items/7"),
    ("GET /items/{item_id} item_id={{n}}", "GET /items/7"),
    ("GET /items/{item_id:int} item_id=7", "GET /items/7"),
    ("GET /f/{p:path} p=x/y", "GET /f/x/y"),
    ("GET /f/{p:path} p={{path}}", "GET /f/a%20b/c"),
    ("GET /f/{p} p=x/y", "GET /f/x%2Fy"),
    ("GET /f/{x}/{x} x=1", "GET /f/1/1"),
    ("GET /f/{x}/{y} y=2 x=1", "GET /f/1/2"),
    ("GET /users/{mail} mail=a@b.c", "GET /users/a@b.c"),
    ("POST /items/{item_id} item_id=7 name=x", 'POST /items/7 {"name":"x"}'),
    ("GET /items/{item_id}?full=1 item_id=7", "GET /items/7?full=1"),
    ("GET /items/{item_id} item_id=7 q==1", "GET /items/7?q=1"),
    ("GET /items/{item_id} item_id=1 item_id=2", "GET /items/2"),
    # the query
    ("GET /items limit==10", "GET /items?limit=10"),
    ("GET /items limit==10 q==a\\ b", "GET /items?limit=10&q=a+b"),
    ("GET /items q=='a b'", "GET /items?q=a+b"),
    ("GET /items 'q==a b'", "GET /items?q=a+b"),
    ("GET /items q==", "GET /items?q="),
    ("GET /items tag==a tag==b", "GET /items?tag=a&tag=b"),
    ("GET /items?x=1 y==2", "GET /items?x=1&y=2"),
    ("GET /items?x=a%20b&c y==2 z==a+b", "GET /items?x=a%20b&c&y=2&z=a%2Bb"),
    ("GET /items? y==2", "GET /items?y=2"),
    ("GET /items?x={{path}} y==2", "GET /items?x=a%20b%2Fc&y=2"),
    ("GET /items a=={{ price * 2 }}", "GET /items?a=7.0"),
    ("GET /items a=={{n}}-{{n}}", "GET /items?a=7-7"),
    ("GET /items {{'a'}}=={{n}}", "GET /items?a=7"),
    ("GET /items q===x", "GET /items?q=%3Dx"),
    ("GET /items a\\=b==1", "GET /items?a%3Db=1"),
    ("GET /items q==a=b:c@d", "GET /items?q=a%3Db%3Ac%40d"),
    ("GET /items q==\\@me", "GET /items?q=%40me"),
    ("GET /items 'q==\\@me'", "GET /items?q=%40me"),
    ("GET /items q==\\\\@me", "GET /items?q=%5C%40me"),
    ("GET /items q==@note.txt", "GET /items?q=hello"),
    ("GET /items [name]==x", "GET /items?%5Bname%5D=x"),
    # headers
    ("GET / X-A:1", "GET / X-A: 1"),
    ("GET / X-A:'a b'", "GET / X-A: a b"),
    ("GET / 'X-A: a b'", "GET / X-A:  a b"),
    ("GET / X-A:", "GET / X-A:"),
    ("GET / X-A:1 X-A:2", "GET / X-A: 1 X-A: 2"),
    ("GET / Authorization:'Bearer {{token}}'", "GET / Authorization: Bearer t0k"),
    ("GET / X-N:{{n}}", "GET / X-N: 7"),
    ("GET / Referer:http://a/b?c=d", "GET / Referer: http://a/b?c=d"),
    ("GET / X-A:@note.txt", "GET / X-A: hello"),
    ("GET / X-A:\\@note.txt", "GET / X-A: @note.txt"),
    ("GET / Accept:text/html Accept-Language:de", "GET / Accept: text/html Accept-Language: de"),
    # JSON as the body
    ('POST /items {"a": "b c", "d": [1, {"e": null}]}', 'POST /items {"a": "b c", "d": [1, {"e": null}]}'),
    ('POST /items {"a": "it\'s"} X-A:1', 'POST /items X-A: 1 {"a": "it\'s"}'),
    ("POST /items [] X-A:1", "POST /items X-A: 1 []"),
    ("POST /items '{\"a\": 1}'", 'POST /items {"a": 1}'),
    (
        'POST /items {"a": {{n}}, "b": "{{n}}", "c": [{{items}}]}',
        'POST /items {"a": 7, "b": "7", "c": [[1, {"a": null}]]}',
    ),
    ('POST /items q==1 {"a": 1}', 'POST /items?q=1 {"a": 1}'),
    ('PUT /items/{item_id} item_id=7 {"a": "}"}', 'PUT /items/7 {"a": "}"}'),
    (
        'POST /items Content-Type:application/problem+json {"a": 1}',
        'POST /items Content-Type: application/problem+json {"a": 1}',
    ),
    ("POST /items [0]=x [1]=y", 'POST /items ["x","y"]'),
    # a method in lower case
    ("get /items", "GET /items"),
    ("post {{place}} a=b", 'POST /items/7?x=1 {"a":"b"}'),
    # JSON fields
    ("POST /items name=Foo", 'POST /items {"name":"Foo"}'),
    ("POST /items name='Foo Bar' empty=", 'POST /items {"name":"Foo Bar","empty":""}'),
    ('POST /items name="Foo \\"Bar\\""', 'POST /items {"name":"Foo \\"Bar\\""}'),
    ("POST /items name=O\\'Hara", 'POST /items {"name":"O\'Hara"}'),
    ("POST /items name='it'\"'\"'s'", 'POST /items {"name":"it\'s"}'),
    ("POST /items price:=3.5", 'POST /items {"price":3.5}'),
    ("POST /items price:=null on:=true", 'POST /items {"price":null,"on":true}'),
    ("POST /items tags:='[\"a\", 1]'", 'POST /items {"tags":["a",1]}'),
    ('POST /items pet:=\'{"kind": "cat"}\'', 'POST /items {"pet":{"kind":"cat"}}'),
    ("POST /items s:='\"text\"'", 'POST /items {"s":"text"}'),
    ("POST /items all:={{items}}", 'POST /items {"all":[1,{"a":null}]}'),
    ("POST /items all:='[{{n}}, {{items}}]'", 'POST /items {"all":[7,[1,{"a":null}]]}'),
    ("POST /items all:='[\"n is {{n}}\"]'", 'POST /items {"all":["n is 7"]}'),
    ("POST /items s:='\"{{name}}\"'", 'POST /items {"s":"Foo \\"Bar\\""}'),
    ("POST /items name={{name}}", 'POST /items {"name":"Foo \\"Bar\\""}'),
    ("POST /items price={{price}}", 'POST /items {"price":3.5}'),
    ("POST /items price='{{price}} EUR'", 'POST /items {"price":"3.5 EUR"}'),
    ("POST /items on={{yes}} off={{nothing}}", 'POST /items {"on":true,"off":null}'),
    ("POST /items a={{ {'b': {}} }}", 'POST /items {"a":{"b":{}}}'),
    ("POST /items name=\\{{n}}", 'POST /items {"name":"{{n}}"}'),
    ("POST /items name=a:=b", 'POST /items {"name":"a:=b"}'),
    ("POST /items url=http://x/y?z=1", 'POST /items {"url":"http://x/y?z=1"}'),
    ("POST /items path=C:\\temp\\new", 'POST /items {"path":"C:\\\\temp\\\\new"}'),
    ("POST /items path=\\\\server\\share", 'POST /items {"path":"\\\\\\\\server\\\\share"}'),
    ("POST /items re=\\d+", 'POST /items {"re":"\\\\d+"}'),
    ("POST /items re='\\d+'", 'POST /items {"re":"\\\\d+"}'),
    ("POST /items handle=\\@ada", 'POST /items {"handle":"@ada"}'),
    ("POST /items mail=ada@example.org", 'POST /items {"mail":"ada@example.org"}'),
    ("POST /items a\\=b=c", 'POST /items {"a=b":"c"}'),
    ("POST /items a\\:b=c", 'POST /items {"a:b":"c"}'),
    ("POST /items user[name]=x", 'POST /items {"user":{"name":"x"}}'),
    ("POST /items a=1 a=2", 'POST /items {"a":"2"}'),
    ("POST /items a=#x", 'POST /items {"a":"#x"}'),
    ("POST /items a=ünï", 'POST /items {"a":"ünï"}'.encode().decode("latin-1")),
    ("POST /items a=&", 'POST /items {"a":"&"}'),
    ("POST /items 'a=x;'", 'POST /items {"a":"x;"}'),
    ("POST /items about=@note.txt", 'POST /items {"about":"hello"}'),
    ("POST /items about:=@one.json", 'POST /items {"about":{"a":[1]}}'),
    ("POST /items -- --name=x", 'POST /items {"--name":"x"}'),
    ("POST /items '--name=x'", 'POST /items {"--name":"x"}'),
    ("PUT /items/1 name=x q==1 X-A:b", 'PUT /items/1?q=1 X-A: b {"name":"x"}'),
    ("PATCH /items/1 price:=null", 'PATCH /items/1 {"price":null}'),
    ("DELETE /items/1 why=old", 'DELETE /items/1 {"why":"old"}'),
    # forms and files
    ("POST /login user=a mode=b --form", "POST /login Content-Type: application/x-www-form-urlencoded user=a&mode=b"),
    ("POST /f --form a=1 a=2", "POST /f Content-Type: application/x-www-form-urlencoded a=1&a=2"),
    ("POST /f --form a='x y' b={{n}}", "POST /f Content-Type: application/x-www-form-urlencoded a=x+y&b=7"),
    ("POST /f --form a:='[1, 2]'", "POST /f Content-Type: application/x-www-form-urlencoded a=%5B1%2C+2%5D"),
    (
        "POST /f note@note.txt",
        (
            "POST /f Content-Type: multipart/form-data; boundary=B "
            '--B|Content-Disposition: form-data; name="note"; filename="note.txt"|Content-Type: text/plain||'
            "hello|--B--|"
        ),
    ),
    (
        "POST /f 'pic@pic.jpg;type=image/png' n:=7 name=x",
        (
            "POST /f Content-Type: multipart/form-data; boundary=B "
            '--B|Content-Disposition: form-data; name="n"||7|--B|Content-Disposition: form-data; name="name"||x|'
            f'--B|Content-Disposition: form-data; name="pic"; filename="pic.jpg"|Content-Type: image/png||{JPEG}|--B--|'
        ),
    ),
    (
        "POST /f img@{{data}}",
        (
            "POST /f Content-Type: multipart/form-data; boundary=B "
            '--B|Content-Disposition: form-data; name="img"; filename="img"|Content-Type: application/octet-stream||'
            "\x00\xff|--B--|"
        ),
    ),
    (
        "POST /f img@'no extension'",
        (
            "POST /f Content-Type: multipart/form-data; boundary=B "
            '--B|Content-Disposition: form-data; name="img"; filename="no extension"|'
            "Content-Type: application/octet-stream||\x00|--B--|"
        ),
    ),
    ("PUT /f @note.txt", "PUT /f Content-Type: text/plain hello"),
    ("PUT /f @one.json", 'PUT /f {"a": [1]}'),
    ("PUT /f @pic.jpg Content-Type:image/x", f"PUT /f Content-Type: image/x {JPEG}"),
    ("PUT /f @{{data}}", "PUT /f Content-Type: application/octet-stream \x00\xff"),
    # --raw
    ("POST /f --raw hello", "POST /f hello"),
    ("POST /f --raw 'a b' Content-Type:text/plain", "POST /f Content-Type: text/plain a b"),
    ("POST /f --raw='{\"a\": 1}'", 'POST /f {"a": 1}'),
    ("POST /f --raw '{\"a\": {{n}}}'", 'POST /f {"a": 7}'),
    ("POST /f --raw ''", "POST /f"),
    ("GET /f --raw hello", "GET /f hello"),
    ("POST /f --raw=--x", "POST /f --x"),
    # options change the sending, not the request
    ("GET / --timeout 5", "GET /"),
    ("--timeout 5 GET /", "GET /"),
    ("GET --timeout=5 / q==1", "GET /?q=1"),
    ("GET / --timeout {{n}}", "GET /"),
    ("GET / --show-secrets --headers", None),
    ("GET / &", "GET /"),
    ("GET / --background", "GET /"),
    ("GET /; ", "GET /"),
    ("GET / & ;", "GET /"),
    ("GET / --no-redirects", "GET /"),
    ("GET / --trace", "GET /"),
    ("GET / --profile", "GET /"),
    ("GET / --split 3 --leave-after 1", "GET /"),
    ("GET / --repeat 3", "GET /"),
    ("r << GET /items", "GET /items"),
    ("r<<POST /items a=1<<2", 'POST /items {"a":"1<<2"}'),
    ("größe << GET /", "GET /"),
]


@pytest.mark.parametrize(("line", "means"), [row for row in REQUESTS if row[1] is not None], ids=lambda one: one[:60])
def test_requests(line: str, means: str) -> None:
    """A line that sends comes to this request; the Python that stands for it comes to the same."""
    spec = spec_of(line)

    assert told(spec) == means
    assert told(respelled(spec_in_python(line))) == told(respelled(spec))


OTHERS = [
    ("", ""),
    (";", " ;"),
    ("app", "app"),
    ("app;", "app ;"),
    ("app ;", "app ;"),
    ("shop.main:app", "shop.main:app"),
    ("shop.main:make --factory", "shop.main:make --factory"),
    ("app --no-lifespan --no-follow --name shop", "app --no-lifespan --no-follow --name=shop"),
    ("app --name='my shop'", "app --name=my shop"),
    ("attach routes", "attach 'routes'"),
    ("{{items}}", "attach \"[1, {'a': None}]\""),
    ("e << app", "e << app"),
    ("use", "use"),
    ("use other", "use 'other'"),
    ("routes", "routes"),
    ("docs /items", "docs '/items'"),
    ("docs 'POST /items'", "docs 'POST /items'"),
    ("state", "state"),
    ("lifespan", "lifespan"),
    ("lifespan step --timeout 2.5", "lifespan 'step' --timeout=2.5"),
    ("history", "history"),
    ("history method:POST status:4xx", "history 'method:POST' 'status:4xx'"),
    ("history -error", "history '-error'"),
    ('POST /items {"a": "b c"};', "POST '/items' '{\"a\": \"b c\"}' ;"),
    ('POST /items {"a": 1} --as-python &', "POST '/items' '{\"a\": 1}' --as-python --background"),
    ("get", "get"),
    ("curl -H 'a: b' localhost/x", "curl"),
    ("r << --as-python curl localhost/x --show;", "r << curl --as-python --show ;"),
    ("show", "show"),
    ("show r7 --show-secrets", "show 'r7' --show-secrets"),
    ("tb", "tb"),
    ("ws /chat hello 'a b'", "ws '/chat' 'hello' 'a b'"),
    ("ws /chat --wait 2 --subprotocol a,b", "ws '/chat' --wait=2 --subprotocol=a,b"),
    ("panel", "panel"),
    ("panel request", "panel 'request'"),
    ("config", "config"),
    ("config timeout=5", "config 'timeout=5'"),
    ("headers X-A:b X-B:", "headers 'X-A:b' 'X-B:'"),
    ("cookies a=b", "cookies 'a=b'"),
    ("detach app", "detach 'app'"),
    ("help POST", "help 'POST'"),
    ("help", "help"),
    ("--help", " --help"),
    ("GET --help", "GET --help"),
    ("--as-python GET / a==1", "GET '/' 'a==1' --as-python"),
    ("r << GET / --show --as-python &", "r << GET '/' --show --as-python --background"),
    ("GET / -- --timeout", "GET '/' '--timeout'"),
    ("GET / '&'", "GET '/' '&'"),
    ("GET / ';'", "GET '/' ';'"),
    ("GET / \\;", "GET '/' '\\\\' ;"),
]


@pytest.mark.parametrize(("line", "means"), OTHERS, ids=lambda one: one[:60])
def test_other_lines(line: str, means: str) -> None:
    """A line falls into its name, its first word, its words and its options."""
    assert told_line(read(line)) == means


CELLS = [
    ("", "POST /items"),
    ("X-A: 1\nX-B:2\n\n", "POST /items X-A: 1 X-B: 2"),
    ("X-A : 1", "POST /items X-A: 1"),
    ('\n{"a": 1}\n', 'POST /items {"a": 1}'),
    ('{"a": {"b": 1}}', 'POST /items {"a": {"b": 1}}'),
    ("\n\n[1,\n 2]\n\n", "POST /items [1,\n 2]"),
    (
        'X-A: 1\n\n{"price": {{price}}, "name": "{{name}}", "all": {{items}}}',
        'POST /items X-A: 1 {"price": 3.5, "name": "Foo \\"Bar\\"", "all": [1, {"a": null}]}',
    ),
    ('{"a": "\\\\", "b": {{n}}}', 'POST /items {"a": "\\\\", "b": 7}'),
    ('{"a": "\\"{{n}}", "b": {{n}}}', 'POST /items {"a": "\\"7", "b": 7}'),
    ("X-Token: {{token}}", "POST /items X-Token: t0k"),
    ("X-A:1\nX-A:2", "POST /items X-A: 1 X-A: 2"),
    ("Content-Type: text/plain\n\nhello {{n}}\n\nworld", "POST /items Content-Type: text/plain hello 7\n\nworld"),
    ('\n{"literal": "\\{{n}}"}', 'POST /items {"literal": "{{n}}"}'),
    ("Content-Type: text/csv\n\na,b\n1,2", "POST /items Content-Type: text/csv a,b\n1,2"),
    ("plain words at once", "POST /items plain words at once"),
    ("\nplain words", "POST /items plain words"),
    ("Content-Type: text/x-handlebars\n\n{{#each}}", "POST /items Content-Type: text/x-handlebars {{#each}}"),
    ("Content-Type: application/problem+json\n\n{}", "POST /items Content-Type: application/problem+json {}"),
    ("\n\\### not a separator", "POST /items ### not a separator"),
    ('{"a": "\\u0000"}', 'POST /items {"a": "\\u0000"}'),
]


@pytest.mark.parametrize(("cell", "means"), CELLS)
def test_cells(cell: str, means: str) -> None:
    """A cell has the shape of a .http file: headers, an empty line, a body; values go in as JSON where it is JSON."""
    assert told(spec_of("POST /items", cell)) == means
    in_python = spec_in_python("POST /items", cell)
    if "json" in in_python.header("content-type"):
        assert json.loads(in_python.body) == json.loads(spec_of("POST /items", cell).body)
        assert in_python.headers == spec_of("POST /items", cell).headers
    else:
        assert told(in_python) == means


def test_the_tables_are_worth_their_name() -> None:
    """At least 150 lines are told with what each means."""
    assert len({line for line, _ in REQUESTS} | {line for line, _ in OTHERS}) >= 150


def test_every_option_says_what_it_does() -> None:
    """Options have a name of letters and dashes, and words for help."""
    for name, option in OPTIONS.items():
        assert name == option.name
        assert option.description
