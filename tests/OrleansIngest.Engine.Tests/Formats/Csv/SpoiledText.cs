using System.Text;
using OrleansIngest.Engine.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

/// <summary>Writes CSV of which it is known what is a row: plain rows, rows with many lines in a cell, and records that were rows
/// once.</summary>
static class SpoiledText
{
    public const int Fields = 4;

    /// <summary>The text, the rows in it as they stand there, and those rows that no reader has a reason to lose: more than four
    /// records behind a spoiled one, and not between two that are so near that one could be the end of the other.</summary>
    public static (string Text, HashSet<string> Rows, List<string> Safe) Write(int seed)
    {
        var random = new Random(seed);
        var lineBreak = random.Next(3) switch { 0 => "\n", 1 => "\r\n", _ => "\r" };
        var (quoteRate, spoilRate) = (random.NextDouble(), random.NextDouble() / 10);
        var text = new StringBuilder();
        var rows = new HashSet<string>();
        List<string> safe = [], since = [];
        for (var id = 0; id < 200; id++)
        {
            var row = Row(random, id, quoteRate, lineBreak, out var cell);
            if (random.NextDouble() < spoilRate && id is > 0 and < 180)
            {
                text.Append(Spoiled(random, id, cell, lineBreak)).Append(lineBreak);
                var isFar = since.Skip(RecordRecovery.EvidenceRecords).Any(r => r.Contains('"', StringComparison.Ordinal));
                if (isFar) safe.AddRange(since.Skip(4));
                since.Clear();
                continue;
            }

            text.Append(row).Append(lineBreak);
            rows.Add(row);
            since.Add(row);
        }

        safe.AddRange(since.Skip(4));
        return (text.ToString(), rows, safe.FindAll(r => r.Length <= 2000));
    }

    static string Row(Random random, int id, double quoteRate, string lineBreak, out string cell)
    {
        cell = random.Next(5) == 0 ? Lines(random, lineBreak) : $"name {id}";
        var isQuoted = cell.Contains(lineBreak, StringComparison.Ordinal) || random.NextDouble() < quoteRate;
        if (isQuoted && random.Next(4) == 0) cell += " \"\"so\"\"";
        return $"{id},{(isQuoted ? $"\"{cell}\"" : cell)},{random.Next(1000)}.5,s{id:x4}";
    }

    /// <summary>A cell of many lines: words, or lines that look like rows.</summary>
    static string Lines(Random random, string lineBreak)
    {
        var looksLikeRows = random.Next(2) == 0;
        var lines = Enumerable.Range(0, random.Next(1, random.Next(4) == 0 ? 120 : 6))
            .Select(i => looksLikeRows ? $"{i},false,{i}.5,row" : $"line {i} of the text");
        return $"the list:{lineBreak}{string.Join(lineBreak, lines)}{lineBreak}regards";
    }

    static string Spoiled(Random random, int id, string cell, string lineBreak) => random.Next(4) switch
    {
        0 => $"{id},\"open {id},1.5,s",                                      // never closed
        1 => $"{id},\"torn {id}\" oops,1.5,s",                               // text behind the closing quote
        2 => $"{id},stray 5\" {id},1.5,s",                                   // a quote in an unquoted field
        _ => $"{id},\"{cell}{lineBreak}is 5\" long{lineBreak}{cell}\",1.5,s", // a quote that was not doubled
    };
}
