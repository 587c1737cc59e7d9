#!/bin/bash
# verify.sh: compares the files and manifest of the generator in /data with events and corrupt_records, record by record.
# deploy/try-compose.sh runs it in a container of the PostgreSQL image (psql, perl) with PGHOST, PGUSER, PGPASSWORD and
# PGDATABASE. Exits with 0 only if nothing is lost or doubled.
set -euo pipefail
cd "$(mktemp -d)"
export PSQLRC=/dev/null

rejects="SELECT regexp_replace(file, '^.*/', ''), byte_offset,
  encode(coalesce(raw_bytes, convert_to(raw_record, 'UTF8')), 'hex') FROM public.corrupt_records"
psql -v ON_ERROR_STOP=1 -qc "COPY ($rejects) TO STDOUT (DELIMITER ' ')" >rejects

# Without the rejected records, which must stand in the files byte for byte where the table says, only good ones are left.
perl -e '
use strict;
my (%rejects, $wrong);
open my $in, "<", "rejects" or die; 
while (<$in>) { chomp; my ($file, $offset, $hex) = split / /; push @{$rejects{$file}}, [$offset, pack "H*", $hex]; }
open my $good, ">:raw", "good.csv" or die;
open my $counts, ">", "counts" or die;
for my $path (glob "/data/events/*.csv") {
  open my $source, "<:raw", $path or die "$path: $!";
  my $text = do { local $/; <$source> };
  my ($name) = $path =~ m{([^/]+)$};
  my $list = delete $rejects{$name} || [];
  for my $reject (sort { $b->[0] <=> $a->[0] } @$list) {
    my ($offset, $bytes) = @$reject;
    if (substr($text, $offset, length($bytes) + 1) eq "$bytes\n") { substr($text, $offset, length($bytes) + 1) = ""; }
    else { $wrong++; print "corrupt_records has a record of $name at byte $offset that the file does not have there\n"; }
  }
  $text =~ s/^[^\n]*\n//;
  my @lines = grep { length } split /\n/, $text;
  print $good "$_\n" for @lines;
  print $counts join(",", $name, scalar @lines, scalar @$list), "\n";
}
for my $name (keys %rejects) { $wrong++; print "corrupt_records has records of $name, which does not exist\n"; }
exit($wrong ? 1 : 0);
'

psql -v ON_ERROR_STOP=1 -qAt <<'SQL' | tee result
\set manifest `cat /data/manifest.json`
SET client_min_messages = warning;
CREATE TEMP TABLE written (LIKE public.events INCLUDING DEFAULTS);
\copy written (user_id, action, product_id, product_name, price, event_time, session_id) FROM 'good.csv' (FORMAT csv)
CREATE TEMP TABLE counted (name text, good bigint, corrupt bigint);
\copy counted FROM 'counts' (FORMAT csv)
CREATE TEMP TABLE promised AS
SELECT * FROM jsonb_to_recordset((:'manifest'::jsonb)->'files')
    AS f (name text, records bigint, good bigint, corrupt bigint, "sumUserId" numeric, "sumPrice" numeric);
CREATE TEMP VIEW loaded AS SELECT user_id, action, product_id, product_name, price, event_time, session_id FROM public.events;
CREATE TEMP VIEW expected AS SELECT user_id, action, product_id, product_name, price, event_time, session_id FROM written;

SELECT format('manifest: %s files, %s records, %s good, %s corrupt', count(*), sum(records), sum(good), sum(corrupt))
FROM promised;
SELECT format('database: %s rows in events, %s in corrupt_records',
    (SELECT count(*) FROM public.events), (SELECT count(*) FROM public.corrupt_records));
SELECT format('lost: %s records of the files are not in events',
    (SELECT count(*) FROM (SELECT * FROM expected EXCEPT ALL SELECT * FROM loaded) AS d));
SELECT format('doubled or foreign: %s rows of events are not in the files',
    (SELECT count(*) FROM (SELECT * FROM loaded EXCEPT ALL SELECT * FROM expected) AS d));
SELECT format('files that differ from the manifest in good or corrupt records: %s', count(*))
  FROM promised FULL JOIN counted USING (name)
  WHERE (promised.good, promised.corrupt) IS DISTINCT FROM (counted.good, counted.corrupt);
SELECT format('sums that differ: %s', count(*)) FROM (
    SELECT sum(user_id)::numeric, sum(price) FROM public.events
    EXCEPT SELECT sum("sumUserId"), sum("sumPrice") FROM promised) AS d;
SELECT format('batches that do not add up to the rows: %s', count(*)) FROM (
    SELECT sum(rows_loaded), sum(rows_rejected) FROM ingest.batch
    EXCEPT SELECT (SELECT count(*) FROM public.events), (SELECT count(*) FROM public.corrupt_records)) AS d;
SQL
[ "$(grep -cE '^(lost|doubled or foreign|files that differ|sums that differ|batches that do not)[^:]*: 0( |$)' result)" = 5 ]
# Zero files would be equal too.
! grep -q '^manifest: 0 ' result
