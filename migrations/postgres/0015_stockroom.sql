-- +goose Up

CREATE INDEX products_provisional ON products (vendor_id, id) WHERE provisional;

-- What a vendor proposes to a hospital, until the hospital decides. The terms
-- are the JSON of the settings; a version is made of them once accepted. The
-- names stand here because neither side sees the other's row before they have
-- an agreement.
CREATE TABLE agreement_proposals (
  id            TEXT NOT NULL PRIMARY KEY,
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  vendor_name   TEXT NOT NULL,
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_name TEXT NOT NULL,
  agreement_id  TEXT REFERENCES agreements (id),
  number        TEXT NOT NULL,
  starts_on     TEXT NOT NULL,
  terms         TEXT NOT NULL,
  wording       TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'declined', 'withdrawn')),
  proposed_by   TEXT NOT NULL,
  proposed_at   BIGINT NOT NULL,
  decided_by    TEXT NOT NULL,
  decided_at    BIGINT,
  reason        TEXT NOT NULL
);
CREATE UNIQUE INDEX agreement_proposals_open ON agreement_proposals (vendor_id, number) WHERE state = 'proposed';
CREATE INDEX agreement_proposals_by_hospital ON agreement_proposals (hospital_id, id);
CREATE INDEX agreement_proposals_by_vendor ON agreement_proposals (vendor_id, id);

-- What a vendor says is coming, and to which site.
CREATE TABLE ship_notices (
  id           TEXT NOT NULL PRIMARY KEY,
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  site_id      TEXT NOT NULL REFERENCES sites (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  number       TEXT NOT NULL,
  due_on       TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  units        BIGINT NOT NULL,
  created_by   TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  closed_by    TEXT NOT NULL,
  closed_at    BIGINT,
  UNIQUE (vendor_id, number)
);
CREATE INDEX ship_notices_by_hospital ON ship_notices (hospital_id, id);
CREATE INDEX ship_notices_by_vendor ON ship_notices (vendor_id, id);

CREATE TABLE ship_notice_units (
  notice_id   TEXT NOT NULL REFERENCES ship_notices (id),
  unit_id     TEXT NOT NULL PRIMARY KEY REFERENCES units (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id)
);
CREATE INDEX ship_notice_units_by_notice ON ship_notice_units (notice_id);

-- Append-only: where a receipt differs from its notice.
CREATE TABLE receipt_differences (
  id          TEXT NOT NULL PRIMARY KEY,
  notice_id   TEXT NOT NULL REFERENCES ship_notices (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  kind        TEXT NOT NULL CHECK (kind IN ('short', 'not_announced')),
  unit_id     TEXT NOT NULL REFERENCES units (id),
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  UNIQUE (notice_id, unit_id, kind)
);

-- A demand about a product and its lot. Without a hospital it is the vendor's
-- and holds at every hospital; with one it is that hospital's own.
CREATE TABLE recalls (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT REFERENCES organisations (id),
  product_id  TEXT NOT NULL REFERENCES products (id),
  lot         TEXT NOT NULL,
  reason      TEXT NOT NULL,
  opened_by   TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  closed_by   TEXT NOT NULL,
  closed_at   BIGINT,
  closing     TEXT NOT NULL
);
CREATE INDEX recalls_by_product ON recalls (product_id, lot);
CREATE INDEX recalls_by_vendor ON recalls (vendor_id, id);

ALTER TABLE incidents ADD COLUMN closing TEXT NOT NULL DEFAULT '';

-- +goose StatementBegin
CREATE TRIGGER receipt_differences_no_update BEFORE UPDATE ON receipt_differences FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER receipt_differences_no_delete BEFORE DELETE ON receipt_differences FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER receipt_differences_no_truncate BEFORE TRUNCATE ON receipt_differences FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
