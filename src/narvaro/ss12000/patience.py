"""Asking again when it may help: a busy source, a broken line. Never faster than it asks for, never for ever."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from narvaro.language import Message
from narvaro.ss12000.errors import Interrupted, SourceRefused
from narvaro.ss12000.wire import Answer, Limits

BUSY = frozenset({429, 500, 502, 503, 504})
_FIRST_PAUSE, _LONGEST_OWN_PAUSE = 0.5, 30.0


class Patience:
    """``sleep`` takes seconds, ``draw`` gives 0..1, ``now`` an aware time."""

    def __init__(
        self,
        limits: Limits,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.limits, self._now, self._sleep, self._draw = limits, now, sleep, draw

    def send(self, ask: Callable[[], Answer], *, ends_at: frozenset[int] = frozenset()) -> Answer:
        """The first answer that is not "busy", of at most ``limits.tries``. ``ends_at``: busy answers that are wanted
        as they are. Raises SourceRefused."""
        for attempt in range(1, self.limits.tries + 1):
            asked_for = None
            try:
                answer = ask()
                if answer.status not in BUSY - ends_at:
                    return answer
                asked_for, trouble = self._asked_pause(answer), _busy(answer.status)
            except Interrupted as interrupted:
                trouble = interrupted
            if attempt < self.limits.tries:
                self._sleep(self._pause(attempt, asked_for))
        raise trouble

    def _pause(self, attempt: int, asked_for: float | None) -> float:
        """Twice as long each time, and never in step with others."""
        own = min(_FIRST_PAUSE * 2.0**attempt, _LONGEST_OWN_PAUSE) * (0.5 + self._draw() / 2)
        return own if asked_for is None else asked_for + own / 4

    def _asked_pause(self, answer: Answer) -> float | None:
        """Seconds from ``Retry-After``, which is a number or a time (RFC 9110 10.2.3)."""
        text = answer.headers.get("retry-after", "")
        if text.isascii() and text.isdigit():
            seconds = float(text)
        else:
            try:
                seconds = (_aware(parsedate_to_datetime(text)) - self._now()).total_seconds()
            except ValueError:
                return None
        if seconds > self.limits.wait:
            raise SourceRefused(
                Message.of("The source asks us to wait {minutes} minutes. Try again then.", minutes=round(seconds / 60))
            )
        return max(seconds, 0.0)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _busy(status: int) -> Interrupted:
    return Interrupted(
        Message.of("The source is busy or out of order (status {status}). Try again later.", status=status)
    )
