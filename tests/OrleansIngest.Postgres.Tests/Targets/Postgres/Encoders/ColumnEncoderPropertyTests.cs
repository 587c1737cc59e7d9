using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>The law of <see cref="ColumnEncoder"/>, held against the server on thousands of texts for every type.</summary>
public sealed class ColumnEncoderPropertyTests(TypedDatabase database) : IClassFixture<TypedDatabase>
{
    const int Mutations = 2500;
    const int Seed = 20191001;

    public static TheoryData<string> Types => [.. TypeSamples.All.Keys];

    public static TheoryData<string, string> TimeSettings()
    {
        var data = new TheoryData<string, string>();
        string[] types = ["date", "timestamp", "timestamptz", "timestamptz(5)", "timetz", "interval", "time"];
        string[] settings =
        [
            "SET timezone = 'Europe/Berlin'", "SET timezone = 'America/New_York'; SET datestyle = 'ISO, DMY'",
            "SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'",
            "SET timezone = 'Australia/Lord_Howe'; SET intervalstyle = 'sql_standard'",
            "SET timezone = 'Africa/Casablanca'; SET datestyle = 'SQL, YMD'",
            "SET timezone = 'Etc/GMT'; SET intervalstyle = 'iso_8601'", "SET timezone = '+03:30'",
        ];
        foreach (var type in types)
        {
            foreach (var setting in settings)
                data.Add(type, setting);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Encode_AnyText_StoresOrRefusesAsTheServersTextCopy(string type)
    {
        await using var connection = await database.OpenAsync();
        var law = await EncoderLaw.ForAsync(connection, type);
        var (encoded, rejected, asked) = await law.CheckAsync(HostileTexts.From(TypeSamples.All[type], Mutations, Seed));
        TestContext.Current.SendDiagnosticMessage($"{type}: {encoded} encoded, {rejected} rejected, {asked} asked");
        (encoded + rejected).ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(TimeSettings))]
    public async Task Encode_AnyTimeUnderOtherSettings_StoresOrRefusesAsTheServersTextCopy(string type, string settings)
    {
        await using var connection = await database.OpenAsync();
        await EncoderLaw.ExecuteAsync(connection, settings);
        var law = await EncoderLaw.ForAsync(connection, type);
        await law.CheckAsync(HostileTexts.From(TypeSamples.All[type], Mutations / 4, Seed + 1));
    }
}
