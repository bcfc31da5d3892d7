"""The settings of what messages, logins and money go through: WeChat, SMS, places, card readers,
payments."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class GatewaySettings(BaseSettings):
    """WeChat, gateways of SMS, calls and payments, places, card readers; in production off unless
    set."""

    wechat_url: str = Field("", description="empty: api.weixin.qq.com in production, the sandbox's")
    wechat_app: str = Field("", description="the mini-program's app id; empty: the sandbox's")
    wechat_secret: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    wechat_template: str = Field(
        "identity-notice", description="id of the subscribed message: thing1 title, time2 time"
    )
    sms_url: str = Field("", description="SMS gateway; empty: none in production, the sandbox's")
    sms_key: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    voice_url: str = Field("", description="relays calls; empty: none in production, the sandbox's")
    voice_key: SecretStr = Field(SecretStr(""), description="empty: the sandbox's")
    places_file: Path | None = Field(
        None, description="ip2region table (xdb, IPv4); empty: the packaged one of August 2022"
    )
    card_reader_keys: str = Field(
        "", description="JWKS of the readers' security modules; empty: the sandbox's, else none"
    )
    card_reader_url: str = Field(
        "", description="where a kiosk's page finds its own reader; empty: the sandbox's, else none"
    )
    pay_url: str = Field(
        "", description="payment provider, WeChat Pay API v3; empty: none in production, sandbox's"
    )
    pay_app: str = Field("", description="the app id that pays; goes with PAY_URL")
    pay_merchant: str = Field("", description="our merchant number; goes with PAY_URL")
    pay_serial: str = Field("", description="serial of our merchant certificate")
    pay_key: SecretStr = Field(SecretStr(""), description="PEM of its private key, RSA or EC")
    pay_api_key: SecretStr = Field(SecretStr(""), description="the API v3 key, 32 characters")
