-- +goose Up

-- Shared workstations. The token is the device's own, and says nothing about
-- who stands before it.
CREATE TABLE kiosks (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  place_id    TEXT NOT NULL REFERENCES places (id),
  name        TEXT NOT NULL,
  token_hash  TEXT NOT NULL UNIQUE,
  enrolled_by TEXT NOT NULL REFERENCES people (id),
  enrolled_at BIGINT NOT NULL,
  seen_at     BIGINT,
  revoked_at  BIGINT,
  person_id   TEXT REFERENCES people (id),
  badge_since BIGINT,
  case_id     TEXT,
  UNIQUE (site_id, name)
);
CREATE INDEX kiosks_by_person ON kiosks (person_id) WHERE person_id IS NOT NULL;

-- Badges, by a keyed digest of what a reader reads off them. A badge can be
-- copied, so it only names; the PIN proves.
CREATE TABLE badges (
  digest          TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id       TEXT NOT NULL UNIQUE REFERENCES people (id),
  pin_hash        TEXT NOT NULL,
  pin_failures    BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  proven_at       BIGINT
);
