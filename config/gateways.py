"""The settings of what messages and logins go through: WeChat, SMS, places, card readers."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class GatewaySettings(BaseSettings):
    """WeChat, the SMS gateway, the table of places, card readers; in production off unless set."""

    wechat_url: str = Field("", description="empty: api.weixin.qq.com in production, the sandbox's")
    wechat_app: str = Field("", description="the mini-program's app id; empty: the sandbox's")
    wechat_secret: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    wechat_template: str = Field(
        "identity-notice", description="id of the subscribed message: thing1 title, time2 time"
    )
    sms_url: str = Field("", description="SMS gateway; empty: none in production, the sandbox's")
    sms_key: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    places_file: Path | None = Field(
        None, description="ip2region table (xdb, IPv4); empty: the packaged one of August 2022"
    )
    card_reader_keys: str = Field(
        "", description="JWKS of the readers' security modules; empty: the sandbox's, else none"
    )
    card_reader_url: str = Field(
        "", description="where a kiosk's page finds its own reader; empty: the sandbox's, else none"
    )
