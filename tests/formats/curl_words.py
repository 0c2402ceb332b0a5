"""What curl would send for the words of a command."""


def as_sent(words, given):
    """Return the method, URL, headers and body of curl's words, without our own reader."""
    words = list(words)
    url, headers, body, method = b"", [], given, b""
    query = []
    while words:
        word = words.pop(0)
        if word in (b"-X", b"-H", b"--data-raw", b"--data-urlencode", b"--data-binary"):
            value = words.pop(0)
        if word == b"-X":
            method = value
        elif word == b"-H" and b": " in value:
            name, _, text = value.partition(b": ")
            headers.append((name.lower(), text))
        elif word == b"-H" and value.endswith(b";"):
            headers.append((value[:-1].lower(), b""))
        elif word in (b"--data-raw", b"--data-urlencode"):
            query.append(value)
        elif word == b"--head":
            method = b"HEAD"
        elif word == b"--get":
            method = method or b"GET"
        elif word != b"-H" and not word.startswith(b"-"):
            url = word
    body = body or b"&".join(query)
    return (method or (b"POST" if body else b"GET")).decode(), url.decode(), headers, body
