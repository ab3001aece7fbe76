-- +goose Up

-- A unit is one physical thing and is its own stock row: the key of the stock
-- (hospital … state) stands in its columns. vendor_id is the seller for ever,
-- owner_id who holds title now.
CREATE TABLE units (
  id             TEXT NOT NULL PRIMARY KEY,
  hospital_id    TEXT NOT NULL REFERENCES organisations (id),
  site_id        TEXT NOT NULL REFERENCES sites (id),
  place_id       TEXT NOT NULL REFERENCES places (id),
  owner_id       TEXT NOT NULL REFERENCES organisations (id),
  possessor_id   TEXT NOT NULL REFERENCES organisations (id),
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  agreement_id   TEXT NOT NULL REFERENCES agreements (id),
  product_id     TEXT NOT NULL REFERENCES products (id),
  di             TEXT NOT NULL,
  lot            TEXT NOT NULL,
  serial         TEXT NOT NULL,
  expiry         TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('expected', 'available', 'removed', 'opened', 'used', 'wasted', 'missing', 'outbound', 'closed')),
  quantity_total BIGINT NOT NULL CHECK (quantity_total > 0),
  quantity_left  BIGINT NOT NULL CHECK (quantity_left >= 0),
  version        BIGINT NOT NULL,
  created_at     BIGINT NOT NULL,
  changed_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX units_by_serial ON units (di, serial) WHERE serial <> '';
CREATE INDEX units_by_hospital ON units (hospital_id, state, expiry, id);
CREATE INDEX units_by_vendor ON units (vendor_id, state, expiry, id);
CREATE INDEX units_by_vendor_id ON units (vendor_id, id);
CREATE INDEX units_by_hospital_id ON units (hospital_id, id);
CREATE INDEX units_by_place ON units (place_id, state, product_id, expiry, id);
CREATE INDEX units_by_product ON units (product_id, state, expiry, id);
CREATE INDEX units_by_lot ON units (di, lot);

-- Loose quantity of one product and lot: one row per full stock key.
CREATE TABLE holdings (
  id           TEXT NOT NULL PRIMARY KEY,
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  site_id      TEXT NOT NULL REFERENCES sites (id),
  place_id     TEXT NOT NULL REFERENCES places (id),
  owner_id     TEXT NOT NULL REFERENCES organisations (id),
  possessor_id TEXT NOT NULL REFERENCES organisations (id),
  vendor_id    TEXT NOT NULL REFERENCES organisations (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  product_id   TEXT NOT NULL REFERENCES products (id),
  di           TEXT NOT NULL,
  lot          TEXT NOT NULL,
  expiry       TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('expected', 'available', 'removed', 'opened', 'used', 'wasted', 'missing', 'outbound', 'closed')),
  quantity     BIGINT NOT NULL CHECK (quantity >= 0),
  UNIQUE (place_id, owner_id, possessor_id, agreement_id, product_id, di, lot, expiry, state)
);
CREATE INDEX holdings_by_hospital ON holdings (hospital_id, id);
CREATE INDEX holdings_by_vendor ON holdings (vendor_id, id);

-- Append-only: every change of place, possessor, owner, state or quantity.
-- A first movement has empty from_ columns. hospital_id, site_id and vendor_id
-- are the tenancy of the row (for a transfer: of the giver).
CREATE TABLE movements (
  id                   TEXT NOT NULL PRIMARY KEY,
  hospital_id          TEXT NOT NULL REFERENCES organisations (id),
  site_id              TEXT NOT NULL REFERENCES sites (id),
  vendor_id            TEXT NOT NULL REFERENCES organisations (id),
  kind                 TEXT NOT NULL,
  unit_id              TEXT REFERENCES units (id),
  product_id           TEXT NOT NULL REFERENCES products (id),
  di                   TEXT NOT NULL,
  lot                  TEXT NOT NULL,
  serial               TEXT NOT NULL,
  expiry               TEXT NOT NULL,
  quantity             BIGINT NOT NULL CHECK (quantity > 0),
  from_hospital_id     TEXT NOT NULL,
  from_site_id         TEXT NOT NULL,
  from_place_id        TEXT NOT NULL,
  from_owner_id        TEXT NOT NULL,
  from_possessor_id    TEXT NOT NULL,
  from_agreement_id    TEXT NOT NULL,
  from_state           TEXT NOT NULL,
  to_hospital_id       TEXT NOT NULL,
  to_site_id           TEXT NOT NULL,
  to_place_id          TEXT NOT NULL CHECK (to_place_id <> ''),
  to_owner_id          TEXT NOT NULL CHECK (to_owner_id <> ''),
  to_possessor_id      TEXT NOT NULL CHECK (to_possessor_id <> ''),
  to_agreement_id      TEXT NOT NULL,
  to_state             TEXT NOT NULL,
  agreement_version_id TEXT NOT NULL,
  reason               TEXT NOT NULL,
  actor_id             TEXT NOT NULL,
  second_actor_id      TEXT NOT NULL,
  device               TEXT NOT NULL,
  evidence_id          TEXT NOT NULL,
  case_id              TEXT NOT NULL,
  reverses_id          TEXT UNIQUE REFERENCES movements (id),
  idem_key             TEXT NOT NULL,
  fact_at              BIGINT NOT NULL,
  recorded_at          BIGINT NOT NULL
);
CREATE INDEX movements_by_unit ON movements (unit_id, recorded_at, id);
CREATE INDEX movements_by_hospital ON movements (hospital_id, id);
CREATE INDEX movements_by_vendor ON movements (vendor_id, id);
CREATE UNIQUE INDEX movements_once ON movements (idem_key) WHERE idem_key <> '';

-- A reason a unit may not be used (stop) or needs a look (warn).
CREATE TABLE holds (
  id          TEXT NOT NULL PRIMARY KEY,
  unit_id     TEXT NOT NULL REFERENCES units (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  kind        TEXT NOT NULL CHECK (kind IN ('recall', 'expired', 'temperature', 'authenticity', 'damaged', 'identity', 'receiving', 'count', 'maintenance')),
  level       TEXT NOT NULL CHECK (level IN ('stop', 'warn')),
  reason      TEXT NOT NULL,
  set_by      TEXT NOT NULL,
  set_at      BIGINT NOT NULL,
  released_by TEXT NOT NULL,
  released_at BIGINT
);
CREATE INDEX holds_by_unit ON holds (unit_id);
CREATE UNIQUE INDEX holds_live ON holds (unit_id, kind) WHERE released_at IS NULL;

-- Maintained totals, changed in the transaction of the fact they count.
CREATE TABLE totals (
  organisation_id TEXT NOT NULL,
  name            TEXT NOT NULL,
  value           BIGINT NOT NULL,
  PRIMARY KEY (organisation_id, name)
);

-- +goose StatementBegin
CREATE TRIGGER movements_no_update BEFORE UPDATE ON movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER movements_no_truncate BEFORE TRUNCATE ON movements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
