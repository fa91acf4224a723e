from narvaro.core.models.accounts import Membership, User
from narvaro.core.models.audit import AuditCheckpoint, AuditEntry, AuditHead
from narvaro.core.models.forms import Draft, SpentToken
from narvaro.core.models.jobs import Job
from narvaro.core.models.mail import MailTrouble

__all__ = [
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "Draft",
    "Job",
    "MailTrouble",
    "Membership",
    "SpentToken",
    "User",
]
