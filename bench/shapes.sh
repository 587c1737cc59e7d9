# bench/run.sh shapes: tables and files of different shapes, each loaded by ingest and by psql \copy in equally many sessions; 20
# files also by bench/BinaryImporter.cs and, where it is installed, by pgloader. Sourced by bench/run.sh, whose functions and
# $rounds it uses. One round runs all of them, in an order that rotates; the first round is not counted, and checks that all of
# them loaded the same rows. A pair is what psql took over what ingest took in one round.
# INGEST_BENCH_SHAPES (narrow events wide text numeric jsonb quoted): which; INGEST_BENCH_MB (100): size of each shape's files;
# INGEST_BENCH_TINY (20000): how many files of 10 rows.
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

shape_files() { # shape_files SHAPE: one/all.csv, twenty/*.csv and gz/*.csv.gz of the same rows in $shapes; sets $shape_count
  local sample f
  shapes=$work/shape
  rm -rf "$shapes"
  mkdir -p "$shapes/one" "$shapes/twenty" "$shapes/gz"
  sample=$(shape_copy "$1" 2000 | wc -c)
  shape_count=$((shape_mb * 1000000 / (sample / 2000) / 20 * 20))
  shape_copy "$1" $shape_count >"$shapes/one/all.csv"
  tail -n +2 "$shapes/one/all.csv" | split -l $((shape_count / 20)) -d -a 2 --additional-suffix=.csv - "$shapes/twenty/part"
  for f in "$shapes"/twenty/*.csv; do
    { head -n 1 "$shapes/one/all.csv"; cat "$f"; } >"$shapes/whole" && mv "$shapes/whole" "$f"
    [ "$1" != events ] || gzip -6 <"$f" >"$shapes/gz/$(basename "$f").gz"
  done
}

tiny_files() { # 20,000 files of 10 rows, and two scripts for psql, with a \copy for each file
  local n=$1
  mkdir -p "$shapes/tiny"
  shape_copy events $((n * 10)) | awk -v folder="$shapes/tiny" -v scripts="$work" '
    NR == 1 { header = $0; next }
    NR % 10 == 2 {
      file = sprintf("%s/%05d.csv", folder, n)
      print header > file
      print "\\copy shape from " file " csv header" > (scripts "/tiny" (n++ % 2) ".sql")
    }
    { print > file }
    NR % 10 == 1 { close(file) }'
  shape_count=$((n * 10))
}

loaded_by() { # loaded_by CONTENDER FILES: the whole process, as a person would start it
  local psql=(psql -h 127.0.0.1 -p "$port" -U postgres -qX -v ON_ERROR_STOP=1 bench)
  case $1 in
    ingest-1) "$ingest" load "$shapes/$2" --table shape --lanes 1 --db "$url" ;;
    ingest) "$ingest" load "$shapes/$2" --table shape --db "$url" ;;
    psql-1) "${psql[@]}" -c "\copy shape from $shapes/$2/all.csv csv header" ;;
    psql-2)
      case $2 in
        tiny) "${psql[@]}" -f "$work/tiny0.sql" & "${psql[@]}" -f "$work/tiny1.sql"; wait $! ;;
        gz)
          find "$shapes/gz" -name '*.gz' | sort |
            xargs -P 2 -I{} "${psql[@]}" -c "\copy shape from program 'gzip -dc {}' csv header" ;;
        *) find "$shapes/$2" -name '*.csv' | sort | xargs -P 2 -I{} "${psql[@]}" -c "\copy shape from {} csv header" ;;
      esac ;;
    importer)
      "$work/importer/BinaryImporter" "Host=127.0.0.1;Port=$port;Username=postgres;Database=bench" shape "$shapes/$2"/*.csv ;;
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

same_rows() { # same_rows CONTENDER: the table holds what the first contender loaded into it
  local found
  found=$(sql bench -c "SELECT count(*) || ' ' || sum(hashtextextended(s::text, 0)::numeric) FROM shape s")
  [ -s "$work/shape.rows" ] || echo "$found" >"$work/shape.rows"
  [ "${found%% *}" = "$shape_count" ] && [ "$found" = "$(cat "$work/shape.rows")" ] ||
    { echo "WRONG: $1 loaded $found instead of $shape_count: $(cat "$work/shape.rows")"; exit 1; }
}

compare_shape() { # compare_shape SHAPE FILES TITLE CONTENDER...: the ratios are those of the second over the first
  local shape=$1 files=$2 title=$3 round i who order
  shift 3
  rm -f "$work"/shape.rows "$work"/took-*
  for round in $(seq 0 "$rounds"); do
    for i in $(seq 0 $(($# - 1))); do
      order=("$@")
      who=${order[$(((i + round) % $#))]}
      fresh_database
      sql bench -c "CREATE TABLE shape AS $(shape_rows "$shape" 0)" -c CHECKPOINT
      [ "$who" != pgloader ] || pgloader_script "$shape" "$files"
      seconds loaded_by "$who" "$files" >"$work/took"
      if [ "$round" = 0 ]; then same_rows "$who"; else cat "$work/took" >>"$work/took-$who"; fi
      [ "$(sql bench -c 'SELECT count(*) FROM shape')" = "$shape_count" ] || { echo "WRONG: $who, $title"; exit 1; }
    done
  done
  local mine pairs
  mine=$(median <"$work/took-$1")
  pairs=$(paste "$work/took-$1" "$work/took-$2" | awk '{ printf "%s%.2f", (NR > 1 ? " " : ""), $2 / $1 }')
  printf 'shapes: %s: %s %s s (%s rows/s), ' "$title" "$1" "$(rounded "$mine")" "$(echo "$shape_count / $mine" | bc)"
  for who in "${@:2}"; do printf '%s %s s, ' "$who" "$(rounded "$(median <"$work/took-$who")")"; done
  echo "ratio $(echo "$pairs" | tr ' ' '\n' | median) (pairs: $pairs)"
  for who in "$@"; do echo "  $who: $(while read -r i; do rounded "$i"; done <"$work/took-$who" | paste -sd' ')"; done
}

rounded() { printf '%.2f' "$1"; }

shapes() {
  local shape about others=(importer)
  "${dotnet:-dotnet}" publish "$root/bench/BinaryImporter.cs" -o "$work/importer" >"$work/publish.log" ||
    { cat "$work/publish.log"; exit 1; }
  echo "clients: $(psql --version); ingest $("$ingest" --version)"
  if command -v pgloader >/dev/null 2>&1; then
    others+=(pgloader)
    echo "clients: $(pgloader --version | head -n 1)"
  else
    echo "shapes: pgloader is not installed, so it is not compared (Debian: apt-get install pgloader)"
  fi
  for shape in $shape_names; do
    shape_files "$shape"
    about=$(head -n 1 "$shapes/one/all.csv" | tr ',' '\n' | wc -l)
    about="$shape ($about columns, $shape_count rows, $(($(stat -c %s "$shapes/one/all.csv") / 1000000)) MB)"
    compare_shape "$shape" one "$about, 1 file" ingest-1 psql-1 ingest
    compare_shape "$shape" twenty "$about, 20 files" ingest psql-2 "${others[@]}"
    [ "$shape" = events ] || continue
    compare_shape events gz "$about, 20 files as gzip" ingest psql-2
    tiny_files "${INGEST_BENCH_TINY:-20000}"
    compare_shape events tiny "events, $((shape_count / 10)) files of 10 rows" ingest psql-2
  done
}
