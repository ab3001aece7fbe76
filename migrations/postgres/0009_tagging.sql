-- +goose Up

-- The key epochs of a profile. A profile without a row is in epoch 1, open. An
-- epoch that is closed proves nothing any more; it is never opened again.
CREATE TABLE tag_epochs (
  profile_id TEXT NOT NULL REFERENCES tag_profiles (id),
  epoch      BIGINT NOT NULL CHECK (epoch BETWEEN 1 AND 255),
  vendor_id  TEXT NOT NULL REFERENCES organisations (id),
  opened_at  BIGINT NOT NULL,
  opened_by  TEXT NOT NULL,
  closed_at  BIGINT,
  closed_by  TEXT NOT NULL,
  PRIMARY KEY (profile_id, epoch)
);

-- A run writes tags of one profile, one for each of its places. hospital_id is
-- set when a hospital's store room runs it.
CREATE TABLE tag_runs (
  id          TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT REFERENCES organisations (id),
  profile_id  TEXT NOT NULL REFERENCES tag_profiles (id),
  name        TEXT NOT NULL,
  size        BIGINT NOT NULL CHECK (size > 0),
  created_at  BIGINT NOT NULL,
  created_by  TEXT NOT NULL
);
CREATE INDEX tag_runs_by_vendor ON tag_runs (vendor_id, id);
CREATE INDEX tag_runs_by_hospital ON tag_runs (hospital_id, id);

-- One place in a run: what the tag will stand for, and how far it has come. The
-- unit may be unknown here yet; then the label is what will find it. identity
-- names the chip once keys were made for it.
CREATE TABLE tag_jobs (
  id          TEXT NOT NULL PRIMARY KEY,
  run_id      TEXT NOT NULL REFERENCES tag_runs (id),
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT REFERENCES organisations (id),
  ordinal    BIGINT NOT NULL,
  unit_id     TEXT REFERENCES units (id),
  di          TEXT NOT NULL,
  lot         TEXT NOT NULL,
  serial      TEXT NOT NULL,
  expiry      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('planned', 'keys_stored', 'writing', 'written', 'verified', 'bound', 'interrupted', 'failed', 'dropped')),
  reason      TEXT NOT NULL,
  identity    TEXT NOT NULL,
  epoch       BIGINT NOT NULL,
  old_epoch   BIGINT NOT NULL,
  tag_id      TEXT REFERENCES tags (id),
  station     TEXT NOT NULL,
  lease_until BIGINT,
  updated_at  BIGINT NOT NULL,
  updated_by  TEXT NOT NULL,
  UNIQUE (run_id, ordinal)
);
CREATE INDEX tag_jobs_by_run ON tag_jobs (run_id, state, ordinal);
-- One tag is in the hands of one station at most.
CREATE UNIQUE INDEX tag_jobs_by_chip ON tag_jobs (identity)
  WHERE identity <> '' AND state IN ('keys_stored', 'writing', 'written', 'interrupted');
-- One unit waits for one tag at most.
CREATE UNIQUE INDEX tag_jobs_by_unit ON tag_jobs (unit_id)
  WHERE unit_id IS NOT NULL AND state IN ('planned', 'keys_stored', 'writing', 'written', 'interrupted');

-- Append-only: a tag's own keys 0, 3 and 4, sealed by the vault before the
-- first of them is written. Whoever copies the database has none of them.
CREATE TABLE tag_keys (
  identity   TEXT NOT NULL,
  profile_id TEXT NOT NULL REFERENCES tag_profiles (id),
  epoch      BIGINT NOT NULL,
  sealed     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (identity, profile_id, epoch)
);

-- What a tag without a unit was made for: it is bound when that unit comes.
CREATE TABLE tag_labels (
  tag_id     TEXT NOT NULL PRIMARY KEY REFERENCES tags (id),
  vendor_id  TEXT NOT NULL REFERENCES organisations (id),
  di         TEXT NOT NULL,
  lot        TEXT NOT NULL,
  serial     TEXT NOT NULL,
  expiry     TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX tag_labels_by_serial ON tag_labels (di, serial);
CREATE INDEX tag_labels_by_vendor ON tag_labels (vendor_id, tag_id);

CREATE INDEX tags_by_vendor ON tags (vendor_id, id);
CREATE INDEX tags_by_hospital ON tags (hospital_id, id);

-- Append-only: key files that went out or came in. A digest comes in once.
CREATE TABLE handovers (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  direction       TEXT NOT NULL CHECK (direction IN ('sent', 'received')),
  other           TEXT NOT NULL,
  profile_id      TEXT NOT NULL,
  epoch           BIGINT NOT NULL,
  digest          TEXT NOT NULL,
  at              BIGINT NOT NULL,
  by_id           TEXT NOT NULL,
  UNIQUE (organisation_id, direction, digest)
);
CREATE INDEX handovers_by_organisation ON handovers (organisation_id, id);

-- The moments at which the database was put back to an older state: counters
-- may stand lower than the tags themselves.
CREATE TABLE restores (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);
-- +goose StatementBegin
CREATE TRIGGER tag_keys_no_update BEFORE UPDATE ON tag_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tag_keys_no_delete BEFORE DELETE ON tag_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tag_keys_no_truncate BEFORE TRUNCATE ON tag_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_no_update BEFORE UPDATE ON handovers FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_no_delete BEFORE DELETE ON handovers FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_no_truncate BEFORE TRUNCATE ON handovers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER restores_no_update BEFORE UPDATE ON restores FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER restores_no_delete BEFORE DELETE ON restores FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER restores_no_truncate BEFORE TRUNCATE ON restores FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
