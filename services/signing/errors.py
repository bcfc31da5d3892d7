"""What can go wrong when a resident signs.

Problem
├── Invalid   SignatureNotAsked, SignedFormDiffers
├── Missing   SignatureMissing
└── Conflict  SignatureLapsed
"""

from config.errors import Conflict, Invalid, Missing


class SignatureNotAsked(Invalid):
    """This service asks for no signature."""

    code = "signature-not-asked"


class SignedFormDiffers(Invalid):
    """What was signed says something else than the form that is handed in."""

    code = "signed-form-differs"


class SignatureMissing(Missing):
    """No such document of this resident's."""

    code = "signature-missing"


class SignatureLapsed(Conflict):
    """It was shown too long ago, or another one was shown since."""

    code = "signature-lapsed"
