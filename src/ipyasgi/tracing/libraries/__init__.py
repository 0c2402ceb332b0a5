"""The libraries whose calls are watched: which functions a trace replaces, and what it reads from their arguments.

Only what the process has imported is replaced; nothing is imported here. Each module holds one library, or those with
one purpose.
"""

from __future__ import annotations

from .django import DJANGO
from .http import HTTP
from .library import Library, Target
from .places import PLACES
from .postgresql import ASYNCPG, PSYCOPG
from .redis import REDIS
from .sqlalchemy import SQLALCHEMY
from .sqlite import AIOSQLITE, SQLITE3
from .tortoise import TORTOISE

__all__ = ["LIBRARIES", "UNWATCHED", "Library", "Target"]

LIBRARIES = (SQLALCHEMY, DJANGO, TORTOISE, ASYNCPG, PSYCOPG, AIOSQLITE, SQLITE3, *HTTP, REDIS, *PLACES)

UNWATCHED = {
    "sqlite3.dbapi2": "other sqlite3 connections",
    "aiomysql": "aiomysql",
    "botocore.client": "botocore",
    "elasticsearch": "elasticsearch",
    "grpc": "grpc",
    "MySQLdb": "MySQLdb",
    "oracledb": "oracledb",
    "peewee": "peewee",
    "psycopg2": "psycopg2",
    "pymongo": "pymongo",
    "pymysql": "pymysql",
}
"""Modules of libraries that call databases or servers and are not watched, with their names."""
