using System.Text.Json.Nodes;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Other ways in which the numbers and dates of a CSV file may be written, the usual ones first.</summary>
static class ValueSettings
{
    static readonly string[] DateFormats =
    [
        "YYYYMMDDHH24MISS", "YYYY-MM-DD-HH24.MI.SS", "DD.MM.YYYY HH24.MI", "DD Mon YYYY", "Mon DD YYYY",
    ];

    /// <summary>First one change, then one of numbers with one of dates: a record is rejected for its first bad value, so that
    /// neither change alone may load any record.</summary>
    /// <param name="csv">The present options.</param>
    /// <param name="columns">The columns that fields fill.</param>
    public static IEnumerable<Settings> Of(CsvOptions csv, IReadOnlyList<TargetColumn> columns)
    {
        Settings[] numbers = columns.Any(c => ColumnKind.IsNumber(c.BaseTypeName)) ? [.. Numbers(csv)] : [];
        Settings[] orders = [], formats = [];
        if (columns.Any(c => ColumnKind.IsTime(c.BaseTypeName))) (orders, formats) = ([.. Orders(csv)], [.. Formats(csv)]);
        return [.. numbers, .. orders, .. formats, .. numbers.SelectMany(n => orders.Select(d => Both(n, d)))];
    }

    static Settings Both(Settings number, Settings date) => [.. number, .. date];

    static IEnumerable<Settings> Numbers(CsvOptions csv)
    {
        if (csv.Decimal is null or '.')
        {
            yield return [Sign("csv.decimal", ',')];
            if (csv.Thousands is null or ',') yield return [Sign("csv.decimal", ','), Sign("csv.thousands", '.')];
            if (csv.Thousands != ',') yield return [Sign("csv.thousands", ',')];
        }
        else
        {
            yield return [Sign("csv.decimal", '.')];
            if (csv.Thousands is null) yield return [Sign("csv.thousands", '.')];
        }

        if (csv.Thousands is null) yield return [Sign("csv.thousands", ' ')];
    }

    static IEnumerable<Settings> Orders(CsvOptions csv)
    {
        foreach (var order in (DatePartOrder[])[DatePartOrder.Dmy, DatePartOrder.Mdy, DatePartOrder.Ymd])
        {
            if (csv.DateOrder != order)
                yield return [OptionSetting.Of("csv.dateOrder", JsonValue.Create(order.ToString().ToLowerInvariant()))];
        }
    }

    static IEnumerable<Settings> Formats(CsvOptions csv)
    {
        foreach (var format in DateFormats)
        {
            if (csv.DateFormats is not { } known) yield return [OptionSetting.Of("csv.dateFormats", new JsonArray(format))];
            else if (!known.Contains(format))
                yield return [OptionSetting.Of("csv.dateFormats", new JsonArray([.. known.Select(k => (JsonNode)k), format]))];
        }
    }

    static OptionSetting Sign(string name, char sign) => OptionSetting.Of(name, JsonValue.Create(sign.ToString()));
}
