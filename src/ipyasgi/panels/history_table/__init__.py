"""The history as a table: rows and texts for the page, the panel itself, and sending again from it."""

from .history_table import HistoryTable

__all__ = ["HistoryTable"]
