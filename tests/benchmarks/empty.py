"""The peer of every ratio: a Sanic handler that does nothing, in a process of its own.

``python -m tests.benchmarks.empty PORT``.
"""

import sys

from sanic import HTTPResponse, Request, Sanic

app = Sanic("empty")
app.config.KEEP_ALIVE_TIMEOUT = 600


@app.get("/")
@app.post("/", name="post")
async def nothing(_request: Request) -> HTTPResponse:
    return HTTPResponse(b"{}", content_type="application/json")


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), single_process=True, access_log=False, motd=False)
