"""A listed item's file as it should be, and folders of such files."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

CREDIT_CODE = "12440000007001022Y"
GOOD: dict[str, Any] = {
    "title": {"zh-CN": "失业保险金申领", "en": "Unemployment benefit: apply"},
    "summary": {"zh-CN": "到人社局办理", "en": "Apply at the Human Resources Bureau"},
    "group": "work",
    "icon": "briefcase",
    "audience": "person",
    "keywords": ["失业金"],
    "regions": ["440000"],
    "channels": ["window"],
    "item": {
        "serial": "2000000000001",
        "type": "payment",
        "promised_days": 5,
        "statutory_days": 10,
        "legal_basis": [
            {
                "title": {"zh-CN": "就业促进法", "en": "Employment Promotion Act"},
                "article": {"zh-CN": "第十五条", "en": "Article 15"},
            }
        ],
        "range": "city",
        "visits": 1,
        "fee": {"fen": 0},
        "materials": [{"kind": "application-form", "title": {"zh-CN": "申请表", "en": "Form"}}],
        "place": {"zh-CN": "政务服务中心", "en": "Service centre"},
        "hours": {"zh-CN": "周一至周五", "en": "Mon–Fri"},
        "complaint": {"phone": "12345", "about": {"zh-CN": "热线", "en": "Hotline"}},
        "editions": [
            {
                "region": "440100",
                "promised_days": 3,
                "place": {"zh-CN": "广州市政务服务中心", "en": "Guangzhou service centre"},
                "phone": "020-12345678",
            },
            {"region": "440103", "hours": {"zh-CN": "周六", "en": "Saturday"}},
        ],
    },
}
DEPARTMENT = {
    "title": {"zh-CN": "人力资源和社会保障局", "en": "Human Resources Bureau"},
    "credit_code": CREDIT_CODE,
}


def good(**changes: Any) -> dict[str, Any]:
    """The good item with top-level members replaced; ``item`` is merged into its own."""
    made = deepcopy(GOOD)
    made["item"] |= changes.pop("item", {})
    return made | changes


def without(*path: str | int) -> dict[str, Any]:
    """The good item without what stands at ``path``."""
    made = deepcopy(GOOD)
    at: Any = made
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return made


def written(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def folder_of(folder: Path, *, department: Any = None, **files: Any) -> Path:
    """A folder of one department with these files: content, or text as it is."""
    place = folder / "human-resources"
    place.mkdir(parents=True)
    (place / "department.json").write_text(written(department or DEPARTMENT), encoding="utf-8")
    for name, content in files.items():
        text = content if isinstance(content, str) else written(content)
        (place / f"{name.replace('_', '-')}.json").write_text(text, encoding="utf-8")
    return folder
