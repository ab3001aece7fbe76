-- +goose Up

-- When a device that was offline took the scan, by its own clock; null for a
-- scan that came at once.
ALTER TABLE case_scans ADD COLUMN captured_at BIGINT;

-- Scans that a device kept while it was offline and that the records did not
-- fit when they came: a person decides about each. The text of a tag's message
-- is not kept, only what it was found to be.
CREATE TABLE kept_scans (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  case_id     TEXT NOT NULL REFERENCES cases (id),
  unit_id     TEXT REFERENCES units (id),
  person_id   TEXT NOT NULL REFERENCES people (id),
  sent_by     TEXT NOT NULL REFERENCES people (id),
  label       TEXT NOT NULL,
  source      TEXT NOT NULL,
  verdict     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  trouble     TEXT NOT NULL,
  sentence    TEXT NOT NULL,
  captured_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'exception', 'discarded')),
  decided_by  TEXT NOT NULL,
  decided_at  BIGINT,
  decision    TEXT NOT NULL,
  CHECK (state IN ('open', 'accepted') OR decision <> '')
);
CREATE INDEX kept_scans_open ON kept_scans (hospital_id, received_at, id) WHERE state = 'open';
CREATE INDEX kept_scans_by_hospital ON kept_scans (hospital_id, state, received_at, id);
