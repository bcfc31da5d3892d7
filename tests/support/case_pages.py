"""The pages around an application, looked at for what every one of them must keep to."""

from collections.abc import Sequence

from tests.support.residents_at_pages import seen
from tests.support.visitor import NOW, Visitor

WITHDRAWAL = "provident-fund-withdrawal"


async def reports_a_wrong_field(visitor: Visitor) -> None:
    """To the office that answered, with a number to follow it by."""
    page = visitor.page
    await visitor.open("#/pages/service/service?id=provident-fund-balance")
    await page.wait_for_selector(f"{NOW}#as-of")
    await page.click(f"{NOW}#report")
    await page.click(f"{NOW}#send-report")
    assert await visitor.text("#report-fault")
    await page.fill(f"{NOW}#report-words", "余额少了一个月的缴存。")
    await seen(visitor, "report")
    await page.click(f"{NOW}#send-report")
    await page.wait_for_selector(f"{NOW}#reported")
    assert "住房公积金管理中心" in await visitor.text("#reported")
    await page.click(f"{NOW}#follow-report")
    await page.wait_for_selector(f"{NOW}#ticket")


async def large_and_in_english(visitor: Visitor, case: str, ticket: str) -> None:
    """Letters half as large again and the language with the longest words: nothing is cut off."""
    page = visitor.page
    await visitor.open()
    await page.click(f"{NOW}#elder")
    assert await page.inner_text("#toast") == "已换成大字版"
    await page.click(f"{NOW}.home__language")
    await page.wait_for_selector("html[lang=en][data-elder]")
    assert not await page.inner_text("#toast")  # nothing in Chinese stands over the English page
    pages = (
        ("home", "", "#waits"),
        ("regions", "", "#choose-here"),
        ("service", f"?id={WITHDRAWAL}", "#begin"),
        ("apply", f"?id={WITHDRAWAL}", "#q-purpose"),
        ("applications", "", ".case"),
        ("application", case, "#timeline"),
        ("rating", case, "#grade-1"),
        ("complaint", case, "#complaint-words"),
        ("tickets", "", "[data-ticket]"),
        ("ticket", ticket, "#ticket"),
        ("notices", "", "[data-kind]"),
        ("figures", "", "#no-figures, [data-figure]"),
        ("check", "", "#message-code"),
    )
    await fit(visitor, pages)


async def enlarged_in_english(visitor: Visitor, *pages: tuple[str, str, str]) -> None:
    """Pages of (name, query, what they show) for whoever chose large letters and English before."""
    for name, chosen in (("locale", '"en"'), ("elder", "true")):
        keep = "([name, chosen]) => localStorage.setItem(name, chosen)"
        await visitor.page.evaluate(keep, [name, chosen])
    await visitor.page.reload()
    await visitor.page.wait_for_selector("html[data-elder]")
    await fit(visitor, pages)


async def fit(visitor: Visitor, pages: Sequence[tuple[str, str, str]]) -> None:
    page = visitor.page
    for name, query, shows in pages:
        await visitor.open(f"#/pages/{name}/{name}{query}")
        await page.wait_for_selector(", ".join(NOW + one for one in shows.split(", ")))
        await seen(visitor, f"{name}-large-en")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


async def nothing_personal_is_left(
    visitor: Visitor, addresses: Sequence[str], personal: Sequence[str]
) -> None:
    """In no address that was asked for, nor on the device."""
    kept = await visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert len(addresses) > 50
    for one in personal:
        assert one not in kept
        assert not [url for url in addresses if one in url]
