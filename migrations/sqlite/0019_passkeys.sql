-- +goose Up

-- Passkeys. The record is public: it checks answers and makes none.
CREATE TABLE passkeys (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id       TEXT NOT NULL REFERENCES people (id),
  credential      TEXT NOT NULL UNIQUE,
  record          BLOB NOT NULL,
  counter         BIGINT NOT NULL,
  name            TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  used_at         BIGINT,
  stopped_at      BIGINT
);
CREATE INDEX passkeys_by_person ON passkeys (person_id, id);

-- What was asked of a browser and waits for its answer, by the SHA-256 of the
-- token that goes with it. Each is answered once.
CREATE TABLE sign_in_questions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  person_id  TEXT,
  data       BLOB NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_questions_by_expiry ON sign_in_questions (expires_at);
