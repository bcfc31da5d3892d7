"""What a model cannot say of the launch services: the ledger's balance, one living payment."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_BALANCED = """
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movement bigint := CASE TG_TABLE_NAME WHEN 'ledger_movement' THEN NEW.id
        ELSE (to_jsonb(NEW) ->> 'movement_id')::bigint END;
    wanted integer; found integer; total numeric;
BEGIN
    SELECT postings INTO wanted FROM ledger_movement WHERE id = movement;
    SELECT count(*), coalesce(sum(fen), 0) INTO found, total
        FROM ledger_posting WHERE movement_id = movement;
    IF wanted IS NULL OR wanted < 2 OR found <> wanted OR total <> 0 THEN
        RAISE EXCEPTION 'ledger movement % does not balance', movement
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
_KEPT = """
CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of the ledger are never changed' USING ERRCODE = 'check_violation';
END $$
"""
# The table of services.applications.states: from which state to which, whoever writes.
_MOVES = (
    "draft submitted", "draft withdrawn",
    "submitted accepted", "submitted refused", "submitted supplement-asked", "submitted withdrawn",
    "accepted in-review", "accepted supplement-asked", "accepted withdrawn",
    "in-review approved", "in-review refused", "in-review supplement-asked", "in-review withdrawn",
    "supplement-asked submitted", "supplement-asked refused", "supplement-asked withdrawn",
    "approved collected",
)  # fmt: skip
_MOVED = f"""
CREATE FUNCTION application_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state || ' ' || NEW.state = ANY(ARRAY[
        {", ".join(f"'{move}'" for move in _MOVES)}])
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no way leads an application to %', NEW.state
        USING ERRCODE = 'check_violation';
END $$
"""


def _kept(table: str) -> tuple[tuple[str, str], ...]:
    """Rows are added, and nothing else."""
    return tuple(
        (
            f"CREATE TRIGGER {table}_{name} BEFORE {events} ON {table} FOR EACH {each}"
            " EXECUTE FUNCTION ledger_kept()",
            f"DROP TRIGGER {table}_{name} ON {table}",
        )
        for name, events, each in (
            ("kept", "UPDATE OR DELETE", "ROW"),
            ("whole", "TRUNCATE", "STATEMENT"),
        )
    )


def _balanced(table: str) -> tuple[str, str]:
    """Looked at when the transaction ends, whoever wrote."""
    return (
        f"CREATE CONSTRAINT TRIGGER {table}_balanced AFTER INSERT ON {table}"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()",
        f"DROP TRIGGER {table}_balanced ON {table}",
    )


# Each with what undoes it; undone in the other order.
RULES = (
    (_MOVED, "DROP FUNCTION application_moved()"),
    (
        "CREATE TRIGGER application_begun BEFORE INSERT ON application FOR EACH ROW"
        " WHEN (NEW.state NOT IN ('draft', 'submitted')) EXECUTE FUNCTION application_moved()",
        "DROP TRIGGER application_begun ON application",
    ),
    (
        "CREATE TRIGGER application_moved BEFORE UPDATE ON application FOR EACH ROW"
        " WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION application_moved()",
        "DROP TRIGGER application_moved ON application",
    ),
    (_BALANCED, "DROP FUNCTION ledger_balanced()"),
    (_KEPT, "DROP FUNCTION ledger_kept()"),
    _balanced("ledger_movement"),
    _balanced("ledger_posting"),
    *_kept("ledger_movement"),
    *_kept("ledger_posting"),
    (
        "ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_not_nothing CHECK (fen <> 0)",
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_not_nothing",
    ),
    (
        "ALTER TABLE payment ADD CONSTRAINT payment_within CHECK (fen > 0 AND"
        " returned_fen >= 0 AND promised_fen >= returned_fen AND promised_fen <= fen)",
        "ALTER TABLE payment DROP CONSTRAINT payment_within",
    ),
    # of a subject one payment lives; a paid one lives until all of it has gone back
    (
        "CREATE UNIQUE INDEX payment_living ON payment (subject)"
        " WHERE state IN ('opened', 'paying', 'paid', 'part-refunded')",
        "DROP INDEX payment_living",
    ),
    # what a payment was paid with is one charge
    (
        "CREATE UNIQUE INDEX payment_charge_counted ON payment_charge (payment_id) WHERE counted",
        "DROP INDEX payment_charge_counted",
    ),
    # of a kind of licence a resident has one that lives
    (
        "CREATE UNIQUE INDEX licence_living ON licence (resident_id, type) WHERE ended_at IS NULL",
        "DROP INDEX licence_living",
    ),
    # of a seat one booking lives (services.bookings.states.SEATED), and of a service a resident
    # has one; for a day one waits once
    (
        "CREATE UNIQUE INDEX booking_seat ON booking (service, office, starts_at, seat)"
        " WHERE state IN ('offered', 'held', 'booked', 'arrived')",
        "DROP INDEX booking_seat",
    ),
    (
        "CREATE UNIQUE INDEX booking_party_living ON booking_party (service, resident_id)"
        " WHERE living",
        "DROP INDEX booking_party_living",
    ),
    (
        "CREATE UNIQUE INDEX booking_wait_living ON booking_wait"
        " (service, office, day, resident_id) WHERE state IN ('waiting', 'offered')",
        "DROP INDEX booking_wait_living",
    ),
    # a plate is on one living car
    (
        "CREATE UNIQUE INDEX car_plate_living ON car (plate) WHERE state = 'living'",
        "DROP INDEX car_plate_living",
    ),
    # what came from insurance and cash is what was billed, additions and reductions as they are;
    # nothing is taken before the parts are known
    (
        "ALTER TABLE medical_bill ADD CONSTRAINT medical_bill_equal CHECK (mix = '' OR ("
        "total_fen = government_fen + self_fen + other_fen + cash_fen + reductions_fen AND"
        " total_fen = government_fen + self_fen + other_fen + medical_cash_fen + additions_fen))",
        "ALTER TABLE medical_bill DROP CONSTRAINT medical_bill_equal",
    ),
    (
        "ALTER TABLE medical_refund ADD CONSTRAINT medical_refund_equal CHECK (fen > 0 AND"
        " fen = government_fen + self_fen + other_fen + cash_fen AND government_fen >= 0"
        " AND self_fen >= 0 AND other_fen >= 0 AND cash_fen >= 0)",
        "ALTER TABLE medical_refund DROP CONSTRAINT medical_refund_equal",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("services", "0003_launch")]

    initial = False

    operations = [ops.RunSQL(rule, undone) for rule, undone in RULES]
