"""Applications from their first word to their end, on real engines."""


async def test_offices_are_asked_in_parallel_the_rules_decide_and_the_licence_is_written_once(
    office,
):
    number = await office.submit()
    await office.work()
    assert not office.faults
    assert await office.state(number) == "approved"
    asked = [name for name, _ in office.register.asked]
    assert asked == ["register", "hygiene", "licence"]
    events = await office.events(number)
    assert events[:3] == ["submit", "accept", "review"]
    assert events[-3:] == ["approve", "step-done:licence", "carried-out"]
    file = await office.story.case_file(office.who, number, "en")
    assert file["decision"] == {"outcome": "approve", "reasons": ["All is well"]}
