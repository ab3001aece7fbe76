-- +goose Up

-- What electronic documents say of an organisation beyond its name and address.
CREATE TABLE party_details (
  organisation_id     TEXT NOT NULL PRIMARY KEY REFERENCES organisations (id),
  endpoint_scheme     TEXT NOT NULL,
  endpoint            TEXT NOT NULL,
  gln                 TEXT NOT NULL,
  registration_scheme TEXT NOT NULL,
  registration        TEXT NOT NULL,
  street              TEXT NOT NULL,
  postal_zone         TEXT NOT NULL,
  city                TEXT NOT NULL,
  region              TEXT NOT NULL,
  contact_name        TEXT NOT NULL,
  phone               TEXT NOT NULL,
  edi_qualifier       TEXT NOT NULL,
  edi                 TEXT NOT NULL,
  changed_at          BIGINT NOT NULL
);

-- Append-only: the parties as a document said them, so that it can be made again after they
-- have changed.
CREATE TABLE render_parties (
  render_id   TEXT NOT NULL PRIMARY KEY,
  vendor_id   TEXT NOT NULL REFERENCES organisations (id),
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  parties     TEXT NOT NULL
);

-- A large export is made in the background and kept in parts; its run has no bytes of its own.
ALTER TABLE export_runs ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE export_runs ADD COLUMN size BIGINT NOT NULL DEFAULT 0;

CREATE TABLE export_parts (
  run_id          TEXT NOT NULL,
  part            BIGINT NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  bytes           BLOB NOT NULL,
  PRIMARY KEY (run_id, part)
);

CREATE TABLE export_jobs (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  actor_id        TEXT NOT NULL,
  format          TEXT NOT NULL,
  filter          TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
  done            BIGINT NOT NULL,
  total           BIGINT NOT NULL,
  run_id          TEXT NOT NULL,
  reason          TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  changed_at      BIGINT NOT NULL
);
CREATE INDEX export_jobs_by_organisation ON export_jobs (organisation_id, id);
CREATE INDEX export_jobs_open ON export_jobs (state, id) WHERE state IN ('waiting', 'working');

-- +goose StatementBegin
CREATE TRIGGER export_parts_no_update BEFORE UPDATE ON export_parts
BEGIN SELECT RAISE(ABORT, 'append-only: UPDATE on export_parts'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER export_parts_no_delete BEFORE DELETE ON export_parts
BEGIN SELECT RAISE(ABORT, 'append-only: DELETE on export_parts'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER render_parties_no_update BEFORE UPDATE ON render_parties
BEGIN SELECT RAISE(ABORT, 'append-only: UPDATE on render_parties'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER render_parties_no_delete BEFORE DELETE ON render_parties
BEGIN SELECT RAISE(ABORT, 'append-only: DELETE on render_parties'); END;
-- +goose StatementEnd
