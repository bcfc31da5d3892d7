"""What tests of decision rules share: a decision's words, and that none of them is missing."""

from services.applications.declaration import Decision, Plan
from services.applications.reasons import in_words
from services.service import Service


def plan_of(application: Service) -> Plan:
    assert application.plan is not None
    return application.plan


def assert_told(application: Service, decision: Decision) -> None:
    """Every reason has words in every language, and its facts fill them."""
    plan = plan_of(application)
    kinds = plan.material_kinds(application.item) | plan.form.model_fields.keys()
    assert decision.reasons
    assert set(decision.wanted) <= kinds
    assert bool(decision.wanted) == (decision.outcome == "supplement")
    for code in decision.reasons:
        for locale in ("zh-CN", "zh-HK", "ug", "en"):
            said = in_words(plan.reasons, code, decision.facts, locale)
            assert said.strip() and "None" not in said
