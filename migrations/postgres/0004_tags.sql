-- +goose Up

-- What a family of tags was programmed to do. Keys are in the vault, by key_ref.
CREATE TABLE tag_profiles (
  id            TEXT NOT NULL PRIMARY KEY,
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  name          TEXT NOT NULL,
  mode          TEXT NOT NULL CHECK (mode IN ('plain', 'aes', 'plain_lrp', 'lrp')),
  layout        TEXT NOT NULL,
  mac_from      TEXT NOT NULL,
  enc_length    BIGINT NOT NULL,
  tamper        BOOLEAN NOT NULL,
  tamper_offset BIGINT NOT NULL,
  lower_hex     BOOLEAN NOT NULL,
  url_template  TEXT NOT NULL,
  key_ref       TEXT NOT NULL,
  derivation    TEXT NOT NULL CHECK (derivation IN ('an10922', 'boltcard')),
  created_at    BIGINT NOT NULL
);

-- A tag is known by a keyed digest of its UID (or by its EPC): a stolen
-- database gives no UIDs. One live unit at most per tag.
CREATE TABLE tags (
  id             TEXT NOT NULL PRIMARY KEY,
  identity       TEXT NOT NULL UNIQUE,
  technology     TEXT NOT NULL CHECK (technology IN ('ntag424', 'uhf', 'nfc')),
  profile_id     TEXT REFERENCES tag_profiles (id),
  vendor_id      TEXT NOT NULL REFERENCES organisations (id),
  hospital_id    TEXT REFERENCES organisations (id),
  unit_id        TEXT REFERENCES units (id),
  epc            TEXT NOT NULL,
  epoch          BIGINT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('active', 'retired', 'quarantined')),
  tampered_at    BIGINT,
  bound_at       BIGINT,
  bound_by       TEXT NOT NULL,
  retired_at     BIGINT,
  created_at     BIGINT NOT NULL
);
CREATE INDEX tags_by_unit ON tags (unit_id);
CREATE UNIQUE INDEX tags_by_epc ON tags (epc) WHERE epc <> '';

-- NULL means: never tapped in this epoch (counter 0 is a legal value).
CREATE TABLE tag_counters (
  tag_id TEXT NOT NULL REFERENCES tags (id),
  epoch  BIGINT NOT NULL,
  last   BIGINT,
  PRIMARY KEY (tag_id, epoch)
);

-- Append-only: every check of a tag whose mirror could be read.
CREATE TABLE tap_events (
  id          TEXT NOT NULL PRIMARY KEY,
  tag_id      TEXT REFERENCES tags (id),
  profile_id  TEXT NOT NULL,
  unit_id     TEXT,
  hospital_id TEXT,
  vendor_id   TEXT NOT NULL,
  epoch       BIGINT NOT NULL,
  counter     BIGINT NOT NULL,
  verdict     TEXT NOT NULL CHECK (verdict IN ('genuine', 'chip_genuine', 'identified', 'refused')),
  reason      TEXT NOT NULL,
  tamper      TEXT NOT NULL,
  person_id   TEXT NOT NULL,
  source      TEXT NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX tap_events_by_tag ON tap_events (tag_id, at);
CREATE INDEX tap_events_by_unit ON tap_events (unit_id, at);
CREATE UNIQUE INDEX tap_events_accepted ON tap_events (tag_id, epoch, counter) WHERE verdict = 'genuine';

-- What somebody should look at: a suspected clone, a reused tag, a counter jump.
CREATE TABLE alerts (
  id              TEXT NOT NULL PRIMARY KEY,
  hospital_id     TEXT,
  vendor_id       TEXT,
  kind            TEXT NOT NULL,
  subject_kind    TEXT NOT NULL,
  subject_id      TEXT NOT NULL,
  sentence        TEXT NOT NULL,
  raised_at       BIGINT NOT NULL,
  acknowledged_by TEXT NOT NULL,
  acknowledged_at BIGINT
);
CREATE INDEX alerts_by_hospital ON alerts (hospital_id, id);
CREATE INDEX alerts_by_vendor ON alerts (vendor_id, id);

-- +goose StatementBegin
CREATE TRIGGER tap_events_no_update BEFORE UPDATE ON tap_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tap_events_no_delete BEFORE DELETE ON tap_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tap_events_no_truncate BEFORE TRUNCATE ON tap_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
