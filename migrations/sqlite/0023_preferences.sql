-- +goose Up

-- How a person works with pages, beside their colours.
ALTER TABLE people ADD COLUMN keys_off BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE people ADD COLUMN left_handed BOOLEAN NOT NULL DEFAULT FALSE;
