-- +goose Up

-- What the use of a product's units must show of their tags: empty for whatever
-- the carrier shows, two_taps for two messages in order while somebody stands there.
ALTER TABLE products ADD COLUMN proof TEXT NOT NULL DEFAULT '';

-- A scan that waits keeps what was wanted when it was made, when the visit began
-- with its first tap, the second tap, and since when that proves the tag is here.
ALTER TABLE case_scans ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE case_scans ADD COLUMN visit_at BIGINT;
ALTER TABLE case_scans ADD COLUMN second_tap_id TEXT NOT NULL DEFAULT '';
ALTER TABLE case_scans ADD COLUMN proved_at BIGINT;
