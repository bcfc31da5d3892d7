"""The application as a document to sign: who asks for what, with every field of the form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from config.texts import DEFAULT_LOCALE
from identity.person import Person
from services.items.standard import Item
from services.papers.draft import Draft, Line
from services.schema import schema
from services.service import Service

SOURCE = "signature"
_SAYS = (
    "本人承诺以上内容真实、准确，并同意以电子签名签署本申请书。",
    "依据《中华人民共和国电子签名法》第三条、第十三条、第十四条。",
)


def wanted(item: Item) -> str:
    """The kind of material that is signed for this item; empty for none."""
    return next((one.kind for one in item.materials if SOURCE in one.sources), "")


def document(service: Service, form: Mapping[str, Any], person: Person, id: UUID) -> Draft:
    """What is shown and signed. ``form`` has been read: it is whole and as the service wants it."""
    title = service.title[DEFAULT_LOCALE]
    lines = [
        ("申请事项", title),
        ("受理部门", service.department.title[DEFAULT_LOCALE]),
        ("申请人", person.name),
        ("证件号码", person.number.value),
        *said(service, form),
    ]
    return Draft(f"{title}申请书", lines, number_of(id), notes=_SAYS, signs="申请人（签名）")


def number_of(id: UUID) -> str:
    return f"QM-{id.hex[:16].upper()}"


def said(service: Service, form: Mapping[str, Any]) -> list[Line]:
    """Every field that was filled in, by its Chinese title."""
    described = schema(service.question, DEFAULT_LOCALE)["properties"]
    lines: list[Line] = []
    for name, value in form.items():
        if value is not None and name in described:
            lines += _lines(described[name], value)
    return lines


def _lines(field: Mapping[str, Any], value: Any) -> list[Line]:
    title = str(field.get("title", ""))
    if isinstance(value, Mapping):
        parts = field.get("properties", {})
        inner = [one for name, part in value.items() if part is not None and name in parts
                 for one in _lines(parts[name], part)]  # fmt: skip
        return [(f"{title} {label}", text) for label, text in inner]
    if isinstance(value, list):
        return [line for one in value for line in _lines({**field, **field.get("items", {}),
                                                          "title": title}, one)]  # fmt: skip
    return [(title, _text(field, value))]


def _text(field: Mapping[str, Any], value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.get("x-show") == "money":
        return f"{int(value) / 100:,.2f} 元"
    return str(field.get("x-labels", {}).get(str(value), value))
