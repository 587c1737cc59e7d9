using System.Globalization;
using System.Text;
using CsCheck;
using Npgsql;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Values;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Values;

/// <summary>The law of values: what is read here as a canonical text is what the server itself makes of the text, told the same.
/// Nothing is ever read as another value; to refuse more than the server does is allowed.</summary>
public sealed class ValueReadingLawTests
{
    static readonly string[] DatePieces =
    [
        "1", "2", "01", "02", "13", "25", "31", "69", "70", "99", "2003", "1999", "003", "0", "/", "-", ".", " ", "T", ":",
        "10:30", "10:30:15.25", "Feb", "Z", "+02", "BC", "am",
    ];

    [Theory]
    [InlineData(DatePartOrder.Dmy, "DMY")]
    [InlineData(DatePartOrder.Mdy, "MDY")]
    [InlineData(DatePartOrder.Ymd, "YMD")]
    public async Task DateOrder_AnyText_IsTheServersValueUnderThatDateStyle(DatePartOrder order, string style)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var other = style == "MDY" ? "DMY" : "MDY";
        var reading = ValueReadings.For(ValueKind.Date, new ValueOptions { DateOrder = order })!;
        var random = new Random(20261125);
        string[] texts = [.. Enumerable.Range(0, 4000).Select(i => i % 2 == 0 ? AnyText(random) : ThreeNumbers(random))
            .Distinct()];

        var canonical = texts.Select(text => Canonical(reading, text)).ToArray();
        var expected = await TimestampsAsync(connection, style, texts);
        var stored = await TimestampsAsync(connection, other, canonical);

        for (var i = 0; i < texts.Length; i++)
        {
            if (canonical[i] is not null && stored[i] is not null) stored[i].ShouldBe(expected[i], texts[i]);
        }

        Enumerable.Range(0, texts.Length).Count(i => stored[i] is not null).ShouldBeGreaterThan(100);
        Enumerable.Range(0, texts.Length).Count(i => stored[i] is null && expected[i] is not null)
            .ShouldBeLessThan(texts.Length / 10);
    }

    static string AnyText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(3, 10)).Select(_ => DatePieces[random.Next(DatePieces.Length)]));

    static string ThreeNumbers(Random random)
    {
        var sign = "/-. "[random.Next(4)];
        var year = random.Next(2) == 0 ? random.Next(0, 100) : random.Next(1000, 2200);
        return string.Create(CultureInfo.InvariantCulture,
            $"{random.Next(34)}{sign}{random.Next(34):00}{sign}{year}{(random.Next(2) == 0 ? " 10:30" : "")}");
    }

    [Theory]
    [InlineData("DD.MM.YYYY")]
    [InlineData("MM/DD/YYYY HH12:MI AM")]
    [InlineData("YYYYMMDD HH24MISS")]
    [InlineData("DD. Mon YY HH24:MI:SS.US")]
    [InlineData("DD Month YYYY")]
    [InlineData("YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM")]
    public async Task DateFormats_ValuesWrittenSo_AreWhatToTimestampReads(string template)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var reading = ValueReadings.For(ValueKind.Date, new ValueOptions { DateFormats = [template] })!;
        await using var command = new NpgsqlCommand(
            """
            SELECT written, to_timestamp(written, $1)::text
            FROM (SELECT to_char(timestamptz '1971-01-01 00:00:07.25' + make_interval(hours => 5003 * i, mins => i, secs => i),
                replace($1, 'Month', 'FMMonth')) AS written
                  FROM generate_series(1, 160) AS i) AS w
            """, connection)
        { Parameters = { new() { Value = template } } };
        var read = new List<(string Text, string Expected)>();
        await using (var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            while (await rows.ReadAsync(TestContext.Current.CancellationToken)) read.Add((rows.GetString(0), rows.GetString(1)));

        var canonical = read.Select(row => Canonical(reading, row.Text).ShouldNotBeNull(row.Text)).ToArray();
        var stored = await TimestampsAsync(connection, "MDY", canonical, "timestamptz");

        stored.ShouldBe(read.Select(row => row.Expected));
    }

    /// <summary>Numbers as people write them, and as they do not.</summary>
    [Fact]
    public void Number_AnyDigitsAndSigns_IsTheNumberOrRefused() => Gen.Select(Gen.Int[-2_000_000_000, 2_000_000_000],
        Gen.Int[0, 99_999], Gen.Int[0, 3]).Sample(
        (whole, fraction, kind) =>
        {
            var (point, group, culture) = kind switch
            {
                0 => (',', (char?)'.', "{0:#,##0}"),
                1 => ('.', (char?)',', "{0:#,##0}"),
                2 => (',', (char?)' ', "{0:#,##0}"),
                _ => (',', (char?)null, "{0:0}"),
            };
            var written = string.Format(CultureInfo.InvariantCulture, culture, whole).Replace(",", $"{group}",
                StringComparison.Ordinal) + $"{point}{fraction}";
            var reading = ValueReadings.For(ValueKind.Number, new ValueOptions { Decimal = point, Thousands = group })!;

            Canonical(reading, written).ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{whole}.{fraction}"), written);
        },
        iter: 5_000, threads: 1);

    [Theory]
    [InlineData("1.5")]        // may be one and a half
    [InlineData("1.2.456")]
    [InlineData("1234.567")]
    [InlineData(".567")]
    [InlineData("1..234")]
    [InlineData("1.234.")]
    [InlineData("1,234.5")]
    [InlineData("1,2,3")]
    [InlineData("1.23.4567")]
    [InlineData("€5")]
    public void Number_GroupsThatAreNone_AreRefused(string text) =>
        Canonical(ValueReadings.For(ValueKind.Number, new ValueOptions { Decimal = ',', Thousands = '.' })!, text).ShouldBeNull();

    [Theory]
    [InlineData("12.34.567,8", "1234567.8")]   // as in India
    [InlineData("-1.234,5e3", "-1234.5e3")]
    [InlineData(" 7 ", "7")]
    [InlineData("NaN", "NaN")]
    [InlineData(",5", ".5")]
    public void Number_OtherForms_AreRead(string text, string expected) =>
        Canonical(ValueReadings.For(ValueKind.Number, new ValueOptions { Decimal = ',', Thousands = '.' })!,
            text).ShouldBe(expected);

    [Fact]
    public void Templates_TwoThatReadDifferentTimes_RefuseAndShowBoth()
    {
        var reading = ValueReadings.For(ValueKind.Date, new ValueOptions { DateFormats = ["DD/MM/YYYY", "MM/DD/YYYY"] })!;

        Canonical(reading, "13/02/2003").ShouldBe("2003-02-13");
        Canonical(reading, "02/02/2003").ShouldBe("2003-02-02");
        Canonical(reading, "01/02/2003").ShouldBeNull();
        reading.Explain("01/02/2003"u8).ShouldContain("may be DD/MM/YYYY or MM/DD/YYYY");
    }

    [Theory]
    [InlineData("DD.MM", "needs year, month and day")]
    [InlineData("YYYY-MM-DD MM", "MM repeats a part")]
    [InlineData("YYYY-MM-DD HH:MI", "needs AM or PM with HH12")]
    [InlineData("YYYY-MM-DD at HH24:MI", "has an unknown part 'a'")]
    [InlineData("DD.MM.YYYY \"x", "a quote is not closed")]
    public void Validate_TemplateThatCannotBe_SaysWhy(string template, string expected) =>
        new CsvOptions { DateFormats = [template] }.Validate("csv").ShouldHaveSingleItem().ToString().ShouldContain(expected);

    static string? Canonical(ValueReading reading, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var canonical = new byte[utf8.Length + ValueReading.Slack];
        var length = reading.Write(utf8, canonical);
        return length < 0 ? null : Encoding.UTF8.GetString(canonical, 0, length);
    }

    /// <summary>What the server stores for each text under a DateStyle; null where it refuses, and for null.</summary>
    static async Task<string?[]> TimestampsAsync(NpgsqlConnection connection, string style, IReadOnlyList<string?> texts,
        string type = "timestamp")
    {
        await using (var set = new NpgsqlCommand(
            $"""
            SET DateStyle = 'ISO, {style}';
            CREATE OR REPLACE FUNCTION pg_temp.stored(t text) RETURNS text LANGUAGE plpgsql AS
            $f$ BEGIN RETURN t::{type}::text; EXCEPTION WHEN data_exception THEN RETURN NULL; END $f$
            """, connection))
            await set.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(
            "SELECT pg_temp.stored(t) FROM unnest($1::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n", connection)
        {
            Parameters = { new() { Value = texts.ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new List<string?>();
        while (await reader.ReadAsync()) stored.Add(await reader.IsDBNullAsync(0) ? null : reader.GetString(0));
        return [.. stored];
    }
}
