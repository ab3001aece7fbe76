-- +goose Up

-- Append-only: that a side stands by a usage, or contests it, before it is
-- invoiced. The latest of each side counts.
CREATE TABLE sheet_marks (
  id             TEXT NOT NULL PRIMARY KEY,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  vendor_line_id TEXT NOT NULL REFERENCES vendor_lines (id),
  side           TEXT NOT NULL CHECK (side IN ('hospital', 'vendor')),
  mark           TEXT NOT NULL CHECK (mark IN ('confirmed', 'contested')),
  reason         TEXT NOT NULL,
  person_id      TEXT NOT NULL,
  at             BIGINT NOT NULL
);
CREATE INDEX sheet_marks_by_line ON sheet_marks (vendor_line_id, side, id);

-- Where an organisation's money goes: one person proposes, another decides.
CREATE TABLE bank_changes (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  bank_account    TEXT NOT NULL,
  former_account  TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'refused')),
  proposed_by     TEXT NOT NULL,
  proposed_at     BIGINT NOT NULL,
  decided_by      TEXT NOT NULL,
  decided_at      BIGINT
);
CREATE UNIQUE INDEX bank_changes_open ON bank_changes (organisation_id) WHERE state = 'proposed';
CREATE INDEX bank_changes_by_organisation ON bank_changes (organisation_id, id);

-- The calendar of a vendor's own months; empty: UTC.
ALTER TABLE organisations ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';

-- +goose StatementBegin
CREATE TRIGGER sheet_marks_no_update BEFORE UPDATE ON sheet_marks FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_marks_no_delete BEFORE DELETE ON sheet_marks FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_marks_no_truncate BEFORE TRUNCATE ON sheet_marks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd

-- What was decided stays, and what was proposed is not changed under way.
-- +goose StatementBegin
CREATE TRIGGER bank_changes_no_update BEFORE UPDATE ON bank_changes FOR EACH ROW
WHEN (OLD.state <> 'proposed' OR NEW.bank_account <> OLD.bank_account OR NEW.organisation_id <> OLD.organisation_id OR NEW.proposed_by <> OLD.proposed_by)
EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bank_changes_no_delete BEFORE DELETE ON bank_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
