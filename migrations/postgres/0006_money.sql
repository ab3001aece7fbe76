-- +goose Up

-- Append-only: the price of a usage with its reasons, decided at the moment of use.
CREATE TABLE price_decisions (
  id                   TEXT NOT NULL PRIMARY KEY,
  usage_id             TEXT NOT NULL REFERENCES usages (id),
  revision             BIGINT NOT NULL,
  vendor_id            TEXT NOT NULL REFERENCES organisations (id),
  hospital_id          TEXT NOT NULL REFERENCES organisations (id),
  agreement_version_id TEXT NOT NULL REFERENCES agreement_versions (id),
  outcome              TEXT NOT NULL CHECK (outcome IN ('priced', 'unpriced')),
  currency             TEXT NOT NULL,
  unit_minor           BIGINT NOT NULL,
  net_minor            BIGINT NOT NULL,
  quantity             BIGINT NOT NULL,
  inputs               TEXT NOT NULL,
  inputs_sha256        TEXT NOT NULL,
  steps                TEXT NOT NULL,
  engine               TEXT NOT NULL,
  decided_at           BIGINT NOT NULL,
  UNIQUE (usage_id, revision)
);

CREATE TABLE invoices (
  id                TEXT NOT NULL PRIMARY KEY,
  vendor_id         TEXT NOT NULL REFERENCES organisations (id),
  hospital_id       TEXT NOT NULL REFERENCES organisations (id),
  currency          TEXT NOT NULL,
  state             TEXT NOT NULL CHECK (state IN ('collecting', 'frozen', 'approved', 'draft_remote', 'verified', 'numbered', 'open', 'sent', 'paid', 'void', 'uncollectible')),
  parked            BOOLEAN NOT NULL,
  parked_reason     TEXT NOT NULL,
  window_key        TEXT NOT NULL,
  window_start      BIGINT NOT NULL,
  window_end        BIGINT NOT NULL,
  part              BIGINT NOT NULL,
  number            TEXT NOT NULL,
  net_minor         BIGINT NOT NULL,
  tax_minor         BIGINT NOT NULL,
  total_minor       BIGINT NOT NULL,
  paid_minor        BIGINT NOT NULL,
  credited_minor    BIGINT NOT NULL,
  tax_category      TEXT NOT NULL,
  tax_rate_bp       BIGINT NOT NULL,
  payment_days      BIGINT NOT NULL,
  payment_reference TEXT NOT NULL,
  buyer_reference   TEXT NOT NULL,
  issued_on         TEXT NOT NULL,
  due_on            TEXT NOT NULL,
  provider          TEXT NOT NULL,
  sample            BOOLEAN NOT NULL,
  version           BIGINT NOT NULL,
  created_at        BIGINT NOT NULL,
  changed_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX invoices_collecting ON invoices (vendor_id, hospital_id, currency, window_key, part) WHERE state = 'collecting';
CREATE UNIQUE INDEX invoices_by_number ON invoices (vendor_id, number) WHERE number <> '';
CREATE INDEX invoices_by_vendor ON invoices (vendor_id, id);
CREATE INDEX invoices_by_hospital ON invoices (hospital_id, id);
CREATE INDEX invoices_by_state ON invoices (state, window_end);

-- What a usage is worth to its vendor, and where it stands on the way to an invoice.
CREATE TABLE vendor_lines (
  id             TEXT NOT NULL PRIMARY KEY,
  usage_id       TEXT NOT NULL REFERENCES usages (id),
  decision_id    TEXT NOT NULL REFERENCES price_decisions (id),
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  site_id        TEXT NOT NULL REFERENCES sites (id),
  case_id        TEXT NOT NULL REFERENCES cases (id),
  currency       TEXT NOT NULL,
  net_minor      BIGINT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('waiting', 'billable', 'unpriced', 'held', 'awaiting_po', 'collected', 'invoiced', 'cancelled', 'no_charge')),
  state_reason   TEXT NOT NULL,
  invoice_id     TEXT REFERENCES invoices (id),
  effective_at   BIGINT NOT NULL,
  billable_from  BIGINT NOT NULL,
  changed_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX vendor_lines_live ON vendor_lines (usage_id) WHERE state <> 'cancelled';
CREATE INDEX vendor_lines_by_state ON vendor_lines (state, billable_from);
CREATE INDEX vendor_lines_by_vendor ON vendor_lines (vendor_id, effective_at, id);
CREATE INDEX vendor_lines_by_hospital ON vendor_lines (hospital_id, effective_at, id);
CREATE INDEX vendor_lines_by_invoice ON vendor_lines (invoice_id);

CREATE TABLE invoice_lines (
  id             TEXT NOT NULL PRIMARY KEY,
  invoice_id     TEXT NOT NULL REFERENCES invoices (id),
  position       BIGINT NOT NULL,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  vendor_line_id TEXT NOT NULL REFERENCES vendor_lines (id),
  usage_id       TEXT NOT NULL REFERENCES usages (id),
  unit_id        TEXT NOT NULL REFERENCES units (id),
  di             TEXT NOT NULL,
  lot            TEXT NOT NULL,
  serial         TEXT NOT NULL,
  description    TEXT NOT NULL,
  case_pseudonym TEXT NOT NULL,
  service_date   TEXT NOT NULL,
  price_sentence TEXT NOT NULL,
  quantity       BIGINT NOT NULL,
  unit_minor     BIGINT NOT NULL,
  net_minor      BIGINT NOT NULL,
  tax_minor      BIGINT NOT NULL,
  tax_category   TEXT NOT NULL,
  tax_rate_bp    BIGINT NOT NULL,
  live           BOOLEAN NOT NULL,
  UNIQUE (invoice_id, position)
);
-- The hard stops: one live line per usage, and per seller a DI + serial is billed once.
CREATE UNIQUE INDEX invoice_lines_usage ON invoice_lines (usage_id) WHERE live;
CREATE UNIQUE INDEX invoice_lines_serial ON invoice_lines (vendor_id, di, serial) WHERE live AND serial <> '';

-- Gap-free numbers per legal seller; the row is locked by the transaction that numbers.
CREATE TABLE number_series (
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  document    TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  prefix      TEXT NOT NULL,
  next        BIGINT NOT NULL,
  PRIMARY KEY (vendor_id, document, fiscal_year, prefix)
);

-- Append-only: the very bytes of an issued document.
CREATE TABLE renders (
  id          TEXT NOT NULL PRIMARY KEY,
  invoice_id  TEXT NOT NULL REFERENCES invoices (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  format      TEXT NOT NULL,
  renderer    TEXT NOT NULL,
  bytes       BYTEA NOT NULL,
  sha256      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  UNIQUE (invoice_id, format)
);

-- Append-only: money received, or its reversal.
CREATE TABLE payments (
  id           TEXT NOT NULL PRIMARY KEY,
  invoice_id   TEXT NOT NULL REFERENCES invoices (id),
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  currency     TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
  received_on  TEXT NOT NULL,
  method       TEXT NOT NULL,
  reference    TEXT NOT NULL,
  reverses_id  TEXT UNIQUE REFERENCES payments (id),
  reason       TEXT NOT NULL,
  actor_id     TEXT NOT NULL,
  recorded_at  BIGINT NOT NULL
);
CREATE INDEX payments_by_invoice ON payments (invoice_id, recorded_at, id);

-- Double-entry journal, append-only; postings of an entry sum to zero per currency.
CREATE TABLE journal_entries (
  id           TEXT NOT NULL PRIMARY KEY,
  book         TEXT NOT NULL CHECK (book IN ('vendor', 'hospital')),
  idem_key     TEXT NOT NULL,
  idem_sha256  TEXT NOT NULL,
  kind         TEXT NOT NULL,
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  source_kind  TEXT NOT NULL,
  source_id    TEXT NOT NULL,
  reverses_id  TEXT UNIQUE REFERENCES journal_entries (id),
  actor_id     TEXT NOT NULL,
  effective_at BIGINT NOT NULL,
  posted_at    BIGINT NOT NULL,
  UNIQUE (book, idem_key)
);
CREATE INDEX journal_entries_by_source ON journal_entries (source_id);
CREATE INDEX journal_entries_by_vendor ON journal_entries (vendor_id, id);
CREATE INDEX journal_entries_by_hospital ON journal_entries (hospital_id, id);

CREATE TABLE postings (
  entry_id     TEXT NOT NULL REFERENCES journal_entries (id),
  position     BIGINT NOT NULL,
  account      TEXT NOT NULL,
  currency     TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  PRIMARY KEY (entry_id, position)
);

-- Append-only: what was exported, so that the same export gives the same bytes.
CREATE TABLE export_runs (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  actor_id        TEXT NOT NULL,
  format          TEXT NOT NULL,
  filter          TEXT NOT NULL,
  as_of           BIGINT NOT NULL,
  name            TEXT NOT NULL,
  bytes           BYTEA NOT NULL,
  sha256          TEXT NOT NULL,
  created_at      BIGINT NOT NULL
);
CREATE INDEX export_runs_by_organisation ON export_runs (organisation_id, id);

-- +goose StatementBegin
CREATE TRIGGER price_decisions_no_update BEFORE UPDATE ON price_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER price_decisions_no_delete BEFORE DELETE ON price_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER price_decisions_no_truncate BEFORE TRUNCATE ON price_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER renders_no_update BEFORE UPDATE ON renders FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER renders_no_delete BEFORE DELETE ON renders FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER renders_no_truncate BEFORE TRUNCATE ON renders FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payments_no_truncate BEFORE TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_entries_no_truncate BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER export_runs_no_update BEFORE UPDATE ON export_runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER export_runs_no_delete BEFORE DELETE ON export_runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER export_runs_no_truncate BEFORE TRUNCATE ON export_runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
