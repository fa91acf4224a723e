"""The menu of faults: what servers of the standard were seen to do, and what networks do, each by its name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from narvaro.language import N_
from narvaro.simulator import faulty_answers as said
from narvaro.simulator import faulty_requests as asked
from narvaro.simulator.answering import Answer, Request

Delivery = Literal["whole", "half", "reset", "slow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``before`` may change a request or answer it at once, ``after`` changes the answer, ``delivery`` how it gets
    there. ``every``: chosen for a whole run it befalls each request of that number, so that the rest gets through."""

    told: str
    before: Callable[[Request], Request | Answer] | None = None
    after: Callable[[Request, Answer], Answer] | None = None
    delivery: Delivery = "whole"
    every: int = 1


FAULTS: Mapping[str, Fault] = {
    # Questions that are not understood.
    "filters_ignored": Fault(
        told=N_("Every filter is ignored without a word, and everybody is returned."), before=asked.without_filters
    ),
    "offset_dropped": Fault(
        told=N_("The offset of a time in a filter is dropped, as if the time were UTC."), before=asked.without_offset
    ),
    "expand_ignored": Fault(told=N_("Nothing is embedded, whatever is asked for."), before=asked.without_expand),
    # Pages.
    "token_loops": Fault(told=N_("The second page gives its own token again, for ever."), after=said.same_token),
    "token_never_ends": Fault(
        told=N_("The last page gives a token, and after it come empty pages with tokens."),
        before=asked.empty_page_for_endless,
        after=said.endless_token,
    ),
    "token_expires": Fault(
        told=N_("Every third request with a token is answered with 410 Gone."), before=asked.gone_token, every=3
    ),
    "token_with_filters_only": Fault(
        told=N_("A token alone is answered with 422; the filters must be given again."),
        before=asked.token_needs_filters,
    ),
    "token_offset_lost": Fault(
        told=N_("The token forgets the filters: further pages hold everybody."), after=said.token_without_filters
    ),
    "token_missing": Fault(told=N_("The last page has no pageToken at all."), after=said.no_last_token),
    "token_empty": Fault(told=N_("The last page has an empty pageToken."), after=said.empty_last_token),
    "no_paging": Fault(told=N_("Everything comes in one answer; limit is ignored."), before=asked.all_at_once),
    "items_shift_between_pages": Fault(
        told=N_("Something is taken away between two pages, and the first of the next page is never shown."),
        after=said.without_first,
    ),
    "items_repeated": Fault(told=N_("The same object comes twice on a page."), after=said.with_first_again),
    # Text that cannot be trusted.
    "malformed_json": Fault(told=N_("Every third answer is no JSON."), after=said.malformed, every=3),
    "wrong_types": Fault(told=N_("Lists and numbers come as text."), after=said.wrong_types),
    "wrong_shapes": Fault(
        told=N_("Fields are missing, null, named otherwise or unknown, as in a public demo server."),
        after=said.wrong_shapes,
    ),
    "missing_id": Fault(told=N_("The first object of each page has no id."), after=said.without_id),
    "html_instead": Fault(told=N_("Every third answer is a page for people to sign in."), after=said.html, every=3),
    "naive_times": Fault(told=N_("Times have no offset."), after=said.naive_times),
    "ten_digit_numbers": Fault(told=N_("Identity numbers have ten digits and a hyphen."), after=said.ten_digit_numbers),
    "names_decomposed": Fault(told=N_("Å, ä and ö come as a letter and a mark (NFD)."), after=said.decomposed),
    "unknown_enums": Fault(told=N_("Types and roles that no version knows."), after=said.unknown_enums),
    "implausible_minutes": Fault(
        told=N_("Some minutes are negative or longer than the lesson."), after=said.implausible_minutes
    ),
    "old_deleted_shape": Fault(
        told=N_("/deletedEntities answers with a list of objects."), after=said.old_deleted_shape
    ),
    # People.
    "dangling_references": Fault(
        told=N_("Every fifth person is left out, but others refer to them."), after=said.dangling
    ),
    "protected_omitted": Fault(
        told=N_("People with protected identity are left out, but others refer to them."),
        after=said.without_protected,
    ),
    "marking_missing": Fault(told=N_("No person has a securityMarking."), after=said.without_marking),
    "mass_ending": Fault(told=N_("Every enrolment has ended, all at once."), after=said.all_ended),
    "empty_answer": Fault(told=N_("Every list is empty."), after=said.emptied),
    # What a server does not have.
    "no_attendance": Fault(
        told=N_("There is a register and a timetable, but no attendance."), before=asked.without_attendance
    ),
    "only_attendances": Fault(
        told=N_("Attendance can only be read from /attendances: it is not embedded, and not looked up."),
        before=asked.only_attendances,
    ),
    "only_lookup": Fault(told=N_("Attendance can only be looked up by lesson."), before=asked.only_lookup),
    "only_sums": Fault(told=N_("Attendance can only be read as sums."), before=asked.only_sums),
    "no_lookup": Fault(told=N_("Nothing can be looked up."), before=asked.without_lookup),
    "lookup_too_large": Fault(told=N_("More than 100 at a time are not looked up (503)."), before=asked.small_lookups),
    "no_deleted_entities": Fault(told=N_("What has been deleted is not told."), before=asked.without_deleted),
    "no_subscriptions": Fault(told=N_("Nobody can subscribe."), before=asked.without_subscriptions),
    "unreported_missing": Fault(told=N_("A register that was not taken has no rows."), after=said.without_unreported),
    "only_deviations": Fault(told=N_("Only those who missed something have rows."), after=said.only_deviations),
    "notices_misspelt": Fault(told=N_("A notice says modifiedEntities, or only that something was deleted.")),
    # Refusals and the network.
    "server_error": Fault(told=N_("Every third request is answered with 500."), before=asked.broken, every=3),
    "bad_gateway": Fault(told=N_("Every third request is answered with 502, in HTML."), before=asked.gateway, every=3),
    "too_many_requests": Fault(
        told=N_("Every third request is answered with 429 and Retry-After."), before=asked.too_many, every=3
    ),
    "too_many_requests_silent": Fault(
        told=N_("Every third request is answered with 429 without Retry-After."), before=asked.too_many_silent, every=3
    ),
    "source_unavailable": Fault(told=N_("The source has no data just now (503)."), before=asked.unavailable),
    "unauthorized_loop": Fault(
        told=N_("Every request is answered with 401, whatever the token."), before=asked.unauthorized
    ),
    "token_revoked": Fault(told=N_("Every fifth request is answered with 401; a new token is then needed."), every=5),
    "redirects": Fault(told=N_("Every request is sent on to another host."), before=asked.elsewhere),
    "half_body": Fault(told=N_("Every third answer ends halfway."), delivery="half", every=3),
    "reset": Fault(told=N_("Every third connection is reset."), delivery="reset", every=3),
    "slow": Fault(told=N_("Answers come a byte at a time."), delivery="slow"),
}


@dataclass(slots=True)
class _Planned:
    name: str
    path: str
    first: int
    times: int | None
    every: int
    met: int = 0

    def is_due(self, path: str) -> bool:
        if self.path not in path:
            return False
        self.met += 1
        place = self.met - self.first
        return place >= 0 and place % self.every == 0 and (self.times is None or place // self.every < self.times)


@dataclass(slots=True)
class FaultMenu:
    """Which requests meet which faults."""

    _planned: list[_Planned] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def plan(self, name: str, *, path: str = "", first: int = 1, times: int | None = None, every: int = 1) -> None:
        """Of the requests from now on whose path holds ``path``, the ``first`` meets the fault and then each that is
        ``every`` further, ``times`` in all. Raises KeyError for a name that is not on the menu."""
        FAULTS[name]
        with self._lock:
            self._planned.append(_Planned(name, path, first, times, every))

    def choose(self, names: Iterable[str]) -> None:
        """For a whole run, as the command does."""
        for name in names:
            self.plan(name, first=FAULTS[name].every, every=FAULTS[name].every)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def due(self, path: str) -> list[str]:
        """The names of the faults that this request meets; it is counted."""
        with self._lock:
            return [each.name for each in self._planned if each.is_due(path)]

    def holds(self, name: str) -> bool:
        with self._lock:
            return any(each.name == name for each in self._planned)
