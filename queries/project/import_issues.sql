-- What imports noticed, the serious first.
SELECT severity, code, count(*) AS times, min(file) AS first_file, min(message) AS for_example
FROM outcrop.import_issues
GROUP BY severity, code
ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, times DESC, code;
