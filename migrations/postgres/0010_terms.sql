-- +goose Up

-- How widely an agreement holds: a site's rules before the hospital's before a
-- buying group's.
ALTER TABLE agreements ADD COLUMN scope TEXT NOT NULL DEFAULT 'hospital' CHECK (scope IN ('site', 'hospital', 'group'));
ALTER TABLE agreements ADD COLUMN site_id TEXT REFERENCES sites (id);
ALTER TABLE agreements ADD COLUMN buying_group TEXT NOT NULL DEFAULT '';

-- Tiers, caps, shares of waste, tolerance, calendar: JSON, empty for none.
ALTER TABLE agreement_versions ADD COLUMN pricing TEXT NOT NULL DEFAULT '';
ALTER TABLE agreement_versions ADD COLUMN published_by TEXT NOT NULL DEFAULT '';

-- Append-only: the prices of an agreement version. subject is a product's id or
-- the name of a family.
CREATE TABLE agreement_prices (
  id                   TEXT NOT NULL PRIMARY KEY,
  agreement_version_id TEXT NOT NULL REFERENCES agreement_versions (id),
  vendor_id            TEXT NOT NULL REFERENCES organisations (id),
  hospital_id          TEXT NOT NULL REFERENCES organisations (id),
  kind                 TEXT NOT NULL CHECK (kind IN ('item', 'family', 'substitution')),
  subject              TEXT NOT NULL,
  replaces_id          TEXT NOT NULL,
  fixed                BOOLEAN NOT NULL,
  price_value          BIGINT NOT NULL CHECK (price_value >= 0),
  price_scale          BIGINT NOT NULL CHECK (price_scale BETWEEN 0 AND 6),
  per_quantity         BIGINT NOT NULL CHECK (per_quantity > 0),
  discount_bp          BIGINT NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
  UNIQUE (agreement_version_id, kind, subject)
);

-- Where the next usage stands in the window of a tier. A position is given once
-- and never taken back.
CREATE TABLE tier_counters (
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  tier         TEXT NOT NULL,
  window_key   TEXT NOT NULL,
  scope_key    TEXT NOT NULL,
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT REFERENCES organisations (id),
  quantity     BIGINT NOT NULL,
  spend_minor  BIGINT NOT NULL,
  PRIMARY KEY (agreement_id, tier, window_key, scope_key)
);

-- Append-only: what a retroactive tier owes at the end of its window.
CREATE TABLE true_ups (
  id           TEXT NOT NULL PRIMARY KEY,
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  tier         TEXT NOT NULL,
  window_key   TEXT NOT NULL,
  scope_key    TEXT NOT NULL,
  currency     TEXT NOT NULL,
  usages       BIGINT NOT NULL,
  reached      BIGINT NOT NULL,
  discount_bp  BIGINT NOT NULL,
  paid_minor   BIGINT NOT NULL,
  due_minor    BIGINT NOT NULL,
  credit_minor BIGINT NOT NULL,
  computed_at  BIGINT NOT NULL,
  UNIQUE (agreement_id, tier, window_key, scope_key)
);

ALTER TABLE vendor_lines ADD COLUMN cap_pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE vendor_lines ADD COLUMN po_state TEXT NOT NULL DEFAULT 'not_needed' CHECK (po_state IN ('not_needed', 'awaiting', 'requested', 'attached', 'mismatch', 'confirmed'));
ALTER TABLE vendor_lines ADD COLUMN po_number TEXT NOT NULL DEFAULT '';
ALTER TABLE vendor_lines ADD COLUMN po_changed_at BIGINT;
ALTER TABLE vendor_lines ADD COLUMN held_until BIGINT;
CREATE INDEX vendor_lines_cap ON vendor_lines (case_id) WHERE cap_pending;
CREATE INDEX vendor_lines_held ON vendor_lines (held_until) WHERE held_until IS NOT NULL;

-- A hospital's orders to a vendor: one delivery or a blanket that is used up.
-- Zero of quantity or amount means: not bounded by it.
CREATE TABLE purchase_orders (
  id            TEXT NOT NULL PRIMARY KEY,
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  number        TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('order', 'blanket', 'buyer_reference')),
  currency      TEXT NOT NULL,
  amount_minor  BIGINT NOT NULL CHECK (amount_minor >= 0),
  quantity      BIGINT NOT NULL CHECK (quantity >= 0),
  used_minor    BIGINT NOT NULL,
  used_quantity BIGINT NOT NULL,
  valid_from    TEXT NOT NULL,
  valid_to      TEXT NOT NULL,
  closed        BOOLEAN NOT NULL,
  created_by    TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  UNIQUE (hospital_id, vendor_id, number)
);
CREATE INDEX purchase_orders_by_vendor ON purchase_orders (vendor_id, id);
CREATE INDEX purchase_orders_by_hospital ON purchase_orders (hospital_id, id);

-- What an order says about an item, for the three-way check.
CREATE TABLE po_lines (
  po_id       TEXT NOT NULL REFERENCES purchase_orders (id),
  position    BIGINT NOT NULL,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  di          TEXT NOT NULL,
  quantity    BIGINT NOT NULL CHECK (quantity > 0),
  unit_minor  BIGINT NOT NULL CHECK (unit_minor >= 0),
  PRIMARY KEY (po_id, position)
);

-- Which order pays for which line, in parts where it is split.
CREATE TABLE po_attachments (
  id             TEXT NOT NULL PRIMARY KEY,
  vendor_line_id TEXT NOT NULL REFERENCES vendor_lines (id),
  po_id          TEXT NOT NULL REFERENCES purchase_orders (id),
  po_position    BIGINT NOT NULL,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  quantity       BIGINT NOT NULL,
  net_minor      BIGINT NOT NULL,
  live           BOOLEAN NOT NULL,
  attached_by    TEXT NOT NULL,
  attached_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX po_attachments_live ON po_attachments (vendor_line_id, po_id, po_position) WHERE live;
CREATE INDEX po_attachments_by_order ON po_attachments (po_id, id);

-- Invoices that a vendor sent by itself, to be held against what was used.
CREATE TABLE claims (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  number      TEXT NOT NULL,
  number_key  TEXT NOT NULL,
  currency    TEXT NOT NULL,
  issued_on   TEXT NOT NULL,
  net_minor   BIGINT NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  UNIQUE (vendor_id, hospital_id, number_key)
);
CREATE INDEX claims_by_vendor ON claims (vendor_id, id);
CREATE INDEX claims_by_hospital ON claims (hospital_id, id);

CREATE TABLE claim_lines (
  id             TEXT NOT NULL PRIMARY KEY,
  claim_id       TEXT NOT NULL REFERENCES claims (id),
  position       BIGINT NOT NULL,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  di             TEXT NOT NULL,
  lot            TEXT NOT NULL,
  serial         TEXT NOT NULL,
  po_number      TEXT NOT NULL,
  quantity       BIGINT NOT NULL,
  unit_minor     BIGINT NOT NULL,
  net_minor      BIGINT NOT NULL,
  tax_rate_bp    BIGINT NOT NULL,
  vendor_line_id TEXT REFERENCES vendor_lines (id),
  outcome        TEXT NOT NULL CHECK (outcome IN ('matched', 'within_tolerance', 'mismatch', 'missing_usage', 'missing_po', 'missing_invoice')),
  codes          TEXT NOT NULL,
  sentence       TEXT NOT NULL,
  variance_minor BIGINT NOT NULL,
  checked_at     BIGINT NOT NULL,
  UNIQUE (claim_id, position)
);
CREATE UNIQUE INDEX claim_lines_serial ON claim_lines (vendor_id, di, serial) WHERE serial <> '';
CREATE UNIQUE INDEX claim_lines_usage ON claim_lines (vendor_line_id) WHERE vendor_line_id IS NOT NULL;
CREATE INDEX claim_lines_by_outcome ON claim_lines (hospital_id, outcome, id);

ALTER TABLE invoices ADD COLUMN order_reference TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN po_number TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN tax_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN certificate_id TEXT NOT NULL DEFAULT '';

-- Papers that free a hospital from tax; half-open days of validity.
CREATE TABLE tax_certificates (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  number      TEXT NOT NULL,
  category    TEXT NOT NULL CHECK (category IN ('E', 'Z', 'AE', 'O', 'K', 'G')),
  reason      TEXT NOT NULL,
  valid_from  TEXT NOT NULL,
  valid_to    TEXT NOT NULL,
  added_by    TEXT NOT NULL,
  added_at    BIGINT NOT NULL,
  UNIQUE (vendor_id, hospital_id, number)
);

-- The hospital's own charge for a usage; no vendor ever sees it.
CREATE TABLE charge_codes (
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  product_id  TEXT NOT NULL REFERENCES products (id),
  code        TEXT NOT NULL,
  changed_at  BIGINT NOT NULL,
  PRIMARY KEY (hospital_id, product_id)
);
CREATE TABLE charge_lines (
  id           TEXT NOT NULL PRIMARY KEY,
  usage_id     TEXT NOT NULL UNIQUE REFERENCES usages (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  site_id      TEXT NOT NULL REFERENCES sites (id),
  case_id      TEXT NOT NULL REFERENCES cases (id),
  code         TEXT NOT NULL,
  quantity     BIGINT NOT NULL,
  effective_at BIGINT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'accepted', 'rejected', 'not_chargeable')),
  reason       TEXT NOT NULL,
  changed_at   BIGINT NOT NULL
);
CREATE INDEX charge_lines_by_hospital ON charge_lines (hospital_id, state, id);

-- Usages that a back-dated version would price otherwise. Nothing changes
-- before a person accepts.
CREATE TABLE reprice_proposals (
  id                   TEXT NOT NULL PRIMARY KEY,
  usage_id             TEXT NOT NULL REFERENCES usages (id),
  vendor_line_id       TEXT NOT NULL REFERENCES vendor_lines (id),
  agreement_version_id TEXT NOT NULL REFERENCES agreement_versions (id),
  vendor_id            TEXT NOT NULL REFERENCES organisations (id),
  hospital_id          TEXT NOT NULL REFERENCES organisations (id),
  currency             TEXT NOT NULL,
  old_minor            BIGINT NOT NULL,
  new_minor            BIGINT NOT NULL,
  sentence             TEXT NOT NULL,
  state                TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'credit_due')),
  decided_by           TEXT NOT NULL,
  created_at           BIGINT NOT NULL,
  changed_at           BIGINT NOT NULL,
  UNIQUE (usage_id, agreement_version_id)
);
CREATE INDEX reprice_proposals_open ON reprice_proposals (vendor_id, id) WHERE state = 'open';

-- +goose StatementBegin
CREATE TRIGGER agreement_prices_no_update BEFORE UPDATE ON agreement_prices FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER agreement_prices_no_delete BEFORE DELETE ON agreement_prices FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER agreement_prices_no_truncate BEFORE TRUNCATE ON agreement_prices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER true_ups_no_update BEFORE UPDATE ON true_ups FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER true_ups_no_delete BEFORE DELETE ON true_ups FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER true_ups_no_truncate BEFORE TRUNCATE ON true_ups FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
