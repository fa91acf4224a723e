from django.urls import path

from narvaro.contexts.cases import views, views_acts, views_people

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/tasks/", views.case_tasks, name="case_tasks"),
    path("cases/worry/", views.case_worry, name="case_worry"),
    path("cases/entries/<uuid:entry>/", views.case_entry, name="case_entry"),
    path("cases/tasks/<uuid:task>/done/", views_acts.case_task_end, name="case_task_end"),
    path("cases/tasks/<uuid:task>/give/", views_acts.case_task_give, name="case_task_give"),
    path("cases/handovers/<uuid:handover>/", views_acts.case_receive, name="case_receive"),
    path("cases/away/", views_people.case_away, name="case_away"),
    path("cases/away/<uuid:substitute>/end/", views_people.case_away_end, name="case_away_end"),
    path("cases/<uuid:case>/note/", views_acts.case_note, name="case_note"),
    path("cases/<uuid:case>/task/", views_acts.case_task_add, name="case_task_add"),
    path("cases/<uuid:case>/move/<str:event>/", views_acts.case_move, name="case_move"),
    path("cases/<uuid:case>/plan/", views_acts.case_plan, name="case_plan"),
    path("cases/<uuid:case>/circle/", views_people.case_circle, name="case_circle"),
    path("plan/versions/<uuid:version>/evaluation/", views.plan_evaluation, name="plan_evaluation"),
]
