"""Which values are secret by their look, whatever their name: providers' tokens, private keys, users of URLs. Pure.

Each pattern begins with fixed characters and has no second way to match the same text, so the time is linear.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..lazy_pattern import lazy_pattern

# Prefix and alphabet as the providers document them. A cut token is a token too, so lengths are minimum lengths.
_TOKENS = "|".join((
    r"eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*+",  # JSON Web Token, also encrypted
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",  # AWS
    r"gh[pousr]_\w{16,}|github_pat_\w{16,}|gl(?:pat|dt|rt|ptt|cbt|ft|agent|soat|imt)-[\w.-]{16,}",  # GitHub, GitLab
    r"xox[a-z](?:\.xox[a-z])?-[\w.-]{8,}|xapp-[\w-]{8,}",  # Slack
    r"(?:sk|rk|ek)_(?:live|test|prod)_\w{8,}|whsec_[\w+/=]{8,}",  # Stripe
    r"sk-(?:[a-z]{2,10}-(?:\w{1,8}-)?)?[\w-]{16,}",  # OpenAI, Anthropic
    r"AIza[\w-]{30,}|ya29\.[\w.-]{10,}|GOCSPX-[\w-]{16,}|1//0[\w-]{20,}",  # Google
    r"npm_\w{20,}|pypi-[\w-]{16,}|rubygems_[0-9a-f]{20,}|dckr_pat_[\w-]{16,}|hf_\w{16,}|nvapi-[\w-]{16,}",
    r"SG\.[\w-]{10,}\.[\w-]{10,}|key-[0-9a-f]{32}|xkeysib-[0-9a-f-]{16,}",  # mail
    r"(?:SK|AC)[0-9a-f]{32}",  # Twilio
    r"[0-9]{8,10}:AA[\w-]{30,}",  # Telegram
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}|sq0(?:atp|csp|idp)-[\w-]{16,}|EAAA[\w-]{20,}|access_token\$[\w$]{20,}",
    r"do[opr]_v1_[0-9a-f]{16,}|hv[sbr]\.[\w-]{16,}|dapi[0-9a-f]{30,}|lin_api_\w{16,}|secret_[A-Za-z0-9]{40,}",
    r"ntn_\w{20,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{16,}|figd_[\w-]{16,}|glsa_\w{16,}|glc_[\w+/=]{16,}|NRAK-[A-Z0-9]{16,}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{16,}|PMAK-[0-9a-f-]{16,}|sntry[su]_[\w+/=-]{16,}|tskey-[\w-]{16,}|vercel_\w{16,}",
    r"dp\.(?:pt|st|ct|sa)\.[\w.-]{16,}|sbp_[0-9a-f]{16,}|sb_secret_[\w-]{16,}|rpa_\w{16,}|r8_\w{20,}|gsk_\w{20,}",
    r"pplx-\w{20,}|xai-\w{20,}|ATATT3[\w=-]{16,}|ATCTT3[\w=-]{16,}|LTAI\w{12,}|AKID\w{20,}",
))  # fmt: skip
_TOKEN = lazy_pattern(rf"(?<![\w-])(?:{_TOKENS})(?![\w-])")
_LONG_WORD = lazy_pattern(r"(?<![\w-])[\w-][\w.$+/=:-]{11,}")  # where tokens can be: quick to find
_WEBHOOK = lazy_pattern(r"hooks\.slack\.com/(?:services|workflows)/[\w/]+|discord(?:app)?\.com/api/webhooks/\d+/[\w-]+")
_PEM = lazy_pattern(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END )[^\"'<>{}])*+(?:-----END [^-\n]{0,60}-----)?"
)
_WORD = r"[\w.~+/-]"
_PARAMETER = rf"(?!{_WORD}+=[\"'])"  # realm="..." of a challenge
_MIXED = rf"{_WORD}{{0,400}}(?:\d|[a-z][A-Z])"
_SCHEME = lazy_pattern(
    rf"(?<![\w-])(?:(?i:Bearer)[ \t]+{_PARAMETER}(?={_MIXED}|{_WORD}{{24}})({_WORD}{{6,}}+=*+)"
    rf"|(?:Basic|Token|ApiKey)[ \t]+{_PARAMETER}(?={_MIXED}|{_WORD}{{0,400}}=)({_WORD}{{10,}}+=*+))"
)
# The user and password of a URL. A password may contain signs that should be encoded; a cut one has no @.
_PASSWORD = (
    r"[^\s/?#@:<>\"'();,{}]{0,100}:(?!\d{1,5}(?:[/?#,;\s)\]}]|\Z))[^\s\"'<>@]{1,300}+"
    r"(?:@[^\s\"'<>@/?#,;&(){}]{0,100}+(?=@))*+(?=@)"
)
_CUT_PASSWORD = r"[^\s/?#@:<>\"'();,{}\[\]]{0,100}:(?!\d{1,5}…?\Z)[^\s\"'<>@/\[\]]{1,300}+\Z"
_USER = lazy_pattern(
    r"(?:(?<=://)|(?<=:\\/\\/)|(?<=:\\u002[fF]\\u002[fF]))"
    rf"(?:{_PASSWORD}|[^@/?#\s<>\"'();,{{}}\[\]\\]{{1,200}}+(?=@)|{_CUT_PASSWORD})"
)


def find_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and a name of each secret in a text, kind by kind."""
    if "://" in text or ":\\/\\/" in text or ":\\u002" in text:
        yield from ((*found.span(), "credentials") for found in _USER.finditer(text))
    if "webhooks/" in text or "hooks.slack" in text:
        yield from ((*found.span(), "webhook") for found in _WEBHOOK.finditer(text))
    if "PRIVATE KEY" in text:
        yield from ((*found.span(), "private_key") for found in _PEM.finditer(text))
    has_scheme = any(word in text for word in ("Basic", "Token", "ApiKey")) or "bearer" in text.casefold()
    for found in _SCHEME.finditer(text) if has_scheme else ():
        yield *found.span(found.lastindex or 0), "token"
    for word in _LONG_WORD.finditer(text):
        yield from ((*found.span(), "token") for found in _TOKEN.finditer(text, *word.span()))
