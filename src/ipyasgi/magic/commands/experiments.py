"""Subcommands that send many requests to answer one question."""

from __future__ import annotations

from .command import Command

COMMANDS: tuple[Command, ...] = ()
