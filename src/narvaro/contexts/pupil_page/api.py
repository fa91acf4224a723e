"""What the case's page, which stands above this one, may ask: the same head, tabs and pictures of the same pupil."""

from narvaro.contexts.pupil_page.asking import attendance_of
from narvaro.contexts.pupil_page.page import Attendance, Head, head, holder, tabs

__all__ = ["Attendance", "Head", "attendance_of", "head", "holder", "tabs"]
