"""What comes along with a registration."""

from services.items.standard import Wanted
from services.schema import words

MATERIALS = (
    Wanted(
        "signed-application",
        words("签名的设立登记申请书", en="Signed application for registration"),
        ("signature",),
    ),
    Wanted(
        "place-proof",
        words("经营场所使用证明", en="Proof of premises"),
        ("department", "earlier", "upload"),
        required=False,
    ),
)
"""市场主体登记管理条例 art. 16: an application signed by the applicant, and proof of premises."""
