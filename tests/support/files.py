"""Small files of every kind that an upload may be, and some that lie."""

import io

from PIL import Image

from services.materials.content import JPEG, PDF, PNG, Upload


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (20, 120, 200)).save(made, kind, **more)
    return made.getvalue()


def document(
    body: bytes = b"1 0 obj\n<< /Type /Catalog >>\nendobj\n", trailer: bytes = b""
) -> bytes:
    """A PDF that is whole: head, one object, table, trailer (ISO 32000-1, 7.5)."""
    head = b"%PDF-1.7\n" + body
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 " + trailer + b">>\n"
    return head + table + f"startxref\n{len(head)}\n%%EOF\n".encode()


def upload(
    content: bytes | None = None, media_type: str = PDF, name: str = "contract.pdf"
) -> Upload:
    return Upload(media_type, name, document() if content is None else content)


__all__ = ["JPEG", "PDF", "PNG", "Upload", "document", "picture", "upload"]
