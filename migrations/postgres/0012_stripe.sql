-- +goose Up

-- A vendor's account at Stripe, one for rehearsal and one for real money. Keys
-- and signing secrets are in the vault, by reference.
CREATE TABLE stripe_connections (
  id         TEXT NOT NULL PRIMARY KEY,
  vendor_id  TEXT NOT NULL REFERENCES organisations (id),
  mode       TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  account    TEXT NOT NULL,
  key_ref    TEXT NOT NULL,
  hook_ref   TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('onboarding', 'active', 'restricted', 'paused', 'revoked')),
  chosen     BOOLEAN NOT NULL,
  reason     TEXT NOT NULL,
  set_by     TEXT NOT NULL,
  checked_to BIGINT,
  version    BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (vendor_id, mode)
);
CREATE UNIQUE INDEX stripe_connections_chosen ON stripe_connections (vendor_id) WHERE chosen;
CREATE UNIQUE INDEX stripe_connections_account ON stripe_connections (account, mode) WHERE account <> '';

-- A hospital as a payer at a vendor's account, with where its finance gets mail.
CREATE TABLE stripe_customers (
  connection_id TEXT NOT NULL REFERENCES stripe_connections (id),
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  email         TEXT NOT NULL,
  customer      TEXT NOT NULL,
  PRIMARY KEY (connection_id, hospital_id)
);

-- A document as Stripe holds it; amounts are what was booked here from there.
-- Whoever works on it holds it for a while.
CREATE TABLE stripe_invoices (
  invoice_id    TEXT NOT NULL PRIMARY KEY REFERENCES invoices (id),
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  connection_id TEXT NOT NULL REFERENCES stripe_connections (id),
  remote_id     TEXT NOT NULL,
  digest        TEXT NOT NULL,
  status        TEXT NOT NULL,
  number        TEXT NOT NULL,
  hosted_url    TEXT NOT NULL,
  pdf_url       TEXT NOT NULL,
  charge        TEXT NOT NULL,
  paid          BIGINT NOT NULL,
  refunded      BIGINT NOT NULL,
  disputed      BIGINT NOT NULL,
  holder        TEXT NOT NULL,
  held_until    BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX stripe_invoices_remote ON stripe_invoices (remote_id) WHERE remote_id <> '';
CREATE INDEX stripe_invoices_charge ON stripe_invoices (charge) WHERE charge <> '';
CREATE INDEX stripe_invoices_by_vendor ON stripe_invoices (vendor_id, invoice_id);
CREATE INDEX stripe_invoices_by_status ON stripe_invoices (status);

-- Every changing call, written down before it is made.
CREATE TABLE stripe_ops (
  id            TEXT NOT NULL PRIMARY KEY,
  connection_id TEXT NOT NULL REFERENCES stripe_connections (id),
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  hospital_id   TEXT NOT NULL REFERENCES organisations (id),
  invoice_id    TEXT REFERENCES invoices (id),
  step          TEXT NOT NULL,
  subject       TEXT NOT NULL,
  epoch         BIGINT NOT NULL,
  idem_key      TEXT NOT NULL,
  target        TEXT NOT NULL,
  params        TEXT NOT NULL,
  params_sha256 TEXT NOT NULL,
  first_sent_at BIGINT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('sent', 'done', 'unknown', 'failed')),
  http_status   BIGINT NOT NULL,
  code          TEXT NOT NULL,
  request_id    TEXT NOT NULL,
  object        TEXT NOT NULL,
  changed_at    BIGINT NOT NULL,
  UNIQUE (connection_id, step, subject, epoch),
  UNIQUE (connection_id, idem_key)
);
CREATE INDEX stripe_ops_by_invoice ON stripe_ops (invoice_id, step);

-- Notices of Stripe: stored first, worked on then. What changed is looked up,
-- so nothing of their content is kept.
CREATE TABLE stripe_events (
  id            TEXT NOT NULL PRIMARY KEY,
  connection_id TEXT REFERENCES stripe_connections (id),
  vendor_id     TEXT REFERENCES organisations (id),
  account       TEXT NOT NULL,
  mode          TEXT NOT NULL,
  type          TEXT NOT NULL,
  object_kind   TEXT NOT NULL,
  object        TEXT NOT NULL,
  happened_at   BIGINT NOT NULL,
  received_at   BIGINT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('stored', 'done', 'quarantined')),
  reason        TEXT NOT NULL,
  processed_at  BIGINT
);
CREATE INDEX stripe_events_by_vendor ON stripe_events (vendor_id, id);

-- Append-only: movements of the account's balance, with whom they belong to.
CREATE TABLE stripe_movements (
  connection_id TEXT NOT NULL REFERENCES stripe_connections (id),
  id            TEXT NOT NULL,
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  hospital_id   TEXT REFERENCES organisations (id),
  invoice_id    TEXT REFERENCES invoices (id),
  type          TEXT NOT NULL,
  currency      TEXT NOT NULL,
  amount        BIGINT NOT NULL,
  fee           BIGINT NOT NULL,
  net           BIGINT NOT NULL,
  source        TEXT NOT NULL,
  at            BIGINT NOT NULL,
  PRIMARY KEY (connection_id, id)
);

-- What a comparison found and nobody has settled yet.
CREATE TABLE stripe_findings (
  id            TEXT NOT NULL PRIMARY KEY,
  connection_id TEXT NOT NULL REFERENCES stripe_connections (id),
  vendor_id     TEXT NOT NULL REFERENCES organisations (id),
  invoice_id    TEXT REFERENCES invoices (id),
  kind          TEXT NOT NULL,
  subject       TEXT NOT NULL,
  sentence      TEXT NOT NULL,
  found_at      BIGINT NOT NULL,
  settled_at    BIGINT,
  settled_by    TEXT NOT NULL,
  settled_why   TEXT NOT NULL
);
CREATE UNIQUE INDEX stripe_findings_live ON stripe_findings (connection_id, kind, subject) WHERE settled_at IS NULL;
CREATE INDEX stripe_findings_by_vendor ON stripe_findings (vendor_id, id);

-- +goose StatementBegin
CREATE TRIGGER stripe_movements_no_update BEFORE UPDATE ON stripe_movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stripe_movements_no_delete BEFORE DELETE ON stripe_movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stripe_movements_no_truncate BEFORE TRUNCATE ON stripe_movements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementEnd
