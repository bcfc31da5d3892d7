"""The shelves of the catalogue that many services share.

A service may stand on a shelf of its own: it makes a ``Group`` in its own file, and nothing here
changes. The order of a shelf is its ``rank``, then its id.
"""

from dataclasses import dataclass

from services.schema import Words, words


@dataclass(frozen=True)
class Group:
    """One shelf: an id for programs, a title for people."""

    id: str
    title: Words
    rank: int = 50


LICENCES = Group("licences", words("电子证照", en="Electronic licences"), rank=5)
HOUSING = Group("housing", words("住房", en="Housing"), rank=10)
SOCIAL_SECURITY = Group("social-security", words("社保", en="Social security"), rank=20)
HEALTH = Group("health", words("医疗健康", en="Health"), rank=30)
FAMILY = Group("family", words("婚育家庭", en="Family"), rank=40)
TRAFFIC = Group("traffic", words("交通出行", en="Traffic and travel"), rank=50)
WORK = Group("work", words("就业创业", en="Work and business"), rank=60)
EDUCATION = Group("education", words("教育", en="Education"), rank=70)
