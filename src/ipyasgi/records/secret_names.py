"""Which names belong to secrets: tables of words that vendors, OAuth and frameworks use. Pure.

A name is split into words at case changes and signs: ``X-API-Key``, ``dbPass`` and ``app.state.signing_key`` are words
of the same table. The last word may say that the value only describes a secret, as in ``token_type``.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable

from ..lazy_pattern import lazy_pattern

_REMEMBERED_CHARS = 100
_WORD = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Secret wherever they are in a name.
_SECRET_WORDS = frozenset((
    "authorization", "cookie", "cookies", "password", "passwords", "passwd", "passphrase", "passcode", "pwd",
    "secret", "secrets", "token", "tokens", "apikey", "apikeys", "credential", "credentials", "creds", "session",
    "sessionid", "csrf", "xsrf", "jwt", "otp", "totp", "hotp", "signature", "bearer", "assertion", "dpop", "cvv",
    "cvc", "connectionstring", "webhooksecret",
    # Other languages, without accents.
    "motdepasse", "contrasena", "contrasenya", "passwort", "kennwort", "senha", "wachtwoord", "losenord", "passord",
    "adgangskode", "salasana", "haslo", "heslo", "jelszo", "parola", "sifre", "geheimnis", "matkhau",
))  # fmt: skip
# Secret as the whole name or as its last word: PIN, db_pass, X-Auth, sid.
_SECRET_LAST = frozenset({"pin", "pass", "pw", "sid", "sig", "sas", "psk", "mnemonic"})
_SECRET_ENDS = (
    "token", "password", "passwd", "passphrase", "secret", "sessid", "sessionid", "apikey", "privatekey", "secretkey",
    "accesskey", "authkey", "signingkey", "encryptionkey", "masterkey", "sessionkey", "accountkey", "sharedkey",
    "dbpass", "dbpwd", "userpass", "smtppass", "mailpass", "ftppass", "rootpass", "adminpass",
)  # fmt: skip
# What comes before "key" or "keys" in the name of a secret; public, primary, foreign, sort and cache keys are none.
_KEYS = frozenset((
    "api", "private", "access", "auth", "secret", "signing", "sign", "signature", "encryption", "encrypt",
    "decryption", "crypto", "master", "account", "shared", "storage", "service", "admin", "license", "licence",
    "subscription", "function", "functions", "symmetric", "webhook", "hmac", "aes", "rsa", "deploy", "server",
    "recovery", "root", "application", "rapidapi", "sas", "session", "stripe", "openai", "anthropic", "sendgrid",
    "mailgun", "jwt", "fernet", "django", "flask", "app", "rest", "write", "insert", "ingest", "team", "wrapping",
    "seed", "security", "auth0", "host", "restricted", "live",
))  # fmt: skip
_SECRET_PAIRS = frozenset((
    ("set", "cookie"), ("pin", "code"), ("pin", "number"), ("user", "code"), ("device", "code"), ("auth", "code"),
    ("authorization", "code"), ("code", "verifier"), ("verification", "code"), ("recovery", "code"),
    ("recovery", "codes"), ("backup", "code"), ("backup", "codes"), ("time", "code"), ("security", "code"),
    ("mfa", "code"), ("sms", "code"), ("saml", "response"), ("saml", "request"), ("card", "number"), ("seed", "phrase"),
    ("recovery", "phrase"), ("connection", "string"), ("access", "code"), ("mat", "khau"), ("kata", "sandi"),
    ("de", "passe"), ("palavra", "passe"), ("pass", "phrase"), ("pass", "word"), ("pass", "code"),
))  # fmt: skip
# As the last word they describe a secret, and are none: token_type, password_required, session_count.
_DESCRIPTIONS = frozenset((
    "type", "types", "kind", "count", "counts", "counter", "number", "length", "len", "size", "min", "max", "minimum",
    "maximum", "limit", "limits", "budget", "total", "name", "names", "id", "ids", "required", "requires", "enabled",
    "disabled", "allowed", "supported", "optional", "expires", "expired", "expiry", "expiration", "exp", "expire",
    "at", "in", "on", "age", "ttl", "lifetime", "timeout", "duration", "time", "date", "days", "hours", "minutes",
    "seconds", "ms", "start", "end", "url", "urls", "uri", "uris", "endpoint", "endpoints", "policy", "policies",
    "field", "fields", "header", "headers", "prefix", "suffix", "hint", "hints", "strength", "format", "formats",
    "status", "version", "algorithm", "algorithms", "alg", "scheme", "schemes", "scope", "scopes", "method", "methods",
    "usage", "used", "valid", "invalid", "verified", "set", "missing", "changed", "change", "changes", "updated",
    "created", "modified", "rotated", "revoked", "rotation", "validator", "validators", "regex", "pattern", "rules",
    "rule", "requirements", "attempts", "attempt", "retries", "errors", "error", "label", "title", "topic", "speaker",
    "description", "help", "placeholder", "path", "paths", "file", "filename", "location", "domain", "samesite",
    "secure", "httponly", "consent", "banner", "manager", "provider", "providers", "backend", "class", "service",
    "issuer", "audience", "iss", "aud", "address", "symbol", "decimals", "supply", "price", "balance", "index",
    "position", "probability", "logprob", "logprobs", "per", "rate", "ratio", "cost", "stats", "statistics", "state",
    "unique", "visible", "visibility", "hidden", "similarity", "matches", "match", "ok", "active", "year", "room",
    "notes", "language", "parser", "generator", "factory", "handler", "middleware", "model", "schema", "table",
))  # fmt: skip
_SECRET_IDS = frozenset({"session", "sess", "secret"})  # a session id is a secret, a token id is none
# Words beside "token" that make it a piece of text, or the mark of a page.
_COUNTED = frozenset((
    "prompt", "completion", "total", "max", "min", "num", "number", "n", "input", "output", "cached", "cache", "used",
    "remaining", "reasoning", "per", "count", "limit", "audio", "text", "image", "billed", "accepted", "rejected",
    "prediction", "generated", "consumed", "estimated", "context", "thinking", "stop", "special", "pad", "eos", "bos",
    "unk", "mask", "sep", "cls", "page", "continuation", "next", "avg", "average", "second", "minute", "source",
    "target", "vocab", "model", "budget", "all", "unused",
))  # fmt: skip
_PASSES = frozenset((
    "boarding", "season", "day", "ski", "bus", "rail", "first", "second", "low", "high", "band", "render", "by", "test",
    "tests", "all", "did", "mountain", "single", "multi", "two", "one", "last", "game", "battle", "press", "travel",
    "event", "guest", "gate", "is", "forward", "backward", "compiler",
))  # fmt: skip
_PUBLIC_SIDS = frozenset({"message", "call", "account", "service", "conversation", "participant", "room", "user"})
# Parts of names in other scripts.
_FOREIGN = lazy_pattern(
    "hasł|парол|токен|секрет|ключдоступа|密码|密碼|口令|密钥|令牌|パスワード|暗証番号|トークン|비밀번호|암호|토큰"
    "|รหัสผ่าน|كلمةالمرور|كلمةالسر|סיסמה|पासवर्ड|κωδικός|κωδικος|συνθηματικό|գաղտնաբառ|პაროლი"
)


def is_secret_name(name: str, *, of_header: bool = False) -> bool:
    """
    Return whether the words of a name say that its value is a secret.

    :param of_header: whether it is the name of a header, such as ``X-Auth``
    """
    return bool(secret_word_of(name, of_header=of_header))


def secret_word_of(name: str, *, of_header: bool = False) -> str:
    """Return the part of a name that says that its value is a secret, such as ``token``, or nothing."""
    find: Callable[[str, bool], str] = _find_word if len(name) <= _REMEMBERED_CHARS else _find_word.__wrapped__
    return find(name, of_header)


@functools.lru_cache(2048)  # a body repeats its names; no names of any length are kept
def _find_word(name: str, of_header: bool) -> str:
    if not name.isascii():
        if found := _FOREIGN.search(re.sub(r"[\s_-]+", "", unicodedata.normalize("NFC", name).lower())):
            return found[0]
        name = _unaccented(name)
    words: list[str] = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return ""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _DESCRIPTIONS and (before, last) not in _SECRET_PAIRS:
        return before if last in ("id", "ids") and before in _SECRET_IDS else ""
    if last in _SECRET_LAST:
        is_other = (last == "pass" and before in _PASSES) or (last == "sid" and before in _PUBLIC_SIDS)
        return "" if is_other else last
    if of_header and last in ("auth", "authentication"):
        return last
    for word in words:
        if word in ("token", "tokens") and not _COUNTED.isdisjoint(words):
            continue
        if word in _SECRET_WORDS or word.endswith(_SECRET_ENDS):
            return word
    pairs = (
        pair
        for pair in itertools.pairwise(words)
        if pair in _SECRET_PAIRS or (pair[0] in _KEYS and pair[1] in ("key", "keys"))
    )
    return " ".join(next(pairs, ()))


def is_count(name: str) -> bool:
    """Return whether a number of this name counts secrets instead of being one: ``tokens``, ``sessions``."""
    return name.rstrip("_- ").lower().endswith("s") and not name.lower().endswith(("pass", "sms"))


def _unaccented(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
