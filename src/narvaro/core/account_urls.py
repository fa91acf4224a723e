"""Addresses under account/. Of allauth's, those that are needed; the names are its own."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from narvaro.core import oidc, views

to_account = RedirectView.as_view(pattern_name="account")
urlpatterns = [
    path("sign-in", account.login, name="account_login"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("password", account.password_change, name="account_change_password"),
    path("password/none", to_account, name="account_set_password"),
    path("password/forgotten", account.password_reset, name="account_reset_password"),
    path("password/sent", account.password_reset_done, name="account_reset_password_done"),
    path("password/chosen", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("password/<slug:uidb36>/<str:key>", account.password_reset_from_key, name="account_reset_password_from_key"),
    path("again/password", account.reauthenticate, name="account_reauthenticate"),
    path("again/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("code", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor", to_account, name="mfa_index"),
    path("second-factor/set-up", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/remove", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery-codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/recovery-codes/new", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("with/cancelled", views.cancelled, name="socialaccount_login_cancelled"),
    path("with/<slug:provider_id>", oidc.sign_in, name="openid_connect_login"),
    path("with/<slug:provider_id>/back", oidc.come_back, name="openid_connect_callback"),
]
if settings.SAML:
    from allauth.socialaccount.providers.saml import views as saml_views

    from narvaro.core import saml

    urlpatterns += [
        path("saml/<slug:organization_slug>", saml_views.login, name="saml_login"),
        path("saml/<slug:organization_slug>/posted", saml.posted, name="saml_acs"),
        path("saml/<slug:organization_slug>/back", saml.come_back, name="saml_finish_acs"),
        path("saml/<slug:organization_slug>/sign-out", views.signed_out_elsewhere, name="saml_sls"),
        path("saml/<slug:organization_slug>/metadata", saml_views.metadata, name="saml_metadata"),
    ]
