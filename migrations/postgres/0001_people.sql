-- +goose Up
-- Append-only tables refuse every change of a row, whoever asks.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
-- +goose StatementEnd

-- Instants are microseconds since 1970 UTC; civil dates are YYYY-MM-DD; ids are UUIDv7.

CREATE TABLE settings (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- A hospital, a vendor, or the operator who runs the installation.
CREATE TABLE organisations (
  id             TEXT NOT NULL PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN ('hospital', 'vendor', 'operator')),
  name           TEXT NOT NULL UNIQUE,
  legal_name     TEXT NOT NULL,
  address        TEXT NOT NULL,
  country        TEXT NOT NULL,
  currency       TEXT NOT NULL,
  tax_id         TEXT NOT NULL,
  email          TEXT NOT NULL,
  bank_account   TEXT NOT NULL,
  invoice_prefix TEXT NOT NULL,
  sample         BOOLEAN NOT NULL,
  created_at     BIGINT NOT NULL
);

CREATE TABLE sites (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  name        TEXT NOT NULL,
  address     TEXT NOT NULL,
  time_zone   TEXT NOT NULL,
  UNIQUE (hospital_id, name)
);

-- Any spot for a unit. Transit and a rep's trunk are places too.
CREATE TABLE places (
  id          TEXT NOT NULL PRIMARY KEY,
  hospital_id TEXT NOT NULL REFERENCES organisations (id),
  site_id     TEXT NOT NULL REFERENCES sites (id),
  vendor_id   TEXT REFERENCES organisations (id),
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('room', 'cabinet', 'store', 'quarantine', 'transit', 'trunk')),
  UNIQUE (site_id, name)
);

CREATE TABLE people (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  email           TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  password_hash   TEXT NOT NULL,
  theme           TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  disabled_at     BIGINT,
  access_changed_at BIGINT NOT NULL
);
CREATE INDEX people_by_organisation ON people (organisation_id, name, id);

-- A role a person holds; an empty site means every site of the organisation.
CREATE TABLE person_roles (
  person_id TEXT NOT NULL REFERENCES people (id),
  role      TEXT NOT NULL,
  site_id   TEXT NOT NULL,
  PRIMARY KEY (person_id, role, site_id)
);

-- One-time links: invitation, password reset, first set-up. Only the SHA-256 of the token is kept.
CREATE TABLE one_time_links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  person_id  TEXT REFERENCES people (id),
  kind       TEXT NOT NULL CHECK (kind IN ('invite', 'reset', 'setup')),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);

-- Sessions of signed-in people, by the SHA-256 of the cookie's token.
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  person_id  TEXT,
  data       BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed sign-ins per account and per address, so that guessing is slowed on every instance.
CREATE TABLE sign_in_failures (
  subject    TEXT NOT NULL PRIMARY KEY,
  failures   BIGINT NOT NULL,
  last_at    BIGINT NOT NULL
);

-- Results of state-changing commands, by the key the client chose, stored in
-- the command's own transaction: a repeated key gets the stored result.
CREATE TABLE idempotency (
  actor_id    TEXT NOT NULL,
  key         TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  result      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
