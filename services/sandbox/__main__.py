"""``python -m services.sandbox``: one process, on SANDBOX_HOST:SANDBOX_PORT."""

import sys

from config import logs
from config.settings import RefusedToStart, SandboxSettings, load
from services.sandbox.app import create_app


def main() -> int:
    try:
        settings = load(SandboxSettings)
        app = create_app(settings)
    except RefusedToStart as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 1
    logs.configure(settings.log_level)
    app.run(
        settings.sandbox_host,
        settings.sandbox_port,
        single_process=True,
        access_log=False,
        motd=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
