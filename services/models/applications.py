"""Applications: what was asked for, how far it is, and everything that happened to it."""

from tortoise import fields
from tortoise.models import Model


class Application(Model):
    """One application. ``number`` is what people say at a window; ``version`` grows with every
    change, so that of two who change it at once one is told. ``form_sealed``: the form as JSON.

    Clocks count working days (services.clocks): ``promised_on`` and ``statutory_on`` are the last
    days in time as they stand now; ``paused_at``: since when they stand still. ``waits_for``: who
    has to do something next: rules, staff, you, or nobody (empty). ``decision``: reason codes,
    space separated; ``facts_sealed``: what fills the reasons' words. ``item_version``: the
    catalogue entry's version at submission.
    """

    id = fields.UUIDField(primary_key=True)
    number = fields.CharField(20, unique=True)
    resident_id = fields.UUIDField(db_index=True)
    agent_id = fields.UUIDField(null=True)
    service = fields.CharField(64)
    item_version = fields.IntField(default=0)
    region = fields.CharField(6, default="")
    channel = fields.CharField(16, default="mobile")
    locale = fields.CharField(8)
    state = fields.CharField(20)
    waits_for = fields.CharField(8, default="")
    version = fields.IntField(default=0)
    form_sealed = fields.BinaryField()
    decision = fields.CharField(200, default="")
    facts_sealed = fields.BinaryField(null=True)
    staff_id = fields.UUIDField(null=True, db_index=True)
    taken_at = fields.DatetimeField(null=True)
    escalated_at = fields.DatetimeField(null=True)
    warned_at = fields.DatetimeField(null=True)
    promised_on = fields.DateField(null=True)
    statutory_on = fields.DateField(null=True)
    paused_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    submitted_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "application"
        indexes = (
            ("state", "service"),
            ("service", "region", "state"),
            ("waits_for", "service"),
            ("resident_id", "created_at"),
        )


class ApplicationEvent(Model):
    """What happened, when, by whom. Never changed. ``name`` is a transition or a note of the
    engine; ``reason`` codes; ``words_sealed`` what a person wrote, sealed.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    application_id = fields.UUIDField(db_index=True)
    at = fields.DatetimeField()
    name = fields.CharField(32)
    state = fields.CharField(20)
    actor_kind = fields.CharField(16)
    actor = fields.CharField(64, default="")
    step = fields.CharField(40, default="")
    reason = fields.CharField(200, default="")
    words_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "application_event"


class ApplicationStep(Model):
    """One department's part. ``key`` goes along with what changes something there, so that the
    department does it once. ``round``: another form begins the checks again.

    ``state``: waiting (for others), queued, running, done, failed (given up), dropped (nobody needs
    its answer any more). ``claimed_at``: when a worker last began it.
    """

    id = fields.UUIDField(primary_key=True)
    application_id = fields.UUIDField()
    name = fields.CharField(40)
    round = fields.SmallIntField(default=1)
    department = fields.CharField(40)
    state = fields.CharField(16)
    key = fields.UUIDField()
    attempts = fields.IntField(default=0)
    fault = fields.CharField(40, default="")
    finding_sealed = fields.BinaryField(null=True)
    ready_at = fields.DatetimeField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "application_step"
        unique_together = (("application_id", "name", "round"),)


class Supplement(Model):
    """What is still wanted. ``wanted``: material kinds and form fields, space separated codes."""

    id = fields.UUIDField(primary_key=True)
    application_id = fields.UUIDField(db_index=True)
    wanted = fields.CharField(200)
    reason = fields.CharField(200, default="")
    words_sealed = fields.BinaryField(null=True)
    asked_by = fields.CharField(64)
    asked_at = fields.DatetimeField()
    due_on = fields.DateField()
    reminded_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "supplement"


class Material(Model):
    """A document of an application. ``source``: uploaded, department or earlier; ``origin_id``:
    the material of an earlier application it is the same as. Content and name are sealed;
    ``sha256`` of the content is shown. Without an application it waits to be used.
    """

    id = fields.UUIDField(primary_key=True)
    resident_id = fields.UUIDField(db_index=True)
    application_id = fields.UUIDField(null=True, db_index=True)
    kind = fields.CharField(40)
    source = fields.CharField(16)
    department = fields.CharField(40, default="")
    origin_id = fields.UUIDField(null=True)
    name_sealed = fields.BinaryField()
    media_type = fields.CharField(40)
    size = fields.IntField()
    sha256 = fields.CharField(64)
    content_sealed = fields.BinaryField(null=True)
    good_until = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "material"


class KeptAnswer(Model):
    """The answer to a request with an ``Idempotency-Key``, sealed, for 24 hours. ``caller`` and
    ``key`` are digests. ``status`` 0: still in flight.
    """

    id = fields.UUIDField(primary_key=True)
    caller = fields.CharField(64)
    route = fields.CharField(80)
    key = fields.CharField(64)
    body = fields.CharField(64)
    status = fields.SmallIntField(default=0)
    answer_sealed = fields.BinaryField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "kept_answer"
        unique_together = (("caller", "route", "key"),)
