-- +goose Up

CREATE TABLE products (
  id             TEXT NOT NULL PRIMARY KEY,
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  di             TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL,
  maker          TEXT NOT NULL,
  family         TEXT NOT NULL,
  size           TEXT NOT NULL,
  catalogue_no   TEXT NOT NULL,
  sterile        BOOLEAN NOT NULL,
  implantable    BOOLEAN NOT NULL,
  single_use     BOOLEAN NOT NULL,
  needs_lot      BOOLEAN NOT NULL,
  needs_serial   BOOLEAN NOT NULL,
  needs_expiry   BOOLEAN NOT NULL,
  provisional    BOOLEAN NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE INDEX products_by_vendor ON products (vendor_id, name, id);

-- One DI per package level; quantity counts units of use.
CREATE TABLE product_levels (
  di         TEXT NOT NULL PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products (id),
  vendor_id  TEXT NOT NULL REFERENCES organisations (id),
  level      TEXT NOT NULL CHECK (level IN ('each', 'pack', 'case')),
  quantity   BIGINT NOT NULL CHECK (quantity > 0)
);

CREATE TABLE list_prices (
  id           TEXT NOT NULL PRIMARY KEY,
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  product_id   TEXT NOT NULL REFERENCES products (id),
  currency     TEXT NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  valid_from   BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  UNIQUE (product_id, currency, valid_from)
);

CREATE TABLE agreements (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  number      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  UNIQUE (vendor_id, number)
);
CREATE INDEX agreements_by_hospital ON agreements (hospital_id, vendor_id);

-- A version never changes; valid_from/valid_to are half-open.
CREATE TABLE agreement_versions (
  id              TEXT NOT NULL PRIMARY KEY,
  agreement_id    TEXT NOT NULL REFERENCES agreements (id),
  vendor_id       TEXT NOT NULL REFERENCES organisations (id),
  hospital_id     TEXT NOT NULL REFERENCES organisations (id),
  version         BIGINT NOT NULL,
  valid_from      BIGINT NOT NULL,
  valid_to        BIGINT,
  title_event     TEXT NOT NULL CHECK (title_event IN ('removed', 'opened', 'used', 'implanted', 'counted_missing')),
  waste_payer     TEXT NOT NULL CHECK (waste_payer IN ('vendor', 'hospital')),
  removed_minutes BIGINT NOT NULL,
  undo_minutes    BIGINT NOT NULL,
  sheet_rule      TEXT NOT NULL CHECK (sheet_rule IN ('none', 'clinical', 'both')),
  po_rule         TEXT NOT NULL CHECK (po_rule IN ('none', 'buyer_reference', 'per_sheet', 'blanket')),
  consolidation   TEXT NOT NULL CHECK (consolidation IN ('case', 'day', 'week', 'month')),
  issue_mode      TEXT NOT NULL CHECK (issue_mode IN ('auto', 'vendor_approves')),
  currency        TEXT NOT NULL,
  discount_bp     BIGINT NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
  payment_days    BIGINT NOT NULL CHECK (payment_days >= 0),
  trunk_allowed   BOOLEAN NOT NULL,
  tax_category    TEXT NOT NULL,
  tax_rate_bp     BIGINT NOT NULL CHECK (tax_rate_bp BETWEEN 0 AND 10000),
  terms           TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  UNIQUE (agreement_id, version)
);
CREATE INDEX agreement_versions_in_force ON agreement_versions (hospital_id, vendor_id, valid_from);
