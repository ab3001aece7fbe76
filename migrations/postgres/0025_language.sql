-- +goose Up

-- The language a person reads pages in; empty follows their browser.
ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT '';
