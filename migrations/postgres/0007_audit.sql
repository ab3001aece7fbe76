-- +goose Up

-- The end of each hash chain; its row is the lock that orders a chain's writers.
CREATE TABLE audit_heads (
  chain TEXT NOT NULL PRIMARY KEY,
  seq   BIGINT NOT NULL,
  hash  TEXT NOT NULL
);

-- Append-only: who did what, to what, from where, with what proof.
CREATE TABLE audit_entries (
  chain         TEXT NOT NULL,
  seq           BIGINT NOT NULL,
  format        BIGINT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL,
  at            BIGINT NOT NULL,
  actor_id      TEXT NOT NULL,
  authenticator TEXT NOT NULL,
  device        TEXT NOT NULL,
  action        TEXT NOT NULL,
  object_kind   TEXT NOT NULL,
  object_id     TEXT NOT NULL,
  old_values    TEXT NOT NULL,
  new_values    TEXT NOT NULL,
  reason        TEXT NOT NULL,
  request_id    TEXT NOT NULL,
  result        TEXT NOT NULL,
  evidence_hash TEXT NOT NULL,
  PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_entries_by_object ON audit_entries (object_kind, object_id, at);

-- Work that follows a fact, committed with it.
CREATE TABLE outbox (
  id            TEXT NOT NULL PRIMARY KEY,
  topic         TEXT NOT NULL,
  subject_id    TEXT NOT NULL,
  hospital_id   TEXT NOT NULL,
  vendor_id     TEXT NOT NULL,
  payload       TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'done', 'parked', 'cancelled')),
  attempts      BIGINT NOT NULL,
  not_before    BIGINT NOT NULL,
  last_error    TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  UNIQUE (topic, subject_id)
);
CREATE INDEX outbox_due ON outbox (state, not_before, id);

-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
