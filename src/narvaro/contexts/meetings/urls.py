from django.urls import path

from narvaro.contexts.meetings import views, views_planning

_ONE = "cases/<uuid:case>/meetings/<uuid:meeting>/"
urlpatterns = [
    path("cases/<uuid:case>/conversations/new/", views.conversation_new, name="conversation_new"),
    path("cases/<uuid:case>/meetings/new/", views_planning.meeting_plan, name="meeting_plan"),
    path(_ONE, views.meeting_show, name="meeting_show"),
    path(f"{_ONE}hold/", views.meeting_hold, name="meeting_hold"),
    path(f"{_ONE}correct/", views.meeting_correct, name="meeting_correct"),
    path(f"{_ONE}move/", views_planning.meeting_move, name="meeting_move"),
    path(f"{_ONE}people/", views_planning.meeting_people, name="meeting_people"),
    path(f"{_ONE}cancel/", views_planning.meeting_cancel, name="meeting_cancel"),
    path(f"{_ONE}invited/", views_planning.meeting_invited, name="meeting_invited"),
    path(f"{_ONE}letters/", views_planning.meeting_letter, name="meeting_letter"),
    path(f"{_ONE}meeting.ics", views_planning.meeting_calendar, name="meeting_calendar"),
]
