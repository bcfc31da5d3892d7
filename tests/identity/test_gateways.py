"""WeChat and the SMS gateway by their settings: the sandbox's, one's own, or none."""

import pytest
from pydantic import SecretStr

from config.outbound import Outbound
from config.settings import RefusedToStart, Settings
from identity.sms import Sms, SmsUnavailable
from identity.wechat import WeChat, WechatUnavailable
from tests.conftest import fresh_key, settings_on


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_on("", "", tmp_path_factory.mktemp("g"))


def in_production(house: Settings, **others: object) -> Settings:
    return house.model_copy(update={"environment": "production", **others})


@pytest.mark.parametrize(
    "half", [{"wechat_app": "wx1"}, {"wechat_secret": SecretStr("x")}], ids=str
)
def test_half_a_wechat_account_stops_the_start(house: Settings, half: dict[str, object]):
    with pytest.raises(RefusedToStart, match="WECHAT"):
        WeChat(Outbound(house), in_production(house, **half))


def test_a_gateway_without_a_key_stops_the_start(house: Settings):
    with pytest.raises(RefusedToStart, match="SMS_KEY"):
        Sms(Outbound(house), in_production(house, sms_url="https://sms.example"))


async def test_what_is_not_set_in_production_is_off_and_says_so(house: Settings):
    given = in_production(house)
    wechat, sms = WeChat(Outbound(given), given), Sms(Outbound(given), given)
    assert not wechat.offered and not sms.offered
    with pytest.raises(WechatUnavailable):
        await wechat.openid("a-code")
    with pytest.raises(SmsUnavailable):
        await sms.send("13900000000", "hello", "r")


def test_outside_production_the_sandbox_plays_both(house: Settings):
    assert WeChat(Outbound(house), house).offered and Sms(Outbound(house), house).offered


def test_one_s_own_accounts_are_used_in_production(house: Settings):
    given = in_production(
        house,
        wechat_app="wx1",
        wechat_secret=SecretStr(fresh_key()),
        sms_url="https://sms.example/",
        sms_key=SecretStr(fresh_key()),
    )
    assert WeChat(Outbound(given), given).offered and Sms(Outbound(given), given).offered
