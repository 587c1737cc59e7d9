using System.Text;
using Npgsql;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Values that make input functions, domains and triggers raise whatever they like; PostgreSQL's own COPY, a record at a
/// time, says what is right.</summary>
public sealed class RefusedValueFuzzTests
{
    const int Records = 5_000;

    const string Types =
        """
        CREATE EXTENSION hstore;
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TYPE pair AS (a int, b text);
        CREATE FUNCTION is_wkt(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
            IF $1 !~ '^[A-Z]+\(' THEN RAISE EXCEPTION 'invalid geometry %', left($1, 5) USING ERRCODE = 'XX000'; END IF;
            RETURN true; END $$;
        CREATE DOMAIN wkt AS text CHECK (is_wkt(VALUE));
        CREATE DOMAIN even AS int CHECK (VALUE % 2 = 0);
        CREATE DOMAIN small AS even CHECK (VALUE < 1000);
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.id % 97 = 0 THEN RAISE EXCEPTION 'no multiples of 97: %', NEW.id USING ERRCODE =
                (ARRAY['BK001','57P01','53100','40001','08006','P0002','XX000'])[1 + NEW.id % 7]; END IF;
            RETURN NEW; END $$;
        """;

    const string Columns =
        "id int, h hstore, j json, b jsonb, r int4range, m mood, w wkt, e small, p pair, a int[], x xml, n numeric(6,2), t "
            + "timestamptz, i interval, u uuid";

    static readonly Dictionary<string, string[]> Samples = new()
    {
        ["h"] = ["a=>1", "a", "\"a b\"=>NULL", "=>", "a=>1,b", "a=>\"", "", "a=>1, a=>2", "\\"],
        ["j"] = ["{}", "{\"a\":1}", "{", "[1,2", "nul", "\"\\u0000\"", "\"\\ud800\"", "1e999999", ""],
        ["b"] = ["{}", "{\"a\":1}", "{", "[1,2", "nul", "\"\\u0000\"", "\"\\ud800\"", "1e999999", "{\"a\":1,\"a\":2}"],
        ["r"] = ["[1,5)", "[5,1)", "empty", "(,)", "[1", "[a,b]", "[2147483647,]", "[,2147483648)"],
        ["m"] = ["sad", "ok", "Ok", "", "happy ", "happy"],
        ["w"] = ["POINT(1 2)", "{not}", "", "LINE(", "point("],
        ["e"] = ["2", "3", "998", "1000", "-4", "", "x", "4e0", "2147483648"],
        ["p"] = ["(1,a)", "(x,a)", "(1)", "(,)", "(1,\"a b\")", "1,a", "(1,a,b)"],
        ["a"] = ["{1,2}", "{1,x}", "{{1},{2}}", "{{1},{2,3}}", "{", "{}", "[2:3]={1,2}", "[3:2]={1}"],
        ["x"] = ["<a/>", "<a>", "text", "<a></b>", "<?xml version=\"1.0\"?><a/>", "<!DOCTYPE a><a/>"],
        ["n"] = ["1", "9999.99", "10000", "NaN", "Infinity", "1e3", "0.005", "abc", "--1"],
        ["t"] = ["2024-01-01", "now-ish", "infinity", "2024-02-30", "294277-01-01", "2024-03-10 02:30 America/New_York",
            "4714-01-01 BC", "12:00"],
        ["i"] = ["1 day", "P1Y2M", "1 fortnight", "178956971 years", "-1:2:3", ""],
        ["u"] = ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", "a0ee", "zz"],
    };

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("id,m,w,e,n,t,i,u,j,b")]             // binary COPY
    [InlineData("id,h,j,b,r,m,w,e,p,a,x,n,t,i,u")]   // text COPY: types without an encoder
    public async Task Any_value_is_loaded_or_rejected_as_COPY_does_it_and_nothing_waits(string columns)
    {
        var seed = Environment.GetEnvironmentVariable("INGEST_TEST_SEED") is { Length: > 0 } given ? int.Parse(given) : 1126;
        var random = new Random(seed);
        var names = columns.Split(',');
        var declared = Columns.Split(", ").Where(c => names.Contains(c.Split(' ')[0]));
        await using var bench = await LoadBench.CreateAsync(
            $"{Types} CREATE TABLE t ({string.Join(", ", declared)}); CREATE TABLE expected (LIKE t);"
            + "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION refuse();"
            + "CREATE TRIGGER g BEFORE INSERT ON expected FOR EACH ROW EXECUTE FUNCTION refuse();");
        var records = Enumerable.Range(1, Records).Select(id => Record(random, id, names)).ToArray();
        var refused = await CopyOneByOneAsync(bench, columns, records);

        var states = await bench.LoadAsync(bench.Write("a.csv", $"{columns}\n" + string.Concat(records.Select(r => r + "\n"))));

        states.Single().Status.ShouldBe("loaded", $"seed {seed}: {states.Single().Reason}");
        (await bench.RowsAsync("SELECT line FROM corrupt_records ORDER BY line")).ShouldBe(refused.Select(id => $"{id + 1}"),
            $"seed {seed}");
        (await bench.RowsAsync(
            "SELECT loaded::text FROM t AS loaded EXCEPT ALL SELECT wanted::text FROM expected AS wanted LIMIT 3")).ShouldBe([],
                $"seed {seed}");
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe([$"{Records - refused.Count}"]);
        refused.Count.ShouldBeInRange(Records / 10, Records * 9 / 10, "too one-sided to prove anything");
        await bench.CountsShouldAgreeAsync();
    }

    /// <summary>Mostly good values, so that each bad one is found by itself.</summary>
    static string Record(Random random, int id, string[] names)
    {
        var record = new StringBuilder().Append(id);
        foreach (var name in names.Skip(1))
        {
            record.Append(',');
            var samples = Samples[name];
            if (random.Next(8) == 0) continue; // NULL
            var value = random.Next(names.Length) == 0 ? samples[random.Next(samples.Length)] : samples[0];
            record.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return record.ToString();
    }

    static async Task<List<int>> CopyOneByOneAsync(LoadBench bench, string columns, string[] records)
    {
        var refused = new List<int>();
        var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        for (var i = 0; i < records.Length; i++)
        {
            try
            {
                await using var writer = await connection.BeginTextImportAsync(
                    $"COPY expected ({columns}) FROM STDIN (FORMAT csv)", Stop);
                await writer.WriteAsync(records[i] + "\n");
            }
            catch (PostgresException)
            {
                refused.Add(i + 1);
                if (connection.State == System.Data.ConnectionState.Open) continue;
                await connection.DisposeAsync(); // Npgsql hangs up after some codes
                connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
            }
        }

        await connection.DisposeAsync();
        return refused;
    }
}
