"""Names as the register writes them: minorities' dots, rare characters, fifty characters."""

import pytest

from identity import documents, errors


@pytest.mark.parametrize(
    "given", ["", "  ", "·", "张3", "①", "张\x00三", "<b>", "x" * 51, "\ue000", "😀", "\u202e三张"]
)
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(errors.NameInvalid):
        documents.name(given)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (" 张 三 ", "张三"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿卜杜外力 · 阿卜杜热合曼", "阿卜杜外力·阿卜杜热合曼"),
        ("𠮷𬱖", "𠮷𬱖"),  # beyond the basic plane
        ("〇一", "〇一"),
        ("Jose\u0301  O'Neil", "José O'Neil"),
        ("𠮷" * 50, "𠮷" * 50),
        ("ئايگۈل مەمەت", "ئايگۈل مەمەت"),
    ],
)
def test_a_name_is_written_as_the_register_writes_it(given: str, written: str) -> None:
    assert documents.name(given) == written
