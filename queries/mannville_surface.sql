-- The depth of a pick below sea level in vertical wells: measured depth less the elevation of the datum it counts from.
-- Needs western_canada_locations.sql, wells with a datum elevation (from their logs) and tops.
CREATE OR REPLACE VIEW mannville_surface AS
SELECT l.x, l.y, t.md - w.datum_elevation AS tvdss, t.well, t.surface
FROM tops t
JOIN wells w ON w.well = t.well
JOIN western_canada_locations l ON l.well = t.well
WHERE w.datum_elevation IS NOT NULL;
