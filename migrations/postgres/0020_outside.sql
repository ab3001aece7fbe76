-- +goose Up

-- Who people are at the house's own sign-in: the issuer's name for them, never
-- an address, which may be given to somebody else later.
CREATE TABLE outside_identities (
  issuer          TEXT NOT NULL,
  subject         TEXT NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id       TEXT NOT NULL REFERENCES people (id),
  linked_at       BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject),
  UNIQUE (issuer, person_id)
);
