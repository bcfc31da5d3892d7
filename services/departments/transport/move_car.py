"""One-key move-car: a code on the windscreen by which strangers reach the owner (services.cars)."""

from services.departments.transport.department import Transport
from services.groups import TRAFFIC
from services.items.standard import Law, query
from services.own_page import own_page
from services.schema import words

PARKING = Law(
    words("中华人民共和国道路交通安全法", en="Road Traffic Safety Law"),
    words("第五十六条", en="Article 56"),
)
"""Who parks hinders nobody (memory of the text of 2021)."""

move_car = own_page(
    id="move-car",
    title=words("一键挪车", en="One-key move-car"),
    summary=words(
        "挪车码贴在车上，扫码就能联系车主，双方不见号码",
        en="A code on the car: who scans it reaches you, and nobody sees a number",
    ),
    group=TRAFFIC,
    icon="car",
    purpose="move-car",
    item=query("2071800020001", PARKING),
    department=Transport,
    page="cars",
    declared_in=__file__,
    keywords=("挪车", "移车", "挪车码", "堵车位", "yjnc", "blocked", "windscreen"),
    rank=10,
)
