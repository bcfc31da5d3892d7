"""What a resident calls the device in a list of sessions, from its User-Agent.

A handful of kinds and no version: enough to recognise one's own, too little to be tracked by.
"""

from config.texts import text

_KINDS = (
    ("MicroMessenger", "wechat"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("HarmonyOS", "harmony"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)


def device_name(user_agent: str, locale: str) -> str:
    """``Android phone`` or the like, in the resident's language."""
    kind = next((kind for sign, kind in _KINDS if sign in user_agent), "other")
    return text(f"device.{kind}", locale)
