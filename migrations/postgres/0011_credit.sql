-- +goose Up

-- Money given back on lines of an issued invoice, and the two ways an invoice ends without
-- being paid; disputes of a line; who approved what, up to which amount; periods of the books.

ALTER TABLE invoices ADD COLUMN disputed_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD COLUMN rebill_of TEXT NOT NULL DEFAULT '';
ALTER TABLE invoices ADD COLUMN void_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN rebillable BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE invoice_lines ADD COLUMN rebillable BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE list_prices ADD COLUMN set_by TEXT NOT NULL DEFAULT '';
ALTER TABLE journal_entries ADD COLUMN period TEXT NOT NULL DEFAULT '';

-- A loan fee bills the same serial again and again; nothing else does.
DROP INDEX invoice_lines_serial;
CREATE UNIQUE INDEX invoice_lines_serial ON invoice_lines (vendor_id, di, serial) WHERE live AND serial <> '' AND NOT rebillable;
CREATE INDEX invoice_lines_by_serial ON invoice_lines (vendor_id, di, serial) WHERE serial <> '';
CREATE INDEX invoice_lines_by_lot ON invoice_lines (lot);
CREATE INDEX payments_by_reference ON payments (reference) WHERE reference <> '';
CREATE INDEX invoices_by_reference ON invoices (payment_reference) WHERE payment_reference <> '';
CREATE INDEX invoices_by_buyer_reference ON invoices (buyer_reference) WHERE buyer_reference <> '';

CREATE TABLE credit_notes (
  id             TEXT NOT NULL PRIMARY KEY,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  invoice_id     TEXT NOT NULL REFERENCES invoices (id),
  currency       TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('proposed', 'issued', 'declined')),
  number         TEXT NOT NULL,
  reason         TEXT NOT NULL,
  explanation    TEXT NOT NULL,
  net_minor      BIGINT NOT NULL,
  tax_minor      BIGINT NOT NULL,
  total_minor    BIGINT NOT NULL CHECK (total_minor > 0),
  issued_on      TEXT NOT NULL,
  provider_number TEXT NOT NULL,
  proposed_by    TEXT NOT NULL,
  proposed_at    BIGINT NOT NULL,
  decided_by     TEXT NOT NULL,
  decided_at     BIGINT,
  decline_reason TEXT NOT NULL,
  sample         BOOLEAN NOT NULL,
  version        BIGINT NOT NULL
);
CREATE UNIQUE INDEX credit_notes_by_number ON credit_notes (vendor_id, number) WHERE number <> '';
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice_id, id);
CREATE INDEX credit_notes_by_vendor ON credit_notes (vendor_id, id);
CREATE INDEX credit_notes_by_hospital ON credit_notes (hospital_id, id);

-- Append-only: the part of an invoice line that a credit note gives back, copied at its proposal.
CREATE TABLE credit_lines (
  id              TEXT NOT NULL PRIMARY KEY,
  credit_note_id  TEXT NOT NULL REFERENCES credit_notes (id),
  vendor_id       TEXT NOT NULL REFERENCES organisations (id),
  hospital_id     TEXT NOT NULL REFERENCES organisations (id),
  invoice_line_id TEXT NOT NULL REFERENCES invoice_lines (id),
  position        BIGINT NOT NULL,
  quantity        BIGINT NOT NULL CHECK (quantity > 0),
  net_minor       BIGINT NOT NULL CHECK (net_minor > 0),
  tax_minor       BIGINT NOT NULL CHECK (tax_minor >= 0),
  UNIQUE (credit_note_id, invoice_line_id),
  UNIQUE (credit_note_id, position)
);
CREATE INDEX credit_lines_by_line ON credit_lines (invoice_line_id);

-- Append-only: the very bytes of an issued credit note.
CREATE TABLE credit_renders (
  id             TEXT NOT NULL PRIMARY KEY,
  credit_note_id TEXT NOT NULL REFERENCES credit_notes (id),
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  format         TEXT NOT NULL,
  renderer       TEXT NOT NULL,
  bytes          BYTEA NOT NULL,
  sha256         TEXT NOT NULL,
  created_at     BIGINT NOT NULL,
  UNIQUE (credit_note_id, format)
);

-- What needs two people: one asks, another decides.
CREATE TABLE invoice_requests (
  id           TEXT NOT NULL PRIMARY KEY,
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  invoice_id   TEXT NOT NULL REFERENCES invoices (id),
  kind         TEXT NOT NULL CHECK (kind IN ('void', 'uncollectible')),
  reason       TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
  asked_by     TEXT NOT NULL,
  asked_at     BIGINT NOT NULL,
  decided_by   TEXT NOT NULL,
  decided_at   BIGINT
);
CREATE UNIQUE INDEX invoice_requests_open ON invoice_requests (invoice_id) WHERE state = 'asked';
CREATE INDEX invoice_requests_by_vendor ON invoice_requests (vendor_id, id);
CREATE INDEX invoice_requests_by_hospital ON invoice_requests (hospital_id, id);

-- A disagreement on one line's amount after issue; the rest stays payable.
CREATE TABLE disputes (
  id              TEXT NOT NULL PRIMARY KEY,
  vendor_id       TEXT NOT NULL REFERENCES organisations (id),
  hospital_id     TEXT NOT NULL REFERENCES organisations (id),
  invoice_id      TEXT NOT NULL REFERENCES invoices (id),
  invoice_line_id TEXT NOT NULL REFERENCES invoice_lines (id),
  currency        TEXT NOT NULL,
  amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
  state           TEXT NOT NULL CHECK (state IN ('opened', 'vendor_answered', 'agreed', 'credited', 'withdrawn', 'escalated')),
  reason          TEXT NOT NULL,
  answer          TEXT NOT NULL,
  credit_note_id  TEXT REFERENCES credit_notes (id),
  opened_by       TEXT NOT NULL,
  opened_at       BIGINT NOT NULL,
  answer_due_at   BIGINT NOT NULL,
  changed_at      BIGINT NOT NULL,
  version         BIGINT NOT NULL
);
CREATE UNIQUE INDEX disputes_live ON disputes (invoice_line_id) WHERE state IN ('opened', 'vendor_answered', 'agreed', 'escalated');
CREATE INDEX disputes_by_vendor ON disputes (vendor_id, state, answer_due_at, id);
CREATE INDEX disputes_by_hospital ON disputes (hospital_id, state, answer_due_at, id);
CREATE INDEX disputes_by_invoice ON disputes (invoice_id, id);

-- Up to which amount a person approves; in an organisation without any row nobody is limited.
CREATE TABLE approval_limits (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id       TEXT NOT NULL REFERENCES people (id),
  currency        TEXT NOT NULL,
  limit_minor     BIGINT NOT NULL CHECK (limit_minor >= 0),
  set_by          TEXT NOT NULL,
  set_at          BIGINT NOT NULL,
  PRIMARY KEY (person_id, currency)
);
CREATE INDEX approval_limits_by_organisation ON approval_limits (organisation_id, person_id, currency);

CREATE TABLE approval_delegations (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  from_id         TEXT NOT NULL REFERENCES people (id),
  to_id           TEXT NOT NULL REFERENCES people (id),
  currency        TEXT NOT NULL,
  limit_minor     BIGINT NOT NULL CHECK (limit_minor > 0),
  valid_from      BIGINT NOT NULL,
  valid_to        BIGINT NOT NULL,
  reason          TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  ended_at        BIGINT,
  CHECK (from_id <> to_id),
  CHECK (valid_to > valid_from)
);
CREATE INDEX approval_delegations_by_organisation ON approval_delegations (organisation_id, id);
CREATE INDEX approval_delegations_to ON approval_delegations (to_id, currency);

-- Append-only: who approved which document or step, over which amount.
CREATE TABLE approvals (
  id            TEXT NOT NULL PRIMARY KEY,
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  invoice_id    TEXT NOT NULL REFERENCES invoices (id),
  deed          TEXT NOT NULL,
  currency      TEXT NOT NULL,
  amount_minor  BIGINT NOT NULL,
  person_id     TEXT NOT NULL,
  delegation_id TEXT NOT NULL,
  at            BIGINT NOT NULL
);
CREATE INDEX approvals_by_invoice ON approvals (invoice_id, at, id);

-- From which month an organisation's books are open. The zone is the calendar of its months.
CREATE TABLE books (
  organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
  time_zone       TEXT NOT NULL,
  open_from       TEXT NOT NULL,
  closed_through  TEXT NOT NULL
);

CREATE TABLE periods (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  month           TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('soft_closed', 'closed')),
  soft_closed_by  TEXT NOT NULL,
  soft_closed_at  BIGINT NOT NULL,
  closed_by       TEXT NOT NULL,
  closed_at       BIGINT,
  entries         BIGINT NOT NULL,
  sums            TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  PRIMARY KEY (organisation_id, month)
);

-- Append-only: what was used and not invoiced when a month closed.
CREATE TABLE accruals (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  month           TEXT NOT NULL,
  vendor_id       TEXT NOT NULL REFERENCES organisations (id),
  hospital_id     TEXT NOT NULL REFERENCES organisations (id),
  vendor_line_id  TEXT NOT NULL REFERENCES vendor_lines (id),
  usage_id        TEXT NOT NULL REFERENCES usages (id),
  currency        TEXT NOT NULL,
  net_minor       BIGINT NOT NULL,
  basis           TEXT NOT NULL CHECK (basis IN ('decision', 'last_known_price', 'no_price')),
  PRIMARY KEY (organisation_id, month, vendor_line_id)
);

CREATE INDEX journal_entries_vendor_period ON journal_entries (vendor_id, period, id) WHERE book = 'vendor';
CREATE INDEX journal_entries_hospital_period ON journal_entries (hospital_id, period, id) WHERE book = 'hospital';

-- Entries from before periods belong to their month in UTC.
ALTER TABLE journal_entries DISABLE TRIGGER journal_entries_no_update;
UPDATE journal_entries SET period = to_char(to_timestamp(effective_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM');
ALTER TABLE journal_entries ENABLE TRIGGER journal_entries_no_update;
-- +goose StatementBegin
CREATE TRIGGER credit_lines_no_update BEFORE UPDATE ON credit_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_lines_no_delete BEFORE DELETE ON credit_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_lines_no_truncate BEFORE TRUNCATE ON credit_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_renders_no_update BEFORE UPDATE ON credit_renders FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_renders_no_delete BEFORE DELETE ON credit_renders FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_renders_no_truncate BEFORE TRUNCATE ON credit_renders FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_no_truncate BEFORE TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accruals_no_update BEFORE UPDATE ON accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accruals_no_delete BEFORE DELETE ON accruals FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accruals_no_truncate BEFORE TRUNCATE ON accruals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd

-- An issued credit note never changes, and no credit note goes.
-- +goose StatementBegin
CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes FOR EACH ROW
WHEN (OLD.state = 'issued' AND (NEW.state <> OLD.state OR NEW.number <> OLD.number OR NEW.total_minor <> OLD.total_minor OR NEW.net_minor <> OLD.net_minor OR NEW.tax_minor <> OLD.tax_minor OR NEW.invoice_id <> OLD.invoice_id OR NEW.issued_on <> OLD.issued_on))
EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_notes_no_delete BEFORE DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd

-- A closed period is never opened again, and takes no entry and no posting.
-- +goose StatementBegin
CREATE TRIGGER periods_no_update BEFORE UPDATE ON periods FOR EACH ROW
WHEN (OLD.state = 'closed')
EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER periods_no_delete BEFORE DELETE ON periods FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER books_no_update BEFORE UPDATE ON books FOR EACH ROW
WHEN (NEW.closed_through < OLD.closed_through OR NEW.open_from < OLD.open_from OR NEW.open_from <= NEW.closed_through)
EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION refuse_closed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh e JOIN books b ON b.organisation_id = CASE e.book WHEN 'vendor' THEN e.vendor_id ELSE e.hospital_id END
    WHERE b.closed_through >= e.period) THEN
    RAISE EXCEPTION 'closed period: INSERT on journal_entries' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION refuse_closed_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh p JOIN journal_entries e ON e.id = p.entry_id
    JOIN books b ON b.organisation_id = CASE e.book WHEN 'vendor' THEN e.vendor_id ELSE e.hospital_id END
    WHERE b.closed_through >= e.period) THEN
    RAISE EXCEPTION 'closed period: INSERT on postings' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_entries_open_period AFTER INSERT ON journal_entries REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_entry();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_open_period AFTER INSERT ON postings REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_posting();
-- +goose StatementEnd

-- A serial that was billed and credited bills again for another usage only after a recorded return.
-- +goose StatementBegin
CREATE FUNCTION refuse_unreturned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.serial <> '' AND NOT NEW.rebillable AND EXISTS (SELECT 1 FROM invoice_lines o JOIN invoices i ON i.id = o.invoice_id
  WHERE o.vendor_id = NEW.vendor_id AND o.di = NEW.di AND o.serial = NEW.serial AND o.serial <> '' AND o.usage_id <> NEW.usage_id AND NOT o.live AND i.state <> 'void'
    AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.usage_id = o.usage_id)
    AND NOT EXISTS (SELECT 1 FROM movements m WHERE m.unit_id = o.unit_id AND m.kind = 'title_returned')) THEN
    RAISE EXCEPTION 'no return: INSERT on invoice_lines' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER invoice_lines_returned BEFORE INSERT ON invoice_lines FOR EACH ROW EXECUTE FUNCTION refuse_unreturned();
-- +goose StatementEnd
