using Npgsql;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Mapping;

/// <summary>The law of <see cref="ColumnEncoder"/>, held against the server on thousands of texts for every type.</summary>
public sealed class ColumnEncoderPropertyTests : IAsyncLifetime
{
    const int Mutations = 4000;
    const int Seed = 20191001;

    TestDatabase _database = null!;
    NpgsqlConnection _connection = null!;

    public static TheoryData<string> Types => [.. TypeSamples.All.Keys];

    public static TheoryData<string, string> TimeSettings()
    {
        var data = new TheoryData<string, string>();
        string[] types = ["date", "timestamp", "timestamptz", "timestamptz(5)", "timetz", "interval", "time"];
        string[] settings =
        [
            "SET timezone = 'Europe/Berlin'", "SET timezone = 'America/New_York'; SET datestyle = 'ISO, DMY'", "SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'",
            "SET timezone = 'Australia/Lord_Howe'; SET intervalstyle = 'sql_standard'", "SET timezone = 'Africa/Casablanca'; SET datestyle = 'SQL, YMD'",
            "SET timezone = 'Etc/GMT'; SET intervalstyle = 'iso_8601'", "SET timezone = '+03:30'",
        ];
        foreach (var type in types)
        {
            foreach (var setting in settings)
                data.Add(type, setting);
        }

        return data;
    }

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _connection = await _database.DataSource.OpenConnectionAsync();
        await EncoderLaw.ExecuteAsync(_connection, """
            SET timezone = 'UTC';
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy', 'glücklich');
            CREATE DOMAIN mood_domain AS mood;
            CREATE DOMAIN positive AS numeric(8,3) CHECK (VALUE > 0);
            CREATE DOMAIN short_text AS varchar(5);
            CREATE DOMAIN day AS date;
            CREATE DOMAIN document AS jsonb;
            CREATE DOMAIN small AS integer;
            CREATE DOMAIN count_domain AS small NOT NULL CHECK (VALUE < 1000000);
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Encode_AnyText_StoresOrRefusesAsTheServersTextCopy(string type)
    {
        var law = await EncoderLaw.ForAsync(_connection, type);
        var (encoded, rejected, asked) = await law.CheckAsync(HostileTexts.From(TypeSamples.All[type], Mutations, Seed));
        TestContext.Current.SendDiagnosticMessage($"{type}: {encoded} encoded, {rejected} rejected, {asked} asked");
        (encoded + rejected).ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(TimeSettings))]
    public async Task Encode_AnyTimeUnderOtherSettings_StoresOrRefusesAsTheServersTextCopy(string type, string settings)
    {
        await EncoderLaw.ExecuteAsync(_connection, settings);
        var law = await EncoderLaw.ForAsync(_connection, type);
        await law.CheckAsync(HostileTexts.From(TypeSamples.All[type], Mutations / 4, Seed + 1));
    }
}
