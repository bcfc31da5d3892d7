"""A caseworker's day in the browser, and a listener's, an editor's and an operator's."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from services.materials.content import Upload
from services.models import Application, Supplement, Ticket
from tests.support.cases import (
    FUND,
    HOUSING,
    MARRIAGES,
    a_case,
    a_ticket,
    an_applicant,
    answered,
    attached,
    due,
)
from tests.support.house import ROOT
from tests.support.http import Api
from tests.support.staff import room_of
from tests.support.staff_pages import PASSWORD, Worker, a_browser

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.timeout(300)]
PICTURES = ROOT / "build" / "screenshots"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer<<>>\nstartxref\n29\n%%EOF\n"


@pytest.fixture
async def browser(packages: Path) -> AsyncIterator[Browser]:
    async with a_browser() as one:
        yield one


async def at_the_page(
    api: Api, browser: Browser, *roles: str, region: str = "4401", **how: Any
) -> Worker:
    """Signed in by hand, with two factors. ``how``: the browser's language, or no script."""
    hired = await room_of(api).hire(*roles, region=region, departments=[FUND, HOUSING, MARRIAGES])
    worker = await Worker.at(browser, api.url, pictures=PICTURES, **how)
    worker.secret = hired.secret
    await worker.open("sign-in")
    labels = {"zh-CN": ("账号", "密码", "动态码"), "en": ("Login", "Password", "Code")}[
        how.get("locale", "zh-CN")
    ]
    for label, value in zip(labels, (hired.login, PASSWORD, worker.code()), strict=True):
        await worker.fill(label, value)
    await worker.page.keyboard.press("Enter")
    await worker.page.wait_for_selector(".bar__who")
    return worker


async def looked_at(worker: Worker, name: str) -> None:
    await worker.looked_at(f"work-{name}")


async def test_a_caseworkers_day(api: Api, browser: Browser) -> None:
    applicant = await an_applicant(api)
    numbers = [await a_case(api, applicant) for _ in range(3)]
    for number in numbers:
        await answered(api, number)
        await attached(api, applicant, number, Upload("application/pdf", "租房合同.pdf", PDF))
    await room_of(api).hire("case-lead", region="4401", departments=[FUND])
    worker = await at_the_page(api, browser, "caseworker")
    page = worker.page
    await page.get_by_role("heading", name="办件").wait_for()
    await page.locator("tbody tr").nth(2).wait_for()
    assert applicant.name not in await page.inner_text("main")
    await looked_at(worker, "queue")

    await worker.press("领取下一件")
    await page.get_by_role("heading", name="公积金提取").wait_for()
    shown = await page.inner_text("main")
    assert applicant.name in shown and "核验公积金账户" in shown and "¥86,423.50" in shown
    first = await page.inner_text(".partner-title .hint")
    await looked_at(worker, "case")

    await worker.choose("要求补正")
    words = page.get_by_label("告诉申请人的话").locator("visible=true")
    await words.fill("合同第二页看不清，请重新上传。")
    await worker.press("要求补正")
    await page.get_by_text("请至少选择一项").wait_for()
    assert await words.input_value() == "合同第二页看不清，请重新上传。"
    await page.get_by_role("checkbox", name="房屋租赁合同").check()
    await looked_at(worker, "supplement")
    await worker.press("要求补正")
    await page.get_by_text("已要求补正").first.wait_for()
    asked = await Application.get(number=first)
    assert asked.state == "supplement-asked"
    assert (await Supplement.get(application_id=asked.id)).wanted == "rent-contract"

    await by_keyboard_refused(worker)
    await passed_on(worker)
    left = await Application.filter(number__in=numbers).values_list("state", flat=True)
    assert sorted(left) == ["in-review", "refused", "supplement-asked"]


async def by_keyboard_refused(worker: Worker) -> None:
    """The next one, without a mouse."""
    page = worker.page
    await page.get_by_role("button", name="领取下一件").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="公积金提取").wait_for()
    await page.locator("summary", has_text="不予批准").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert await page.locator("details[open] :checked").count() == 1
    await page.get_by_role("button", name="不予批准").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("alertdialog").wait_for()
    await looked_at(worker, "refuse")
    await page.get_by_role("button", name="不予批准").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("已决定不予批准").first.wait_for()


async def passed_on(worker: Worker) -> None:
    page = worker.page
    await worker.press("领取下一件")
    await page.get_by_role("heading", name="公积金提取").wait_for()
    await worker.choose("转给组长")
    await page.get_by_label("请组长知道什么").fill("夫妻名下另有住房，请定。")
    await worker.press("转给组长")
    await page.get_by_role("heading", name="办件").wait_for()


async def test_a_case_is_decided_in_a_browser_without_script(api: Api, browser: Browser) -> None:
    number = await a_case(api, await an_applicant(api))
    await answered(api, number)
    worker = await at_the_page(api, browser, "caseworker", script=False)
    await worker.press("领取下一件")
    await worker.choose("不予批准")
    form = worker.page.locator("details[open]")
    await form.get_by_role("checkbox").first.check()
    await form.get_by_role("button", name="不予批准").click()
    await worker.page.get_by_role("alertdialog").wait_for()
    await worker.press("不予批准")
    await worker.page.get_by_text("已决定不予批准").wait_for()
    assert (await Application.get(number=number)).state == "refused"


async def test_a_lead_hands_out_what_is_late(api: Api, browser: Browser) -> None:
    colleague = await room_of(api).hire("caseworker", region="4401", departments=[FUND])
    applicant = await an_applicant(api)
    number = await a_case(api, applicant)
    await due(number, date(2026, 1, 5))
    worker = await at_the_page(api, browser, "case-lead", locale="en")
    page = worker.page
    await page.get_by_label("View").select_option("late")
    await worker.press("Show")
    await page.get_by_text(number).first.wait_for()
    await looked_at(worker, "late")
    await worker.open(f"cases/{number}")
    await page.get_by_role("heading", name="Provident fund withdrawal").wait_for()
    await worker.choose("Give to a colleague")
    chosen = page.get_by_label("Colleague")
    await chosen.select_option(str(colleague.id))
    await worker.press("Give to a colleague")
    await page.get_by_text("Handed over").wait_for()
    assert str((await Application.get(number=number)).staff_id) == str(colleague.id)
    await looked_at(worker, "case-english")


async def test_a_listener_calls_back_and_answers(api: Api, browser: Browser) -> None:
    applicant = await an_applicant(api)
    number = await a_ticket(api, applicant, "complaint", "窗口让我多跑了一次，网上写的是不用跑。")
    worker = await at_the_page(api, browser, "listener")
    page = worker.page
    await page.get_by_text(number).wait_for()
    await looked_at(worker, "tickets")
    await page.get_by_role("link", name=f"查看 {number}").click()
    await page.get_by_text("窗口让我多跑了一次").wait_for()
    await worker.press("接下")
    await page.get_by_text("答复前先给居民打电话").wait_for()
    await looked_at(worker, "ticket")
    await page.get_by_label("电话结果").select_option("reached")
    await worker.press("记下回访")
    await page.get_by_text("回访已记下").wait_for()
    await page.get_by_label("处理结果").select_option("put-right")
    await page.get_by_label("告诉申请人的话").fill("已更正指南，并向您道歉。")
    await worker.press("答复")
    await page.get_by_text("已更正指南，并向您道歉。").wait_for()
    assert (await Ticket.get(number=number)).state == "answered"


async def test_an_editor_changes_an_item_and_another_publishes_it(
    api: Api, browser: Browser
) -> None:
    worker = await at_the_page(api, browser, "catalogue-editor", region="")
    page = worker.page
    await page.get_by_label("搜索事项").fill("公积金余额")
    await worker.press("显示")
    await page.get_by_role("link", name="查看 公积金余额").click()
    summary = page.get_by_label("中文").nth(1)
    await summary.fill("看看账户里有多少钱")
    await page.get_by_label("说明", exact=True).fill("改得更好懂")
    await worker.press("增加一个地区")
    await page.locator(".edition:target").get_by_label("地区码").wait_for()
    await worker.press("保存草稿")
    await page.get_by_text("草稿已保存").wait_for()
    await page.locator("ins", has_text="看看账户里有多少钱").wait_for()
    await looked_at(worker, "item")
    other = await at_the_page(api, browser, "catalogue-editor", region="")
    await other.open("catalogue/provident-fund-balance")
    await other.press("发布")
    await other.page.get_by_role("heading", name="发布这个版本？").wait_for()
    await looked_at(other, "item-sure")
    await other.press("发布")
    await other.page.get_by_text("已发布").first.wait_for()
    await looked_at(other, "item-published")
    for tab in ("覆盖情况", "没有找到的搜索"):
        await page.get_by_role("link", name="目录", exact=True).click()
        await page.get_by_role("link", name=tab).click()
        await page.get_by_role("heading", name="目录").wait_for()
        await looked_at(worker, "coverage" if tab == "覆盖情况" else "misses")


async def test_an_operator_begins_a_count_and_figures_are_read(api: Api, browser: Browser) -> None:
    await a_case(api, await an_applicant(api))
    worker = await at_the_page(api, browser, "operator", "caseworker")
    page = worker.page
    await page.get_by_role("link", name="后台任务").click()
    await worker.press("开始：统计办件数据")
    await page.get_by_text("已开始").wait_for()
    now = page.frame_locator("iframe")
    await now.locator("progress").first.wait_for()
    await looked_at(worker, "jobs")
    await now.get_by_role("link", name="暂停自动刷新").click()
    await now.get_by_role("link", name="恢复自动刷新").wait_for()
    await page.get_by_role("link", name="统计").click()
    await page.get_by_role("heading", name="统计").wait_for()
    await page.get_by_label("按", exact=True).select_option("region")
    await worker.press("显示")
    await page.get_by_role("region", name="统计").or_(page.get_by_text("还没有数据")).wait_for()
    assert await page.get_by_label("按", exact=True).input_value() == "region"
    await looked_at(worker, "figures")
