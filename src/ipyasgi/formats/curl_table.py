"""Which options curl has, told by what they mean for a request, as its manual page (version 8) has them. Data only."""

from __future__ import annotations

LETTERS = {
    "X": "request", "H": "header", "d": "data", "F": "form", "G": "get", "I": "head", "u": "user",
    "A": "user-agent", "e": "referer", "b": "cookie", "r": "range", "g": "globoff", "T": "upload-file",
    "K": "config", ":": "next", "k": "insecure", "L": "location", "s": "silent", "S": "show-error",
    "i": "include", "v": "verbose", "f": "fail", "o": "output", "O": "remote-name", "J": "remote-header-name",
    "D": "dump-header", "w": "write-out", "N": "no-buffer", "m": "max-time", "c": "cookie-jar", "x": "proxy",
    "E": "cert", "#": "progress-bar", "q": "disable", "R": "remote-time", "Z": "parallel", "0": "http1.0",
    "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6", "n": "netrc", "a": "append",
    "j": "junk-session-cookies", "p": "proxytunnel", "U": "proxy-user", "Y": "speed-limit", "y": "speed-time",
    "z": "time-cond", "C": "continue-at",
}  # fmt: skip
"""One letter for a long name."""

HARMLESS = frozenset({
    "basic", "ca-native", "cert-status", "compressed", "create-dirs", "disable", "disallow-username-in-url",
    "fail", "fail-early", "fail-with-body", "false-start", "globoff", "http0.9", "http1.0", "http1.1", "http2",
    "http2-prior-knowledge", "http3", "http3-only", "include", "insecure", "ipv4", "ipv6", "junk-session-cookies",
    "location", "location-trusted", "no-alpn", "no-buffer", "no-keepalive", "no-progress-meter", "no-sessionid",
    "parallel", "path-as-is", "post301", "post302", "post303", "progress-bar", "proxytunnel", "raw",
    "remote-header-name", "remote-name", "remote-name-all", "remote-time", "retry-all-errors",
    "retry-connrefused", "show-error", "silent", "ssl", "ssl-no-revoke", "ssl-reqd", "sslv2", "sslv3",
    "styled-output", "tcp-fastopen", "tcp-nodelay", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3",
    "trace-time", "verbose",
})  # fmt: skip
"""What is about the connection or the display, without a value."""

HARMLESS_WITH_VALUE = frozenset({
    "abstract-unix-socket", "alt-svc", "cacert", "capath", "cert", "cert-type", "ciphers", "connect-timeout",
    "connect-to", "cookie-jar", "curves", "dns-servers", "doh-url", "dump-header", "expect100-timeout",
    "happy-eyeballs-timeout-ms", "hsts", "interface", "keepalive-time", "key", "key-type", "limit-rate",
    "local-port", "max-filesize", "max-redirs", "max-time", "noproxy", "output", "output-dir", "parallel-max",
    "pass", "pinnedpubkey", "preproxy", "proto", "proto-redir", "proxy", "proxy-user", "rate", "resolve", "retry",
    "retry-delay", "retry-max-time", "speed-limit", "speed-time", "stderr", "tls-max", "tls13-ciphers", "trace",
    "trace-ascii", "unix-socket", "write-out",
})  # fmt: skip
"""What is about the connection or the display, with a value."""

_CHALLENGE = "it answers a challenge of the server: send the Authorization header itself with -H"
_NETRC = "it reads a file: write -u user:password"
REFUSED = {
    "upload-file": "it reads a file: send the file's content with --data-binary 'content' and -X PUT",
    "config": "it reads a file: paste the command itself",
    "netrc": _NETRC,
    "netrc-file": _NETRC,
    "netrc-optional": _NETRC,
    "digest": _CHALLENGE,
    "ntlm": _CHALLENGE,
    "negotiate": _CHALLENGE,
    "anyauth": _CHALLENGE,
    "aws-sigv4": "it signs the request: send the signed headers themselves with -H",
    "request-target": "put the target into the URL",
    "time-cond": "send the header itself: -H 'If-Modified-Since: ...'",
    "continue-at": "send the header itself: -H 'Range: bytes=...'",
    "append": "it is for uploads to other kinds of servers",
}
"""What would change the request in a way that cannot be told here, and what to write instead."""
