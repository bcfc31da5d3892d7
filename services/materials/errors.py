"""What can be wrong with a material, and with how it is used.

Problem
├── Invalid   MaterialEmpty, MaterialKindUnknown, MaterialNameInvalid, MaterialNameLies,
│             MaterialTypeLies, MaterialBroken, MaterialLocked, MaterialActs,
│             MaterialTooManyPixels, MaterialNotWanted
├── Missing   MaterialMissing
└── Conflict  MaterialInUse, MaterialsTooMany
"""

from config.errors import Conflict, Invalid, Missing


class MaterialEmpty(Invalid):
    code = "material-empty"


class MaterialKindUnknown(Invalid):
    """No application of the catalogue asks for such a material."""

    code = "material-kind-unknown"


class MaterialTypeLies(Invalid):
    """The content is not what the request says it is. Fact ``found``: what it looks like."""

    code = "material-type-lies"


class MaterialNameLies(Invalid):
    """The name's ending is one of another type of file."""

    code = "material-name-lies"


class MaterialNameInvalid(Invalid):
    """No name came along, or it is too long or not text."""

    code = "material-name-invalid"


class MaterialBroken(Invalid):
    """It begins like what it says it is, and cannot be read to its end."""

    code = "material-broken"


class MaterialLocked(Invalid):
    """A PDF that needs a password."""

    code = "material-locked"


class MaterialActs(Invalid):
    """A PDF that runs a script or starts something when it is opened."""

    code = "material-acts"


class MaterialTooManyPixels(Invalid):
    """Fact ``most``: million pixels."""

    code = "material-too-many-pixels"


class MaterialNotWanted(Invalid):
    """The item asks for no material of this kind."""

    code = "material-not-wanted"


class MaterialMissing(Missing):
    """None of this resident's."""

    code = "material-missing"


class MaterialInUse(Conflict):
    """It belongs to an application already."""

    code = "material-in-use"


class MaterialsTooMany(Conflict):
    """Fact ``most``: how many may wait, or belong to one application."""

    code = "materials-too-many"
