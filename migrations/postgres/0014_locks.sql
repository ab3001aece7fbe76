-- +goose Up

-- How a session of a person was begun and proven last is in its data; what
-- proves a person is here: passwords (people), passkeys, badges, and identities
-- of the house's own sign-in service.

-- Passkeys (WebAuthn public keys). A lost one is removed; sign_count never
-- falls unless the key was copied.
CREATE TABLE passkeys (
  id            TEXT NOT NULL PRIMARY KEY,
  person_id     TEXT NOT NULL REFERENCES people (id),
  credential_id TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  credential    BYTEA NOT NULL,
  sign_count    BIGINT NOT NULL,
  warned_at     BIGINT,
  created_at    BIGINT NOT NULL,
  used_at       BIGINT
);
CREATE INDEX passkeys_by_person ON passkeys (person_id, created_at);

-- Ceremonies between question and answer: passkeys and single sign-on. Each is
-- answered once; only the SHA-256 of its token is kept.
CREATE TABLE ceremonies (
  token_hash TEXT NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('passkey_register', 'passkey_sign_in', 'passkey_prove', 'oidc')),
  person_id  TEXT,
  data       BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_at);

-- Who somebody is at the house's sign-in service.
CREATE TABLE outside_identities (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  person_id  TEXT NOT NULL REFERENCES people (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX outside_identities_by_person ON outside_identities (person_id);

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
