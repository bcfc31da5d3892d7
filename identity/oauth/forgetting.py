"""What the provider's endpoints need not remember any more: old codes and ended tokens."""

from datetime import UTC, datetime, timedelta

from identity.models import AuthorizationCode, EndedToken

KEPT = timedelta(days=1)  # a used code: so long a replay of it still ends what it gave


async def forget_old() -> int:
    """The worker's job. Returns how many rows it dropped; safe to repeat."""
    now = datetime.now(UTC)
    codes = await AuthorizationCode.filter(expires_at__lt=now - KEPT).delete()
    # A little longer than they live, so that a clock that is behind does not revive one.
    tokens = await EndedToken.filter(expires_at__lt=now - timedelta(minutes=5)).delete()
    return int(codes) + int(tokens)
