-- +goose Up

-- What a retroactive tier owes for each usage of its window, and the credit
-- note that gave it back. Lapsed: the line was undone or credited otherwise.
CREATE TABLE true_up_shares (
  id             TEXT NOT NULL PRIMARY KEY,
  true_up_id     TEXT NOT NULL REFERENCES true_ups (id),
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  vendor_line_id TEXT NOT NULL REFERENCES vendor_lines (id),
  currency       TEXT NOT NULL,
  net_minor      BIGINT NOT NULL CHECK (net_minor > 0),
  state          TEXT NOT NULL CHECK (state IN ('open', 'credited', 'lapsed')),
  credit_note_id TEXT REFERENCES credit_notes (id),
  UNIQUE (true_up_id, vendor_line_id)
);
CREATE INDEX true_up_shares_by_line ON true_up_shares (vendor_line_id);

-- A share is settled once, and its amount never changes.
-- +goose StatementBegin
CREATE TRIGGER true_up_shares_no_update BEFORE UPDATE ON true_up_shares FOR EACH ROW
WHEN (OLD.state <> 'open' OR NEW.net_minor <> OLD.net_minor OR NEW.vendor_line_id <> OLD.vendor_line_id OR NEW.currency <> OLD.currency)
EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER true_up_shares_no_delete BEFORE DELETE ON true_up_shares FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
