-- +goose Up

-- When a device that was offline took a tag's message, by its own clock; null
-- for a message that came at once.
ALTER TABLE tap_events ADD COLUMN captured_at BIGINT;
