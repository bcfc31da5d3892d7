"""How many verifications one web worker takes on at once.

A verification holds its pictures in memory and a place at the face process. More than can wait
there would only wait here, with the database's connections in hand; so whoever comes later is told
when to come back before anything is done for them. Everything else goes on beside it.
"""

import math
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config.settings import FaceSettings
from identity.faces.errors import FacesBusy

_FIRST_GUESS = 3.0  # seconds of one verification
_SMOOTHING = 8


class Crowd:
    """``limit``: as many as work and wait at the face process."""

    def __init__(self, settings: FaceSettings):
        self.limit = settings.face_workers + settings.face_queue
        self.inside = 0
        self._seconds = _FIRST_GUESS

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for the length of the block. Raises FacesBusy when there is none."""
        if self.inside >= self.limit:
            raise FacesBusy("crowded", retry_after=self._come_back())
        self.inside += 1
        began = time.monotonic()
        try:
            yield
        finally:
            self.inside -= 1
            self._seconds += (time.monotonic() - began - self._seconds) / _SMOOTHING

    def _come_back(self) -> int:
        """When those inside will have left; spread out, so that not all come back at once."""
        return max(1, math.ceil(self._seconds * random.uniform(1, 2)))
