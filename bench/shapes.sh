# bench/run.sh shapes: tables and files of different shapes. One line for each shape and program: the median, the least and the
# most seconds, rows a second, the ratio, CPU seconds of the program and of the server for each million rows, and the peak RSS.
# - one file: ingest with one lane against one session of psql \copy;
# - 20 files: ingest with its default lanes against psql-2 (two sessions of psql, ten \copy in each), psql-each (a psql for each
#   file, two at a time, as in bench/run.sh rows) and bench/BinaryImporter.cs (Npgsql's binary importer, two sessions);
# - 2 of these files, once, because they are slow: bench/JdbcSink.java (batched INSERT, two sessions), the same with
#   reWriteBatchedInserts, and pgloader with two workers;
# - events also as 20 gzip files, and as 20,000 files of 10 rows.
# The ratio is what the program takes for a row over what ingest takes, the median of the pairs of one round. The order rotates.
# Round 0 is not counted, and checks that all of them loaded the same rows. Sourced by bench/run.sh, whose functions it uses.
# timescaledb-parallel-copy is not compared: no package of Debian, NuGet or npm contains it.
# INGEST_BENCH_SHAPES (narrow events wide text numeric jsonb quoted): which; INGEST_BENCH_MB (100): size of each shape's files;
# INGEST_BENCH_TINY (20000): how many files of 10 rows; INGEST_BENCH_ROUNDS (here 3).
shape_mb=${INGEST_BENCH_MB:-100}
shape_names=${INGEST_BENCH_SHAPES:-narrow events wide text numeric jsonb quoted}

shape_columns() { # shape_columns SHAPE: the SELECT list that makes its rows of i, and by its types the table
  local g
  local ts="timestamptz '2025-01-01 00:00Z' + i * interval '97 ms'"
  local events="i % 20000 AS user_id, (ARRAY['view','search','click','add_to_cart','purchase'])[1 + i % 5] AS action,
    1000 + i % 500 AS product_id, 'Café product ' || i % 900 || ' with a name' AS product_name,
    ((i * 7919::bigint % 50000) / 100.0)::numeric(10,2) AS price, $ts AS event_time, 's' || left(md5(i::text), 16) AS session_id"
  case $1 in
    narrow)
      echo "i AS id, 'name ' || i % 1000 AS name, ((i * 7919::bigint % 100000) / 100.0)::numeric(10,2) AS amount, $ts AS at" ;;
    events | quoted) echo "$events" ;;
    wide) # 15 x 7 columns
      for g in $(seq 15); do
        echo "i * $g % 1000000 AS n$g, i * 1000003::bigint * $g AS b$g, 'text ' || (i + $g) % 5000 AS t$g,
          ((i * 31::bigint * $g % 100000) / 100.0)::numeric(12,2) AS d$g, $ts AS at$g,
          (i + $g) % 2 = 0 AS is$g, (i * $g / 7.0)::float8 AS f$g$([ "$g" = 15 ] || echo ,)"
      done ;;
    text)
      echo "i AS id, left(repeat(md5(i::text) || CASE WHEN i % 4 = 0 THEN ', \"so\" ' ELSE ' and some words more ' END, 25), 1000)
        AS body" ;;
    numeric)
      for g in 1 2 3; do
        echo "i * $g % 1000000 AS n$g, i * 1000003::bigint * $g AS b$g,
          ((i * 7919::bigint * $g % 100000000) / 10000.0)::numeric(14,4) AS d$g,
          (i * $g / 7.0)::float8 AS f$g$([ "$g" = 3 ] || echo ,)"
      done ;;
    jsonb)
      echo "i AS id, jsonb_build_object('user', i % 20000, 'action', 'view', 'tags', jsonb_build_array('new', 'sale', i % 100),
        'price', i % 50000 / 100.0, 'name', 'Café product ' || i % 900, 'at', $ts,
        'nested', jsonb_build_object('a', i, 'b', NULL, 'c', 'a \"quoted\" word')) AS doc" ;;
    *) echo "unknown shape: $1" >&2; exit 2 ;;
  esac
}

shape_rows() { echo "SELECT $(shape_columns "$1") FROM generate_series(1, $2) i"; } # shape_rows SHAPE COUNT

shape_copy() { # shape_copy SHAPE COUNT: its rows as CSV, to standard output
  local options="FORMAT csv, HEADER"
  [ "$1" != quoted ] || options="$options, FORCE_QUOTE *"
  sql postgres -c "COPY ($(shape_rows "$1" "$2")) TO STDOUT WITH ($options)"
}

# shape_files SHAPE: one/all.csv, twenty/*.csv and gz/*.csv.gz of the same rows in $shapes, two/*.csv of a tenth of them; sets
# $shape_count
shape_files() {
  local sample f n=0
  shapes=$work/shape
  rm -rf "$shapes"
  mkdir -p "$shapes/one" "$shapes/twenty" "$shapes/two" "$shapes/gz"
  sample=$(shape_copy "$1" 2000 | wc -c)
  shape_count=$((shape_mb * 1000000 / (sample / 2000) / 20 * 20))
  shape_copy "$1" $shape_count >"$shapes/one/all.csv"
  tail -n +2 "$shapes/one/all.csv" | split -l $((shape_count / 20)) -d -a 2 --additional-suffix=.csv - "$shapes/twenty/part"
  rm -f "$work"/twenty-*.sql "$work"/gz-*.sql
  for f in "$shapes"/twenty/*.csv; do
    { head -n 1 "$shapes/one/all.csv"; cat "$f"; } >"$shapes/whole" && mv "$shapes/whole" "$f"
    echo "\copy shape from $f csv header" >>"$work/twenty-$((n % 2)).sql"
    if [ "$1" = events ]; then
      gzip -6 <"$f" >"$shapes/gz/$(basename "$f").gz"
      echo "\copy shape from program 'gzip -dc $shapes/gz/$(basename "$f").gz' csv header" >>"$work/gz-$((n % 2)).sql"
    fi
    n=$((n + 1))
  done
  ln "$shapes/twenty/part00.csv" "$shapes/twenty/part01.csv" "$shapes/two/"
}

tiny_files() { # 20,000 files of 10 rows, and two scripts for psql, with a \copy for each file
  local n=$1
  mkdir -p "$shapes/tiny"
  shape_copy events $((n * 10)) | awk -v folder="$shapes/tiny" -v scripts="$work" '
    NR == 1 { header = $0; next }
    NR % 10 == 2 {
      file = sprintf("%s/%05d.csv", folder, n)
      print header > file
      print "\\copy shape from " file " csv header" > (scripts "/tiny-" (n++ % 2) ".sql")
    }
    { print > file }
    NR % 10 == 1 { close(file) }'
}

loaded_by() { # loaded_by CONTENDER FILES: the whole process, as a person would start it
  local psql=(psql -h 127.0.0.1 -p "$port" -U postgres -qX -v ON_ERROR_STOP=1 bench)
  local jdbc="jdbc:postgresql://127.0.0.1:$port/bench?user=postgres"
  case $1 in
    ingest-1) "$ingest" load "$shapes/$2" --table shape --lanes 1 --db "$url" ;;
    ingest) "$ingest" load "$shapes/$2" --table shape --db "$url" ;;
    psql-1) "${psql[@]}" -c "\copy shape from $shapes/$2/all.csv csv header" ;;
    psql-2)
      "${psql[@]}" -f "$work/$2-0.sql" & "${psql[@]}" -f "$work/$2-1.sql"
      wait $! ;;
    psql-each) find "$shapes/$2" -name '*.csv' | sort | xargs -P 2 -I{} "${psql[@]}" -c "\copy shape from {} csv header" ;;
    importer)
      "$work/BinaryImporter/BinaryImporter" "Host=127.0.0.1;Port=$port;Username=postgres;Database=bench" shape \
        "$shapes/$2"/*.csv ;;
    jdbc) java -cp "$driver:$work/sink" JdbcSink "$jdbc" shape "$shapes/$2"/*.csv ;;
    jdbc-rewrite) java -cp "$driver:$work/sink" JdbcSink "$jdbc&reWriteBatchedInserts=true" shape "$shapes/$2"/*.csv ;;
    pgloader) pgloader --quiet "$work/shape.load" ;;
  esac
}

pgloader_script() { # pgloader_script SHAPE FILES: two workers, as psql has two sessions
  local columns
  columns=$(sql bench -c "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'shape'::regclass AND attnum > 0")
  printf "LOAD CSV FROM ALL FILENAMES MATCHING ~/csv\$/ IN DIRECTORY '%s' HAVING FIELDS (%s)
    INTO postgresql://postgres@127.0.0.1:%s/bench TARGET TABLE public.shape TARGET COLUMNS (%s)
    WITH skip header = 1, fields optionally enclosed by '\"', fields escaped by double-quote, fields terminated by ',',
      workers = 2, concurrency = 1;\n" \
    "$shapes/$2" "$columns" "$port" "$columns" >"$work/shape.load"
}

same_rows() { # same_rows CONTENDER FILES: the table holds what the first contender loaded into it
  local found
  found=$(sql bench -c "SELECT count(*) || ' ' || sum(hashtextextended(s::text, 0)::numeric) FROM shape s")
  [ -s "$work/rows-$2" ] || echo "$found" >"$work/rows-$2"
  [ "$found" = "$(cat "$work/rows-$2")" ] || { echo "WRONG: $1 loaded $found instead of $(cat "$work/rows-$2")"; exit 1; }
}

new_table() { # new_table SHAPE: an empty table in a migrated database
  sql postgres -c "DROP DATABASE IF EXISTS bench WITH (FORCE)" 2>/dev/null
  sql postgres -c "CREATE DATABASE bench TEMPLATE migrated"
  sql bench -c "CREATE TABLE shape AS $(shape_rows "$1" 0)" -c CHECKPOINT
}

measure() { # measure SHAPE FILES COUNT CONTENDER: seconds, CPU seconds of client and server, MiB
  new_table "$1"
  [ "$4" != pgloader ] || pgloader_script "$1" "$2"
  python3 "$root/bench/measured.py" "$(head -n 1 "$work/data/postmaster.pid")" bash -c 'loaded_by "$@"' - "$4" "$2"
  [ "$(sql bench -c 'SELECT count(*) FROM shape')" = "$3" ] || { echo "WRONG: $4 loaded another number of rows" >&2; exit 1; }
}

compare_shape() { # compare_shape SHAPE FILES COUNT TITLE ROUNDS CONTENDER...: the first is what the others are compared with
  local shape=$1 files=$2 count=$3 title=$4 times=$5 round i who order
  shift 5
  rm -f "$work"/rows-* "$work"/took-*
  for round in $(seq $((times > 1 ? 0 : 1)) "$times"); do
    for i in $(seq 0 $(($# - 1))); do
      order=("$@")
      who=${order[$(((i + round) % $#))]}
      measure "$shape" "$files" "$count" "$who" >"$work/took"
      [ "$round" = 0 ] || cat "$work/took" >>"$work/took-$who"
      [ "$round" != 0 ] && [ "$times" != 1 ] || same_rows "$who" "$files"
    done
  done
  for who in "$@"; do result "$who" "$1" "$count" "$title"; done
}

result() { # result CONTENDER FIRST COUNT TITLE
  paste -d' ' "$work/took-$1" "$work/took-$2" | awk -v who="$1" -v first="$2" -v rows="$3" -v title="$4" '
    function middle(values, n,  i, j, v) { # sorts
      for (i = 2; i <= n; i++) {
        v = values[i]
        for (j = i - 1; j > 0 && values[j] > v; j--) values[j + 1] = values[j]
        values[j + 1] = v
      }
      return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
    }
    {
      seconds[NR] = $1; client[NR] = $2; server[NR] = $3; ratio[NR] = $1 / $5
      if ($4 > rss) rss = $4
      pairs = pairs sprintf(" %.2f", $1 / $5)
    }
    END {
      took = middle(seconds, NR)
      printf "shapes: %s: %s %.2f s (%.2f to %.2f), %.0f rows/s", title, who, took, seconds[1], seconds[NR], rows / took
      if (who != first) printf ", ratio %.2f (pairs:%s)", middle(ratio, NR), pairs
      printf "; CPU s per million rows: client %.2f, server %.2f; peak RSS %.0f MiB\n",
        middle(client, NR) / rows * 1e6, middle(server, NR) / rows * 1e6, rss
    }'
}

shapes() {
  local shape about part tiny times=${INGEST_BENCH_ROUNDS:-3} slow=()
  export -f loaded_by
  export ingest url port work shapes driver
  driver=$(ls /usr/share/java/postgresql.jar 2>/dev/null) || true
  publish_program BinaryImporter
  echo "clients: $(psql --version); ingest $("$ingest" --version)"
  if [ -n "$driver" ] && command -v javac >/dev/null; then
    javac -d "$work/sink" "$root/bench/JdbcSink.java"
    slow+=(jdbc jdbc-rewrite)
    echo "clients: $(java --version | sed -n 1p); PostgreSQL JDBC $(dpkg-query -W -f '${Version}' libpostgresql-jdbc-java)"
  else
    echo "shapes: JDBC is not compared: it needs a JDK and the driver (Debian: apt-get install libpostgresql-jdbc-java)"
  fi
  if command -v pgloader >/dev/null; then
    slow+=(pgloader)
    echo "clients: $(pgloader --version | sed -n 1p)"
  else
    echo "shapes: pgloader is not compared: it is not installed (Debian: apt-get install pgloader)"
  fi
  fresh_database
  sql postgres -c "ALTER DATABASE bench RENAME TO migrated"
  for shape in $shape_names; do
    shape_files "$shape"
    about="$shape ($(head -n 1 "$shapes/one/all.csv" | tr ',' '\n' | wc -l) columns)"
    part="$shape_count rows, $(($(stat -c %s "$shapes/one/all.csv") / 1000000)) MB"
    compare_shape "$shape" one "$shape_count" "$about, 1 file ($part)" "$times" ingest-1 psql-1
    compare_shape "$shape" twenty "$shape_count" "$about, 20 files ($part)" "$times" ingest psql-2 psql-each importer
    [ ${#slow[@]} = 0 ] ||
      compare_shape "$shape" two $((shape_count / 10)) "$about, 2 files ($((shape_count / 10)) rows)" 1 ingest "${slow[@]}"
    [ "$shape" = events ] || continue
    compare_shape events gz "$shape_count" "$about, 20 gzip files ($part)" "$times" ingest psql-2
    tiny=${INGEST_BENCH_TINY:-20000}
    tiny_files "$tiny"
    compare_shape events tiny $((tiny * 10)) "$about, $tiny files of 10 rows" 1 ingest psql-2
  done
}
