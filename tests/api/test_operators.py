"""What operators and programs read: health, measures, the description, the keys, the headers."""

import re

import jwt
import pytest
from jwt import PyJWK

from api.app import all_routes
from config.texts import LOCALES
from tests.support.http import Api

DOCUMENTS = ["/docs", "/problems", "/problems/face-blurred", "/"]


async def test_the_description_equals_the_routes_that_are_served(api: Api):
    described = (await api.get("/openapi.json")).body["paths"]
    written = {(method.upper(), path) for path, methods in described.items() for method in methods}
    pages = {route.name for route in api.app.router.routes if ".mobile-" in route.name}
    served = {
        (method, "/" + re.sub(r"<(\w+):\w+>", r"{\1}", route.path))
        for route in api.app.router.routes
        if route.name not in pages
        for method in route.methods - {"HEAD"}
    }
    assert written == served


async def test_the_description_names_access_and_bodies(api: Api):
    whole = (await api.get("/openapi.json")).body
    declared = {
        (r.method.lower(), r.path): r for r in all_routes(api.parts.catalogue, api.settings)
    }
    for (method, path), route in declared.items():
        operation = whole["paths"][path][method]
        assert operation["x-access"] == route.access.value
        assert ("requestBody" in operation) == (route.body is not None or bool(route.takes))
        assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}


async def test_every_reference_of_the_description_leads_somewhere(api: Api):
    text = (await api.get("/openapi.json")).raw.decode()
    whole = (await api.get("/openapi.json")).body
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert names and names <= whole["components"]["schemas"].keys()


async def test_a_token_of_ours_is_checked_with_the_published_keys_alone(api: Api):
    signed = await api.sign_in()
    keys = (await api.get("/oauth/jwks")).body["keys"]
    assert all("d" not in key for key in keys)
    kid = jwt.get_unverified_header(signed.access)["kid"]
    key = PyJWK(next(key for key in keys if key["kid"] == kid)).key
    claims = jwt.decode(signed.access, key, algorithms=["ES256"], audience=api.settings.audience)
    assert claims["iss"] == api.settings.public_url and claims["sid"] == str(signed.session)


async def test_health_names_each_part(api: Api):
    ready = await api.get("/health/ready")
    assert ready.status == 200
    assert ready.body["parts"] == {"database": "ready", "cache": "ready", "faces": "ready"}


async def test_measures_count_templates_and_never_values(api: Api):
    await api.get("/v1/services/provident-fund-balance")
    await api.get("/v1/services/a-secret-value")
    text = (await api.get("/metrics")).raw.decode()
    assert 'route="/v1/services/{id}",status="200"' in text
    assert 'route="/v1/services/{id}",status="404"' in text
    assert "a-secret-value" not in text and "provident-fund-balance" not in text
    line = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$')
    assert all(line.match(one) for one in text.splitlines() if not one.startswith("#"))


async def test_the_buckets_of_a_histogram_grow_to_its_count(api: Api):
    text = (await api.get("/metrics")).raw.decode()
    last = dict(re.findall(r'bucket\{route="([^"]+)",le="\+Inf"\} (\d+)', text))
    count = dict(re.findall(r'seconds_count\{route="([^"]+)"\} (\d+)', text))
    assert last and last == count


@pytest.mark.parametrize("path", [*DOCUMENTS, "/v1/services", "/v1/me", "/nope", "/openapi.json"])
async def test_every_answer_is_hardened(api: Api, path: str):
    headers = (await api.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in headers  # not served by https here


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_documents_hold_no_inline_script_or_style(api: Api, path: str):
    html = (await api.get(path)).raw.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)


async def test_the_docs_page_speaks_every_locale(api: Api):
    seen = {(await api.get("/docs", headers={"Accept-Language": one})).raw for one in LOCALES}
    assert len(seen) == len(LOCALES)
    assert (await api.get("/docs/docs.js")).headers["Content-Type"].startswith("text/javascript")


async def test_the_environment_leads_to_the_sandbox(api: Api):
    told = (await api.get("/v1/environment")).body
    assert told == {
        "environment": "embedded",
        "public_url": api.url,
        "sandbox_url": api.settings.sandbox_url,
    }
