"""Passwords, tokens and keys: who sends a request, and whether they may."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer

from .database import Session
from .models import User
from .settings import CurrentSettings, Settings

ALGORITHM = "HS256"

bearer = OAuth2PasswordBearer(tokenUrl="auth/token")
api_key_header = APIKeyHeader(name="X-API-Key", description="The key of the owner; in this sample `clinic-admin`.")


def hash_password(password: str, salt: bytes = b"") -> str:
    """Return ``salt$hash``, both in hexadecimal, for a new salt if none is given. This is slow on purpose."""
    salt = salt or secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"


def verify_password(password: str, password_hash: str) -> bool:
    """Return whether this is the password that was hashed."""
    salt = bytes.fromhex(password_hash.partition("$")[0])
    return hmac.compare_digest(hash_password(password, salt), password_hash)


def create_token(user: User, settings: Settings) -> str:
    """Return a signed token that names the user and expires."""
    expires_at = datetime.now(UTC) + settings.token_lifetime
    return jwt.encode({"sub": str(user.id), "exp": expires_at}, settings.secret_key, ALGORITHM)


async def get_user(token: Annotated[str, Depends(bearer)], session: Session, settings: CurrentSettings) -> User:
    """Return the user that the request's token names."""
    try:
        claims = jwt.decode(token, settings.secret_key, [ALGORITHM], options={"require": ["sub", "exp"]})
    except jwt.ExpiredSignatureError:
        raise build_unauthorized("The token has expired: sign in again") from None
    except jwt.InvalidTokenError:
        raise build_unauthorized("The token is not valid") from None
    user = await session.get(User, int(claims["sub"]))
    if user is None:
        raise build_unauthorized("The user of this token does not exist")
    return user


def build_unauthorized(detail: str) -> HTTPException:
    """Return a 401 that asks for a token."""
    return HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


def check_api_key(key: Annotated[str, Depends(api_key_header)], settings: CurrentSettings) -> None:
    """Refuse a request without the owner's key."""
    if not hmac.compare_digest(key.encode(), settings.api_key.encode()):
        raise HTTPException(403, "Wrong API key")


CurrentUser = Annotated[User, Depends(get_user)]
