-- +goose Up

-- One procedure, under a random pseudonym. No patient stands here or near.
CREATE TABLE cases (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  place_id    TEXT NOT NULL REFERENCES places (id),
  pseudonym   TEXT NOT NULL UNIQUE,
  state       TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  opened_by   TEXT NOT NULL REFERENCES people (id),
  opened_at   BIGINT NOT NULL,
  closed_by   TEXT NOT NULL,
  closed_at   BIGINT
);
CREATE INDEX cases_by_hospital ON cases (hospital_id, state, opened_at, id);

-- The case each person has open now; a tap in any tab lands in it.
CREATE TABLE person_cases (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
  case_id   TEXT NOT NULL REFERENCES cases (id)
);

-- What was scanned into a case and waits for Confirm, or was confirmed or put aside.
CREATE TABLE case_scans (
  id           TEXT NOT NULL PRIMARY KEY,
  case_id      TEXT NOT NULL REFERENCES cases (id),
  hospital_id  TEXT NOT NULL REFERENCES organisations (id),
  unit_id      TEXT NOT NULL REFERENCES units (id),
  person_id    TEXT NOT NULL REFERENCES people (id),
  source       TEXT NOT NULL,
  verdict      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  tap_event_id TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'dropped')),
  scanned_at   BIGINT NOT NULL
);
CREATE INDEX case_scans_by_case ON case_scans (case_id, scanned_at, id);
CREATE UNIQUE INDEX case_scans_waiting ON case_scans (case_id, unit_id) WHERE state = 'waiting';

-- Append-only: one unit (or part of a pack) consumed or wasted. A usage is live
-- while no correction names it.
CREATE TABLE usages (
  id                   TEXT NOT NULL PRIMARY KEY,
  hospital_id          TEXT NOT NULL REFERENCES organisations (id),
  site_id              TEXT NOT NULL REFERENCES sites (id),
  place_id             TEXT NOT NULL REFERENCES places (id),
  vendor_id            TEXT NOT NULL REFERENCES organisations (id),
  agreement_version_id TEXT NOT NULL REFERENCES agreement_versions (id),
  unit_id              TEXT NOT NULL REFERENCES units (id),
  product_id           TEXT NOT NULL REFERENCES products (id),
  case_id              TEXT NOT NULL REFERENCES cases (id),
  outcome              TEXT NOT NULL CHECK (outcome IN ('used', 'wasted')),
  quantity             BIGINT NOT NULL CHECK (quantity > 0),
  reason               TEXT NOT NULL,
  verdict              TEXT NOT NULL,
  verdict_reason       TEXT NOT NULL,
  tap_event_id         TEXT NOT NULL,
  override_reason      TEXT NOT NULL,
  override_by          TEXT NOT NULL,
  incomplete           TEXT NOT NULL,
  actor_id             TEXT NOT NULL REFERENCES people (id),
  movement_id          TEXT NOT NULL REFERENCES movements (id),
  replaces_id          TEXT UNIQUE REFERENCES usages (id),
  fact_at              BIGINT NOT NULL,
  recorded_at          BIGINT NOT NULL,
  undo_until           BIGINT NOT NULL
);
CREATE INDEX usages_by_case ON usages (case_id, recorded_at, id);
CREATE INDEX usages_by_hospital ON usages (hospital_id, recorded_at, id);
CREATE INDEX usages_by_vendor ON usages (vendor_id, recorded_at, id);
CREATE INDEX usages_by_unit ON usages (unit_id, recorded_at);

-- Append-only: at most one correction per usage, so two people cannot both undo it.
CREATE TABLE usage_corrections (
  id          TEXT NOT NULL PRIMARY KEY,
  usage_id    TEXT NOT NULL UNIQUE REFERENCES usages (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  kind        TEXT NOT NULL CHECK (kind IN ('undone', 'moved', 'reversed')),
  reason      TEXT NOT NULL,
  actor_id    TEXT NOT NULL REFERENCES people (id),
  recorded_at BIGINT NOT NULL
);

-- A stopped unit that was used all the same, or another event to look into.
CREATE TABLE incidents (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  usage_id    TEXT REFERENCES usages (id),
  unit_id     TEXT NOT NULL REFERENCES units (id),
  kind        TEXT NOT NULL,
  sentence    TEXT NOT NULL,
  opened_by   TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  closed_by   TEXT NOT NULL,
  closed_at   BIGINT
);
CREATE INDEX incidents_by_hospital ON incidents (hospital_id, opened_at, id);

-- What a vendor is told once the undo time is over; holds no patient and no free text.
CREATE TABLE vendor_notices (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  usage_id    TEXT NOT NULL UNIQUE REFERENCES usages (id),
  at          BIGINT NOT NULL
);
CREATE INDEX vendor_notices_by_vendor ON vendor_notices (vendor_id, at, id);

-- +goose StatementBegin
CREATE TRIGGER usages_no_update BEFORE UPDATE ON usages FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER usages_no_delete BEFORE DELETE ON usages FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER usages_no_truncate BEFORE TRUNCATE ON usages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER usage_corrections_no_update BEFORE UPDATE ON usage_corrections FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER usage_corrections_no_delete BEFORE DELETE ON usage_corrections FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER usage_corrections_no_truncate BEFORE TRUNCATE ON usage_corrections FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
