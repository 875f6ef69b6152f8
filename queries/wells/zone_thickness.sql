-- Thickness of every zone in every well, along the hole and vertically.
--
-- A zone reaches from its top to the next pick below it; the last one of a well is open and has no thickness. Vertical depths are
-- those of the wells' paths, where there are surveys.
SELECT z.well, z.zone, z.top_md, z.base_md, z.base_md - z.top_md AS thickness_md, t.tvdss AS top_tvdss,
       base.tvdss - t.tvdss AS thickness_tvd
FROM zones z
JOIN tops_xyz t ON t.well = z.well AND t.surface = z.zone AND t.md = z.top_md
LEFT JOIN tops_xyz base ON base.well = z.well AND base.surface = z.base_surface AND base.md = z.base_md
ORDER BY z.well, z.top_md;
