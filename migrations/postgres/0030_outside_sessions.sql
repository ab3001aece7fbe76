-- +goose Up

-- Which session at the house's own sign-in a session follows, so that signing
-- out there ends it here: SHA-256 of the issuer and its name for the person, and
-- of the issuer and its name for the session. Empty for sessions begun otherwise.
ALTER TABLE sessions ADD COLUMN outside_person TEXT;
ALTER TABLE sessions ADD COLUMN outside_session TEXT;
CREATE INDEX sessions_by_outside_person ON sessions (outside_person);
CREATE INDEX sessions_by_outside_session ON sessions (outside_session);
