-- +goose Up

-- When a device that was offline took a tag's message, by its own clock; null
-- for a message that came at once.
ALTER TABLE tap_events ADD COLUMN captured_at BIGINT;

-- A profile of UHF tags has neither keys nor a message: its tags bear the EPC
-- of their unit. Of the columns before, those that say how an NFC tag proves
-- itself then mean nothing.
ALTER TABLE tag_profiles ADD COLUMN technology TEXT NOT NULL DEFAULT 'ntag424' CHECK (technology IN ('ntag424', 'uhf'));
ALTER TABLE tag_profiles ADD COLUMN epc_prefix BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tag_profiles ADD COLUMN epc_filter BIGINT NOT NULL DEFAULT 0;
