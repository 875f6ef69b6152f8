-- Gross, net and hydrocarbon pore thickness of every zone in every well, by cut-offs of porosity, saturation and shale.
WITH samples AS (
    SELECT well, md, vshale_gr(gr, 25, 120) AS vsh, porosity_density(rhob, 2.65, 1.0) AS phi,
           archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05) AS sw
    FROM logs
),
zoned AS (SELECT * FROM attach_zones((SELECT * FROM samples), (SELECT well, zone, top_md, base_md FROM zones), by => [well]))
SELECT well, zone, gross, net, net_to_gross, phi, sw, hydrocarbon_pore_thickness
FROM net_pay((SELECT * FROM zoned WHERE zone IS NOT NULL), phi_min => 0.1, sw_max => 0.6, vsh_max => 0.4, by => [well, zone])
ORDER BY well, zone;
