using Npgsql;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Tables;

public sealed class TargetTableTests : IAsyncLifetime
{
    TestDatabase _database = null!;
    NpgsqlConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        _connection = await _database.DataSource.OpenConnectionAsync();
        await EncoderLaw.ExecuteAsync(_connection, """
            CREATE SCHEMA "My Shop";
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
            ALTER TYPE mood ADD VALUE 'meh' AFTER 'sad';
            CREATE DOMAIN price AS numeric(10,2) DEFAULT 0;
            CREATE DOMAIN real_price AS price NOT NULL;
            CREATE TABLE "My Shop"."Order""s" (
                id bigint GENERATED ALWAYS AS IDENTITY,
                dropped int,
                "Name" varchar(50) NOT NULL,
                feeling mood,
                cost real_price,
                doubled numeric GENERATED ALWAYS AS (1 + 1) STORED,
                added timestamptz(3) NOT NULL DEFAULT now(),
                tags int[]
            );
            ALTER TABLE "My Shop"."Order""s" DROP COLUMN dropped;
            CREATE TABLE plain (id int);
            CREATE VIEW a_view AS SELECT 1 AS id;
            CREATE MATERIALIZED VIEW a_matview AS SELECT 1 AS id;
            CREATE SEQUENCE a_sequence;
            CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Read_TableWithEveryKindOfColumn_DescribesThem()
    {
        var table = await ReadAsync("\"My Shop\".\"Order\"\"s\"");

        (table.Schema, table.Name, table.QuotedName).ShouldBe(("My Shop", "Order\"s", "\"My Shop\".\"Order\"\"s\""));
        table.Columns.Select(c => (c.Name, c.Number, c.TypeName, c.TypeModifier, c.NotNull, c.HasDefault, c.IsGenerated))
            .ShouldBe(
        [
            ("id", 1, "bigint", -1, true, true, false),
            ("Name", 3, "character varying(50)", 54, true, false, false),
            ("feeling", 4, "mood", -1, false, false, false),
            ("cost", 5, "real_price", (10 << 16) + 2 + 4, true, true, false),
            ("doubled", 6, "numeric", -1, false, true, true),
            ("added", 7, "timestamp(3) with time zone", 3, true, true, false),
            ("tags", 8, "integer[]", -1, false, false, false),
        ]);
        table.Columns[3].BaseTypeOid.ShouldBe(1700u);
        table.Columns[3].TypeOid.ShouldNotBe(1700u);
        table.Columns[2].EnumLabels.ShouldBe(["sad", "meh", "ok", "happy"]);
        table.Columns[0].EnumLabels.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("plain", "public.plain")]
    [InlineData("PLAIN", "public.plain")]
    [InlineData("public.plain", "public.plain")]
    [InlineData(" \"public\" . \"plain\" ", "public.plain")]
    [InlineData("parted", "public.parted")]
    public async Task Read_NameWrittenAnyWay_FindsTheTable(string name, string quoted) =>
        (await ReadAsync(name)).QuotedName.ShouldBe(quoted);

    [Fact]
    public async Task Read_NameWithoutSchema_FollowsTheSearchPath()
    {
        await EncoderLaw.ExecuteAsync(_connection,
            "CREATE TABLE \"My Shop\".plain (id int); SET search_path = \"My Shop\", public");

        (await ReadAsync("plain")).QuotedName.ShouldBe("\"My Shop\".plain");
    }

    [Theory]
    [InlineData("nowhere", "Table nowhere does not exist (search_path: \"$user\", public).")]
    [InlineData("nowhere.plain", "Table nowhere.plain does not exist (search_path: \"$user\", public). Did you mean plain?")]
    [InlineData("\"PLAIN\"", "Table \"PLAIN\" does not exist (search_path: \"$user\", public). Did you mean plain?")]
    [InlineData("a_view", "public.a_view cannot be loaded: it is a view, not a table.")]
    [InlineData("a_matview", "public.a_matview cannot be loaded: it is a materialized view, not a table.")]
    [InlineData("a_sequence", "public.a_sequence cannot be loaded: it is not a table.")]
    [InlineData("plain; DROP TABLE plain",
        "Table plain; DROP TABLE plain cannot be looked up: string is not a valid identifier: \"plain; DROP TABLE plain\".")]
    [InlineData("\"plain", "Table \"plain cannot be looked up: string is not a valid identifier: \"\"plain\".")]
    [InlineData("", "Table  cannot be looked up: string is not a valid identifier: \"\".")]
    public async Task Read_NameOfNoLoadableTable_SaysWhy(string name, string message)
        => (await Should.ThrowAsync<TargetTableException>(() => ReadAsync(name))).Message.ShouldBe(message);

    [Fact]
    public async Task Read_WithoutTheRightToInsert_SaysWhy()
    {
        await EncoderLaw.ExecuteAsync(_connection,
            $"CREATE ROLE reader_{_database.Name}; GRANT SELECT ON plain TO reader_{_database.Name}; SET ROLE "
                + $"reader_{_database.Name}");
        try
        {
            (await Should.ThrowAsync<TargetTableException>(() => ReadAsync("plain"))).Message
                .ShouldBe("public.plain cannot be loaded: this database user has no INSERT privilege on it.");
            (await Should.ThrowAsync<TargetTableException>(() => ReadAsync("\"My Shop\".plain"))).Message
                .ShouldBe("Table \"My Shop\".plain cannot be looked up: permission denied for schema My Shop.");
        }
        finally
        {
            await EncoderLaw.ExecuteAsync(_connection,
                $"RESET ROLE; DROP OWNED BY reader_{_database.Name}; DROP ROLE reader_{_database.Name}");
        }
    }

    Task<TargetTable> ReadAsync(string name) => TargetTable.ReadAsync(_connection, name, default);
}
