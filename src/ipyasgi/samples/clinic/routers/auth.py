"""Register and sign in."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..database import Session
from ..models import User
from ..schemas import Token, UserIn, UserOut
from ..security import CurrentUser, create_token, hash_password, verify_password
from ..settings import CurrentSettings

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=201, responses={409: {"description": "The email is taken"}})
async def register(new: UserIn, session: Session, background: BackgroundTasks) -> UserOut:
    """Create an account.

    The password needs **8 characters**. A welcome mail is sent *after* the response, in the background.
    """
    password_hash = await run_in_threadpool(hash_password, new.password)
    user = User(email=new.email, name=new.name, password_hash=password_hash)
    session.add(user)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, f"{new.email} has an account already") from None
    background.add_task(send_welcome_mail, user.email)
    return UserOut.model_validate(user)


@router.post("/token", responses={400: {"description": "Wrong email or password"}})
async def sign_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], session: Session, settings: CurrentSettings
) -> Token:
    """Get a token for an email and a password.

    The form is the one of OAuth2, so the email is in the field `username`. The token is valid for 15 minutes.
    Send it along with each request: `Authorization: Bearer <token>`.
    """
    user = await session.scalar(select(User).where(User.email == form.username.strip().lower()))
    if user is None or not await run_in_threadpool(verify_password, form.password, user.password_hash):
        raise HTTPException(400, "Wrong email or password")
    return Token(access_token=create_token(user, settings), expires_in=int(settings.token_lifetime.total_seconds()))


@router.get("/me")
async def show_me(user: CurrentUser) -> UserOut:
    """Show who is signed in."""
    return UserOut.model_validate(user)


async def send_welcome_mail(email: str) -> None:
    """Send a mail, which takes a while. This sample only prints it."""
    await asyncio.sleep(0.5)
    print(f"mail to {email}: welcome to the clinic")
