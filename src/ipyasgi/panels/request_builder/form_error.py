"""What keeps a form from being sent, and which field it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from ...protocol.errors import RequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFieldError:
    """
    One thing to put right before sending.

    :ivar where: the field: ``path``, ``path_values.item_id``, ``query.0``, ``headers.2`` or ``body``
    :ivar text: what is wrong and what to do
    :ivar missing: whether something is still to be filled in, rather than wrong
    :ivar line: from 1, of the body; 0 where it does not apply
    :ivar column: from 1
    """

    where: str
    text: str
    missing: bool = False
    line: int = 0
    column: int = 0


class FormError(RequestError):
    """The form cannot be sent as it stands; ``problem`` says which field."""

    def __init__(self, problem: FormFieldError) -> None:
        super().__init__(problem.text)
        self.problem = problem
