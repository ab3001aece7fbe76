-- +goose Up

-- Lists of all units, first to expire first, whatever their state: without
-- these a page reads and sorts everything on hand.
CREATE INDEX units_by_vendor_expiry ON units (vendor_id, expiry, id);
CREATE INDEX units_by_hospital_expiry ON units (hospital_id, expiry, id);
