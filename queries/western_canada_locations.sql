-- Approximate positions of Western Canadian wells from their unique well identifiers.
--
-- A Dominion Land Survey identifier (100/06-31-070-11W4/00) names legal subdivision 06 of section 31, township 070,
-- range 11 west of meridian 4. Subdivisions (16 a section) and sections (36 a township) are numbered from the south-east
-- corner, back and forth. A section is a mile with road allowances of one chain: every mile across, every second mile up.
--
-- x, y: metres east of the 4th meridian (110° W) and north of 49° N, the middle of the legal subdivision. Good to a few
-- hundred metres within a block of townships; correction lines and the curvature of the Earth are left out. They are for
-- maps of a region, not for placing a well: use surveyed coordinates where there are some.
CREATE OR REPLACE VIEW western_canada_locations AS
WITH parts AS (
    SELECT well, regexp_match(uwi, '([0-9]{2})-([0-9]{2})-([0-9]{3})-([0-9]{2})W([45])') AS p
    FROM wells
),
numbers AS (
    SELECT well,
           CAST(p[1] AS BIGINT) - 1 AS subdivision,
           CAST(p[2] AS BIGINT) - 1 AS section,
           CAST(p[3] AS BIGINT) - 1 AS township,
           CAST(p[4] AS BIGINT) - 1 AS range,
           CAST(p[5] AS BIGINT) AS meridian
    FROM parts
    WHERE p IS NOT NULL
),
miles AS (
    SELECT well, meridian,
           township * 6 + section / 6 + (subdivision / 4 + 0.5) / 4.0 AS up,
           range * 6
             + CASE WHEN (section / 6) % 2 = 0 THEN section % 6 ELSE 5 - section % 6 END
             + (CASE WHEN (subdivision / 4) % 2 = 0 THEN subdivision % 4 ELSE 3 - subdivision % 4 END + 0.5) / 4.0 AS west
    FROM numbers
)
SELECT well,
       -(west * (1609.344 + 20.1168)
         + CASE WHEN meridian = 5 THEN 4 * 111320 * cos(radians(49 + up * (1609.344 + 10.0584) / 111200.0)) ELSE 0 END) AS x,
       up * (1609.344 + 10.0584) AS y
FROM miles;
