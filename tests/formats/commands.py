r"""Curl commands from browsers, tools and documentation, and the request of each.

A row has: the source, the command, method, target, headers (without those that curl adds itself), body.
"""

JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")

BROWSERS = [
    (
        "chrome, bash, GET",
        """curl 'http://localhost:8000/items?limit=10&color=red' \\
  -H 'accept: */*' \\
  -H 'accept-language: en-US,en;q=0.9' \\
  -b 'session=abc; theme=dark' \\
  -H 'sec-ch-ua: "Chromium";v="141", "Not?A_Brand";v="8"' \\
  --compressed""",
        "GET",
        "/items?limit=10&color=red",
        [
            ("accept", "*/*"),
            ("accept-language", "en-US,en;q=0.9"),
            ("sec-ch-ua", '"Chromium";v="141", "Not?A_Brand";v="8"'),
            ("cookie", "session=abc; theme=dark"),
        ],
        b"",
    ),
    (
        "chrome, bash, JSON",
        """curl 'http://localhost:8000/items' \\
  -H 'content-type: application/json' \\
  --data-raw '{"name":"Foo","price":3.5}'""",
        "POST",
        "/items",
        [JSON],
        b'{"name":"Foo","price":3.5}',
    ),
    (
        "chrome, bash, an apostrophe and an exclamation mark",
        (
            "curl 'http://localhost:8000/items' -H 'content-type: application/json' "
            r"""--data-raw $'{"name":"It\'s \u0021","note":"a\\nb"}'"""
        ),
        "POST",
        "/items",
        [JSON],
        b'{"name":"It\'s !","note":"a\\nb"}',
    ),
    (
        "chrome, bash, line ends and letters beyond ASCII",
        (
            "curl 'http://localhost:8000/note' -X 'PUT' -H 'content-type: text/plain;charset=UTF-8' "
            r"--data-raw $'eins\r\nzw\u00f6lf\n\ud83d\ude00\ttab'"
        ),
        "PUT",
        "/note",
        [("content-type", "text/plain;charset=UTF-8")],
        "eins\r\nzwölf\n😀\ttab".encode(),
    ),
    (
        "chrome, bash, a form that was uploaded",
        (
            "curl 'http://localhost:8000/upload' -H 'content-type: multipart/form-data; boundary=----WebKitA1' "
            r"--data-raw $'------WebKitA1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
            r"------WebKitA1--\r\n'"
        ),
        "POST",
        "/upload",
        [("content-type", "multipart/form-data; boundary=----WebKitA1")],
        b'------WebKitA1\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n------WebKitA1--\r\n',
    ),
    (
        "firefox, bash",
        (
            "curl 'http://localhost:8000/login' --compressed -X POST "
            "-H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' "
            "-H 'Content-Type: application/x-www-form-urlencoded' -H 'Referer: http://localhost:8000/' "
            "-H 'Cookie: csrftoken=xyz' --data-raw 'user=ann&password=s%26cret'"
        ),
        "POST",
        "/login",
        [
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            FORM,
            ("referer", "http://localhost:8000/"),
            ("cookie", "csrftoken=xyz"),
        ],
        b"user=ann&password=s%26cret",
    ),
    (
        "safari, bash",
        """curl 'http://127.0.0.1:8000/items/7' \\
-X 'DELETE' \\
-H 'Accept: */*' \\
-H 'Sec-Fetch-Mode: cors'""",
        "DELETE",
        "/items/7",
        [("accept", "*/*"), ("sec-fetch-mode", "cors")],
        b"",
    ),
    (
        "chrome, a site elsewhere",
        "curl 'https://api.example.com/v1/items?x=1' -H 'authorization: Bearer abc'",
        "GET",
        "https://api.example.com/v1/items?x=1",
        [("authorization", "Bearer abc")],
        b"",
    ),
]

WINDOWS = [
    (
        "chrome, cmd, GET",
        (
            'curl ^"http://localhost:8000/items?limit=10^&q=a^%^20b^" ^\r\n'
            '  -H ^"accept: application/json^" ^\r\n'
            '  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"141^\\^"^" ^\r\n'
            "  --compressed"
        ),
        "GET",
        "/items?limit=10&q=a%20b",
        [("accept", "application/json"), ("sec-ch-ua", '"Chromium";v="141"')],
        b"",
    ),
    (
        "chrome, cmd, JSON",
        (
            'curl ^"http://localhost:8000/items^" ^\n  -H ^"content-type: application/json^" ^\n'
            '  --data-raw ^"^{^\\^"name^\\^":^\\^"100^% ^\\^\\^Foo^\\^"^}^"'
        ),
        "POST",
        "/items",
        [JSON],
        b'{"name":"100% \\Foo"}',
    ),
    (
        "chrome, cmd, a body of two lines",
        'curl ^"http://localhost:8000/note^" ^\n  -H ^"content-type: text/plain^" ^\n  --data-raw ^"one^\n\ntwo^"',
        "POST",
        "/note",
        [("content-type", "text/plain")],
        b"one\ntwo",
    ),
    (
        "firefox of old, cmd",
        'curl "http://localhost:8000/items" -H "Content-Type: application/json" --data "{""name"":""Foo"",""n"":1}"',
        "POST",
        "/items",
        [JSON],
        b'{"name":"Foo","n":1}',
    ),
    (
        "swagger ui, cmd",
        (
            'curl -X "POST" ^\n  "http://localhost:8000/items" ^\n  -H "accept: application/json" ^\n'
            '  -H "Content-Type: application/json" ^\n  -d "{^\n  \\"name\\": \\"Foo\\"^\n}"'
        ),
        "POST",
        "/items",
        [("accept", "application/json"), JSON],
        b'{\n  "name": "Foo"\n}',
    ),
    (
        "typed, cmd, two commands",
        'curl "http://localhost:8000/a" ^\n -d "x=\\"1\\"" & echo done',
        "POST",
        "/a",
        [FORM],
        b'x="1"',
    ),
    (
        "powershell",
        "curl.exe -X POST 'http://localhost:8000/items' `\n  -H 'X-A: 1' `\n  -d 'a=1'",
        "POST",
        "/items",
        [("x-a", "1"), FORM],
        b"a=1",
    ),
]

TOOLS = [
    (
        "swagger ui, bash, POST",
        """curl -X 'POST' \\
  'http://127.0.0.1:8000/items/?dry=true' \\
  -H 'accept: application/json' \\
  -H 'Content-Type: application/json' \\
  -d '{
  "name": "string",
  "tags": []
}'""",
        "POST",
        "/items/?dry=true",
        [("accept", "application/json"), JSON],
        b'{\n  "name": "string",\n  "tags": []\n}',
    ),
    (
        "swagger ui, bash, GET with an empty body",
        "curl -X 'POST' 'http://127.0.0.1:8000/logout' -H 'accept: application/json' -d ''",
        "POST",
        "/logout",
        [("accept", "application/json"), FORM],
        b"",
    ),
    (
        "swagger ui, bash, a form",
        """curl -X 'POST' \\
  'http://127.0.0.1:8000/token' \\
  -H 'Content-Type: application/x-www-form-urlencoded' \\
  -d 'grant_type=password&username=ann&password=x'""",
        "POST",
        "/token",
        [FORM],
        b"grant_type=password&username=ann&password=x",
    ),
    (
        "postman",
        """curl --location --request PATCH 'http://localhost:8000/items/7' \\
--header 'Authorization: Bearer abc' \\
--header 'Content-Type: application/json' \\
--data '{
    "price": 4
}'""",
        "PATCH",
        "/items/7",
        [("authorization", "Bearer abc"), JSON],
        b'{\n    "price": 4\n}',
    ),
    (
        "postman, a form",
        (
            "curl --location 'http://localhost:8000/login' --header 'Content-Type: application/x-www-form-urlencoded' "
            "--data-urlencode 'user=ann b' --data-urlencode 'password=x&y'"
        ),
        "POST",
        "/login",
        [FORM],
        b"user=ann+b&password=x%26y",
    ),
    (
        "insomnia",
        (
            "curl --request POST --url http://localhost:8000/items --header 'content-type: application/json' "
            "--data '{\"a\": 1}'"
        ),
        "POST",
        "/items",
        [JSON],
        b'{"a": 1}',
    ),
    (
        "docs, with a prompt",
        "$ curl -s http://localhost:8000/health",
        "GET",
        "/health",
        [],
        b"",
    ),
    (
        "docs, with comments and a pipe into jq",
        "# ask for the items\ncurl -s http://localhost:8000/items | jq '.[0]'",
        "GET",
        "/items",
        [],
        b"",
    ),
    (
        "docs, spaces after the backslash",
        "curl http://localhost:8000/items \\  \n  -H 'X-A: 1'",
        "GET",
        "/items",
        [("x-a", "1")],
        b"",
    ),
    (
        "docs, GitHub",
        """curl -L \\
  -X POST \\
  -H "Accept: application/vnd.github+json" \\
  -H "Authorization: Bearer <YOUR-TOKEN>" \\
  -H "X-GitHub-Api-Version: 2022-11-28" \\
  http://localhost:8000/repos/OWNER/REPO/issues \\
  -d '{"title":"Found a bug","labels":["bug"]}'""",
        "POST",
        "/repos/OWNER/REPO/issues",
        [
            ("accept", "application/vnd.github+json"),
            ("authorization", "Bearer <YOUR-TOKEN>"),
            ("x-github-api-version", "2022-11-28"),
            FORM,
        ],
        b'{"title":"Found a bug","labels":["bug"]}',
    ),
    (
        "docs, Stripe",
        """curl http://localhost:8000/v1/payment_intents \\
  -u "sk_test_abc:" \\
  -d amount=2000 \\
  -d currency=usd \\
  -d "automatic_payment_methods[enabled]"=true""",
        "POST",
        "/v1/payment_intents",
        [FORM, ("authorization", "Basic c2tfdGVzdF9hYmM6")],
        b"amount=2000&currency=usd&automatic_payment_methods[enabled]=true",
    ),
    (
        "docs, echo into curl",
        "echo '{\"a\": 1}' | curl -H 'Content-Type: application/json' -d @- http://localhost:8000/items",
        "POST",
        "/items",
        [JSON],
        b'{"a": 1}',
    ),
]

TYPED = [
    ("a URL alone", "curl http://localhost:8000/items", "GET", "/items", [], b""),
    ("no scheme", "curl localhost:8000/items", "GET", "/items", [], b""),
    ("no path", "curl http://localhost:8000", "GET", "/", [], b""),
    ("a fragment", "curl 'http://localhost:8000/items#top'", "GET", "/items", [], b""),
    ("a query with repeats", "curl 'http://localhost:8000/s?a=1&a=2&b='", "GET", "/s?a=1&a=2&b=", [], b""),
    ("double quotes", r'curl "http://localhost:8000/" -d "a=\"q\" \\ \$x"', "POST", "/", [FORM], b'a="q" \\ $x'),
    ("pieces of one word", "curl http://localhost:8000/'a'\"b\"c\\ d", "GET", "/abc d", [], b""),
    ("-X", "curl -X PUT http://localhost:8000/x", "PUT", "/x", [], b""),
    ("-X attached", "curl -XPOST http://localhost:8000/x", "POST", "/x", [], b""),
    ("short options together", "curl -sSLkvi -XPUT -da=1 http://localhost:8000/x", "PUT", "/x", [FORM], b"a=1"),
    ("-d twice", "curl -d a=1 -d b=2 http://localhost:8000/", "POST", "/", [FORM], b"a=1&b=2"),
    ("-d and -X", "curl -X PATCH -d a=1 http://localhost:8000/", "PATCH", "/", [FORM], b"a=1"),
    ("-d and GET", "curl -X GET -d a=1 http://localhost:8000/", "GET", "/", [FORM], b"a=1"),
    ("--data-binary", "curl --data-binary 'a\nb' http://localhost:8000/", "POST", "/", [FORM], b"a\nb"),
    ("--data-raw with @", "curl --data-raw @x http://localhost:8000/", "POST", "/", [FORM], b"@x"),
    ("--data-ascii", "curl --data-ascii a http://localhost:8000/", "POST", "/", [FORM], b"a"),
    (
        "--data-urlencode in each form",
        "curl http://localhost:8000/ --data-urlencode 'q=a b&c' --data-urlencode '=x y' --data-urlencode 'p t' -d z=1",
        "POST",
        "/",
        [FORM],
        b"q=a+b%26c&x+y&p+t&z=1",
    ),
    (
        "--json",
        "curl --json '{\"a\":1}' http://localhost:8000/",
        "POST",
        "/",
        [JSON, ("accept", "application/json")],
        b'{"a":1}',
    ),
    (
        "--json in pieces, with an Accept of its own",
        "curl --json '{\"a\":' --json '1}' -H 'Accept: text/plain' http://localhost:8000/",
        "POST",
        "/",
        [("accept", "text/plain"), JSON],
        b'{"a":1}',
    ),
    ("-G", "curl -G http://localhost:8000/s -d a=1 --data-urlencode 'q=x y'", "GET", "/s?a=1&q=x+y", [], b""),
    ("-G on a query", "curl -G 'http://localhost:8000/s?z=0' -d a=1", "GET", "/s?z=0&a=1", [], b""),
    ("-I", "curl -I http://localhost:8000/items", "HEAD", "/items", [], b""),
    ("-u", "curl -u ann:s3cret http://localhost:8000/", "GET", "/",
     [("authorization", "Basic YW5uOnMzY3JldA==")], b""),
    ("a user in the URL", "curl http://ann:s%33cret@localhost:8000/", "GET", "/",
     [("authorization", "Basic YW5uOnMzY3JldA==")], b""),
    ("-u and a header", "curl -u a:b -H 'Authorization: Bearer x' http://localhost:8000/", "GET", "/",
     [("authorization", "Bearer x")], b""),
    ("-A and -e", "curl -A me -e http://ref/ http://localhost:8000/", "GET", "/",
     [("user-agent", "me"), ("referer", "http://ref/")], b""),
    ("-A with nothing", "curl -A '' http://localhost:8000/", "GET", "/", [], b""),
    ("-b", "curl -b 'a=1; b=2' http://localhost:8000/", "GET", "/", [("cookie", "a=1; b=2")], b""),
    ("-b twice", "curl -b a=1 -b b=2 http://localhost:8000/", "GET", "/", [("cookie", "a=1; b=2")], b""),
    ("-b and a header", "curl -b a=1 -H 'Cookie: z=1' http://localhost:8000/", "GET", "/", [("cookie", "z=1")], b""),
    ("an empty header, and one taken away", "curl -H 'X-A;' -H 'Accept:' http://localhost:8000/", "GET", "/",
     [("x-a", "")], b""),
    ("no content type", "curl -d a=1 -H 'Content-Type:' http://localhost:8000/", "POST", "/", [], b"a=1"),
    ("-H twice", "curl -H 'X-A: 1' -H 'X-A: 2' http://localhost:8000/", "GET", "/", [("x-a", "1"), ("x-a", "2")], b""),
    ("options after the URL", "curl http://localhost:8000/ -o out.txt -w '%{http_code}' -m 5", "GET", "/", [], b""),
    ("-g", "curl -g 'http://localhost:8000/s?ids[]=1&x={a,b}'", "GET", "/s?ids[]=1&x={a,b}", [], b""),
    ("redirections", "curl http://localhost:8000/x > out.txt 2>/dev/null", "GET", "/x", [], b""),
    ("bytes", r"curl http://localhost:8000/ --data-raw $'\303\251\xff'", "POST", "/", [FORM], b"\xc3\xa9\xff"),
    ("printf", r"printf 'a\0b\377%s%%' 'x\n' | curl --data-binary @- http://localhost:8000/", "POST", "/", [FORM],
     b"a\0b\xffx\\n%"),
    ("echo -n", "echo -n abc | curl -d @- http://localhost:8000/", "POST", "/", [FORM], b"abc"),
]  # fmt: skip

ALL = [*BROWSERS, *WINDOWS, *TOOLS, *TYPED]
