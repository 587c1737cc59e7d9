using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Keys that are equal in more ways than by their bytes, and what triggers see of a merge.</summary>
public sealed class MergeKeyTests
{
    const string NoCase = "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);";

    /// <summary>The table has the first key; the file the second and the third, which are the first in
    /// other words, and the fourth.</summary>
    [Theory]
    [InlineData("CREATE TABLE t (k numeric PRIMARY KEY, v text)", "1", "1.0", "1.00", "2")]
    [InlineData("CREATE TABLE t (k float8 PRIMARY KEY, v text)", "0", "-0", "0.0", "NaN")]
    [InlineData("CREATE TABLE t (k char(3) PRIMARY KEY, v text)", "a", "a ", "a", "b")]
    [InlineData("CREATE TABLE t (k text COLLATE \"C\" PRIMARY KEY, v text)", "a", "a", "a", "A")]
    [InlineData(NoCase + "CREATE TABLE t (k text COLLATE nocase PRIMARY KEY, v text)", "a", "A", "a", "b")]
    [InlineData(NoCase + "CREATE DOMAIN word AS text COLLATE nocase; CREATE TABLE t (k word PRIMARY KEY, v text)", "a",
        "A", "a", "b")]
    [InlineData(NoCase + "CREATE TABLE t (k text NOT NULL, v text); CREATE UNIQUE INDEX ON t (k COLLATE nocase)", "a",
        "A", "a", "b")]
    [InlineData("CREATE TABLE t (k text NOT NULL, v text); CREATE UNIQUE INDEX ON t (k text_pattern_ops)", "a", "a", "a", "A")]
    [InlineData("CREATE SCHEMA far; CREATE EXTENSION citext SCHEMA far; CREATE TABLE t (k far.citext PRIMARY KEY, v text)", "a",
        "A", "a", "b")]
    public async Task Upsert_KeysThatAreEqualInOtherWords_AreOneRow(
        string table, string has, string first, string second, string fresh)
    {
        await using var bench = await LoadBench.CreateAsync(table, p => (p.Write, p.Key, p.Lanes) = (WriteMode.Upsert, ["k"], 1));
        await bench.ExecuteAsync($"INSERT INTO t VALUES ('{has}', 'old')");

        await bench.LoadAsync(bench.Write("new.csv", $"k,v\n{fresh},0\n")); // so that new keys are expected
        await bench.ExecuteAsync($"DELETE FROM t WHERE k = '{fresh}'");

        // The second to fourth file share a transaction where they can.
        var one = (await bench.LoadAsync(bench.Write("a.csv", $"k,v\n{first},1\n{second},2\n{fresh},3\n"))).Single();
        var more = await bench.LoadAsync(
            [.. Enumerable.Range(0, 3).Select(i => bench.Write($"b{i}.csv", $"k,v\n{first},b\n{second},b\n{fresh},b\n"))]);

        one.Totals.Rejected.ShouldBe(0, one.Reason);
        one.Totals.Merged!.Value.Inserted.ShouldBe(1);
        more.ShouldAllBe(s => s.Totals.Loaded == 3 && s.Totals.Merged!.Value.Inserted == 0);
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["2|b|b"]);
    }

    /// <summary>The same rows by a load, and by the statement that somebody would write by hand:
    /// the triggers see the same.</summary>
    [Theory]
    [InlineData("AFTER", "", true)]
    [InlineData("BEFORE", "", true)]
    [InlineData("AFTER", "PARTITION BY RANGE (id)", true)]
    [InlineData("AFTER", "", false)]
    [InlineData("AFTER", "PARTITION BY RANGE (id)", false)]
    public async Task Upsert_TriggersOfRowsAndStatements_SeeWhatOnConflictShows(string when, string partitions, bool hasKeys)
    {
        await using var bench = await LoadBench.CreateAsync(
            $$"""
            CREATE TABLE seen (no int GENERATED ALWAYS AS IDENTITY, what text);
            CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text,
                twice int GENERATED ALWAYS AS (id * 2) STORED) {{partitions}};
            {{(partitions.Length > 0 ? "CREATE TABLE t1 PARTITION OF t DEFAULT;" : "")}}
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
                INSERT INTO seen (what) VALUES (concat_ws(' ', TG_WHEN, TG_OP, TG_LEVEL, NEW.id, OLD.v,
                    NEW.v)); RETURN NEW; END $f$;
            CREATE FUNCTION sum_up() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
                INSERT INTO seen (what) SELECT concat_ws(' ', TG_OP, 'table', count(*), sum(id))
                    FROM fresh_rows; RETURN NULL; END $f$;
            CREATE TRIGGER row_note {{when}} INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER statement_note {{when}} INSERT OR UPDATE ON t FOR EACH STATEMENT EXECUTE FUNCTION note();
            CREATE TRIGGER insert_sum AFTER INSERT ON t REFERENCING NEW TABLE AS fresh_rows
                FOR EACH STATEMENT EXECUTE FUNCTION sum_up();
            CREATE TRIGGER update_sum AFTER UPDATE ON t REFERENCING NEW TABLE AS fresh_rows
                FOR EACH STATEMENT EXECUTE FUNCTION sum_up()
            """, p => p.Write = WriteMode.Upsert);
        var have =
            $"TRUNCATE t; INSERT INTO t (id, v) OVERRIDING SYSTEM VALUE VALUES "
                + $"({(hasKeys ? "2, 'old'), (4, 'same'" : "102, 'x'")}); TRUNCATE seen";
        const string Seen = "SELECT what FROM seen ORDER BY what";
        await bench.ExecuteAsync(have);
        await bench.ExecuteAsync(
            """
            INSERT INTO t (id, v) OVERRIDING SYSTEM VALUE VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'same'), (5, 'e')
            ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v WHERE t.v IS DISTINCT FROM EXCLUDED.v
            """);
        var expected = await bench.RowsAsync(Seen);
        await bench.LoadAsync(bench.Write("new.csv", "id,v\n200,x\n201,y\n")); // so that new keys are expected
        await bench.ExecuteAsync(have);

        var state = (await bench.LoadAsync(bench.Write("a.csv", "id,v\n5,e\n4,same\n3,c\n2,b\n1,a\n"))).Single();

        state.Totals.ShouldBe(new FileTotals(5, 0, 0, 0, hasKeys ? new MergeTotals(3, 1, 1) : new MergeTotals(5, 0, 0)));
        (await bench.RowsAsync(Seen)).ShouldBe(expected);
        (await bench.RowsAsync("SELECT id, v, twice FROM t WHERE id < 100 ORDER BY id")).ShouldBe(
            ["1|a|2", "2|b|4", "3|c|6", "4|same|8", "5|e|10"]);
    }
}
