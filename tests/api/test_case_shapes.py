"""What residents send as a form, before any service looks at it."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.case_shapes import DraftSent, FormSent, Submission, SupplementSent


def nested(depth: int) -> dict[str, Any]:
    made: Any = "x"
    for level in range(depth):
        made = [made] if level % 2 else {"a": made}
    return {"a": made}


@pytest.mark.parametrize("kind", [DraftSent, FormSent, Submission, SupplementSent])
@pytest.mark.parametrize("depth", [8, 300])
def test_a_form_deeper_than_any_is_refused_before_it_is_kept(kind: Any, depth: int):
    """What is nested three hundred times is read, kept, and can never be shown again."""
    with pytest.raises(ValidationError) as refused:
        kind.model_validate({"form": nested(depth)})
    assert [one["type"] for one in refused.value.errors()] == ["too_deep"]


def test_a_form_as_services_have_them_is_taken():
    assert FormSent.model_validate({"form": nested(6)}).form == nested(6)
