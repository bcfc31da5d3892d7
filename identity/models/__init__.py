"""Tables of identity, and nothing else. Queries stand in the module of their story.

Personal values are sealed (``identity.vault``); what must be found by value is found
through ``DocumentIndex``. No biometrics: there is no column that could hold one.
"""

from identity.models.audit import AuditEvent
from identity.models.keys import Resealing, SigningKey, VaultKey
from identity.models.partners import (
    AgreedText,
    AuthorizationCode,
    EndedToken,
    Grant,
    Invitation,
    Kiosk,
    KioskCode,
    PairwiseSubject,
    Partner,
)
from identity.models.residents import Document, DocumentIndex, OutsideIdentity, Resident
from identity.models.rights import (
    Consent,
    Contact,
    Correction,
    FreezeCode,
    Guardianship,
    Mandate,
    Notice,
)
from identity.models.sessions import BoundDevice, Passkey, RefreshToken, Session, Try
from identity.models.staff import RecordChange, StaffAccount, StaffSession, WindowRequest

__all__ = [
    "AgreedText",
    "AuditEvent",
    "AuthorizationCode",
    "BoundDevice",
    "Consent",
    "Contact",
    "Correction",
    "Document",
    "DocumentIndex",
    "EndedToken",
    "FreezeCode",
    "Grant",
    "Guardianship",
    "Invitation",
    "Kiosk",
    "KioskCode",
    "Mandate",
    "Notice",
    "OutsideIdentity",
    "PairwiseSubject",
    "Partner",
    "Passkey",
    "RecordChange",
    "RefreshToken",
    "Resealing",
    "Resident",
    "Session",
    "SigningKey",
    "StaffAccount",
    "StaffSession",
    "Try",
    "VaultKey",
    "WindowRequest",
]
