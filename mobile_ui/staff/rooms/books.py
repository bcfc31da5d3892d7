"""The books: each day's sums, the provider's and ours, and what they say differently."""

from mobile_ui.staff.page import Goes, Page, Shown, Visit

_ROOT = "/staff/payments/differences"

books = Page(
    "/desk/books",
    "books",
    place="/desk/books",
    roles=("operator",),
    done={"books-settled": ""},
)
PAGES = (books,)


@books.shows
async def compared(visit: Visit) -> Shown:
    found = await visit.get(_ROOT)
    told = [
        {**one, "ways": [(way["code"], way["title"]) for way in one["ways"]]}
        for one in found["differences"]
    ]
    return Shown("books.html", {"days": found["days"], "differences": told})


@books.does("settle")
async def settle(visit: Visit) -> Goes:
    """``key``: the difference that was seen to."""
    await visit.post(f"{_ROOT}/{{id}}/settlement", {"how": visit.one("how")}, id=visit.one("key"))
    return Goes(books.path, "books-settled")
