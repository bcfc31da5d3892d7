"""What the rules of documents refuse, and what can go wrong with whose a document is."""

from config.errors import Conflict, Invalid, Missing, Throttled


class DocumentNumberForm(Invalid):
    """Not of the document's form; the fact ``example`` shows one that is."""

    code = "document-number-form"


class CountryUnknown(Invalid):
    """A passport needs the country that issued it (ISO 3166-1 alpha-2)."""

    code = "country-unknown"


class OrganisationCodeInvalid(Invalid):
    """Not a unified social credit code (GB 32100)."""

    code = "organisation-code-invalid"


class DocumentNotRegistered(Invalid):
    """No register knows this kind of document; the fact ``ways`` names those that can prove it."""

    code = "document-not-registered"


class DocumentExpired(Invalid):
    code = "document-expired"


class DocumentMissing(Missing):
    code = "document-missing"


class DocumentTaken(Conflict):
    """Somebody else holds it."""

    code = "document-taken"


class DocumentEnded(Conflict):
    """Replaced by a newer one."""

    code = "document-ended"


class DocumentNeedsProof(Conflict):
    """A register knows this kind: it is verified by itself, then the two residents are merged."""

    code = "document-needs-proof"


class LastDocument(Conflict):
    """Without it nobody could say whose record this is."""

    code = "last-document"


class TooManyDocuments(Conflict):
    code = "too-many-documents"


class DocumentTriesSpent(Throttled):
    """Asked too often for documents that are somebody else's."""

    code = "document-tries-spent"
