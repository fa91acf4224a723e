from django.urls import path, register_converter

from narvaro.contexts.duties import views, views_days, views_investigation, views_notices, views_received
from narvaro.contexts.duties.converters import IsoDay

register_converter(IsoDay, "isoday")

urlpatterns = [
    path("duties/", views.duties, name="duties"),
    path("duties/schools/", views.overview_page, name="duties_overview"),
    path("duties/law/", views.law, name="duties_law"),
    path("duties/homes/", views_days.homes, name="homes"),
    path("duties/homes/<uuid:pupil>/<isoday:day>/", views_days.home_tell, name="home_tell"),
    path("duties/leave/", views_days.leaves, name="leaves"),
    path("duties/leave/new/<uuid:pupil>/", views_days.leave_new, name="leave_new"),
    path("duties/leave/<uuid:leave>/", views_days.leave, name="leave"),
    path("duties/csn/", views_days.csn, name="csn"),
    path("duties/csn/<uuid:pupil>/<isoday:day>/", views_days.csn_notice, name="csn_notice"),
    path("duties/received/", views_received.received_list, name="received_notices"),
    path("duties/received/new/", views_received.received_new, name="received_new"),
    path("duties/received/<uuid:notice>/", views_received.received_notice, name="received_notice"),
    path("duties/received/<uuid:notice>/handler/", views_received.received_handler, name="received_handler"),
    path("duties/received/<uuid:notice>/link/", views_received.received_link, name="received_link"),
    path("duties/received/<uuid:notice>/assess/", views_received.received_assess, name="received_assess"),
    path("duties/cases/<uuid:case>/", views_investigation.investigation, name="investigation"),
    path("duties/cases/<uuid:case>/text/", views_investigation.text, name="investigation_text"),
    path("duties/cases/<uuid:case>/decide/", views_investigation.decide, name="investigation_decide"),
    path("duties/cases/<uuid:case>/write/", views_investigation.write, name="investigation_write"),
    path("duties/cases/<uuid:case>/consult/", views_investigation.consult, name="investigation_consult"),
    path("duties/cases/<uuid:case>/finish/", views_investigation.finish, name="investigation_finish"),
    path("duties/cases/<uuid:case>/notices/<slug:rule>/", views_notices.make, name="notice_make"),
    path("duties/pupils/<uuid:pupil>/notices/<slug:rule>/", views_notices.make_of_pupil, name="move_notice"),
    path("duties/notices/<uuid:notice>/", views_notices.notice, name="notice"),
    path("duties/notices/<uuid:notice>/mark/", views_notices.mark, name="notice_mark"),
]
