"""A body as it is shown: what kind of thing the bytes are, masked, cut, and laid out. Draws nothing itself."""

from .kinds import show_body
from .shown import BodyShown

__all__ = ["BodyShown", "show_body"]
