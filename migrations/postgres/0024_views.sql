-- +goose Up

-- A list as a person wants to see it again: its address, under a name of their own.
CREATE TABLE saved_views (
  id              TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id       TEXT NOT NULL REFERENCES people (id),
  list            TEXT NOT NULL,
  name            TEXT NOT NULL,
  query           TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  UNIQUE (person_id, list, name)
);
