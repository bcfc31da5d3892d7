"""What `make run` says: one line a step with its seconds, then where to go. No log lines."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.settings import Settings

_WIDTH = 30


class Console:
    """Writes to standard output; colours and redrawing only on a terminal."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._began = time.monotonic()

    def say(self, line: str, end: str = "\n") -> None:
        """Print; a console that has gone away must not stop the healing."""
        with suppress(OSError):
            print(line, end=end, flush=True)

    @contextmanager
    def step(self, title: str, waits_for: str = "") -> Iterator[None]:
        """``title … ok 1.4 s`` around a piece of work; ``failed`` when it raises."""
        line = f"  {f'{title} ':·<{_WIDTH}} "
        if self._live:
            self.say(f"{line}{waits_for}", end="\r")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self.say(f"{line}{self._paint('failed', 31)}")
            raise
        seconds = time.monotonic() - began
        self.say(f"{line}{self._paint('ok', 32)} {seconds:4.1f} s")

    def welcome(self, settings: Settings, logs: Path) -> None:
        """The address to open and how to be a resident, in Chinese and English."""
        seconds = time.monotonic() - self._began
        home = self._paint(settings.public_url, 36)
        sandbox = self._paint(settings.sandbox_url, 36)
        self.say(
            f"""
  {self._paint("指办 Zhiban", 1)} 已就绪 · ready in {seconds:.1f} s

  打开 Open    {home}
  身份 ID      {sandbox}

  如何成为一名居民 · How to be a resident
    1  在第二个地址领取沙盒身份：拍照或选一张照片，得到虚构的姓名和号码。
       At the second address, get a sandbox ID: take or choose a photograph
       and receive a fictional name and number.
    2  在第一个地址点“去核验”，填写姓名和号码，面对镜头。
       At the first address, choose Verify, enter them, and face the camera.

  命令行演示 Demo   make demo
  日志 Logs        {logs}
  停止 Stop        Ctrl-C
"""
        )

    def _paint(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._live else text
