using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Determines from the first records how many fields a record has: trailing delimiters may be in the header only, or in
/// the records only.</summary>
/// <param name="content">The whole file.</param>
/// <param name="layout">Where records start, and their dialect; the number of fields is unknown.</param>
/// <param name="mostRecords">Maximum number of records to examine.</param>
/// <param name="mostBytes">Maximum number of bytes to examine.</param>
sealed class FieldCounts(ByteContent content, CsvLayout layout, int mostRecords, int mostBytes)
{
    readonly Dictionary<int, Seen> _seen = []; // by number of fields
    int _records;
    int _first;

    /// <summary>Examines the records.</summary>
    /// <param name="names">The fields' names.</param>
    /// <param name="hasNames">Whether there are any; otherwise the most frequent number is used.</param>
    /// <param name="findings">Receives a sentence if header and records differ.</param>
    /// <returns>The names of the fields that are used, their number, and the number of fields in a record.</returns>
    public (IReadOnlyList<string> Names, int Fields, int InRecord) Decide(
        IReadOnlyList<string> names, bool hasNames, List<string> findings)
    {
        Look(names.Count);
        var seen = _seen.Values.OrderByDescending(count => count.Records).ThenByDescending(count => count.Fields == _first)
            .FirstOrDefault() ?? new Seen(0);
        var most = seen.Fields;
        if (!hasNames) return (names, most, most);
        var isMostOfThem = 2 * seen.Records > _records;
        if (most == names.Count || !isMostOfThem) return (names, names.Count, names.Count);
        if (most < names.Count && names.Skip(most).All(string.IsNullOrWhiteSpace))
        {
            findings.Add($"the header ends with {Counted.Of(names.Count - most, "delimiter")} that the records do not have");
            return ([.. names.Take(most)], most, most);
        }

        if (most > names.Count && names.Count > 0 && seen.Filled <= names.Count)
        {
            findings.Add($"the records end with {Counted.Of(most - names.Count, "delimiter")} that the header does not have");
            return (names, names.Count, most);
        }

        return (names, names.Count, names.Count);
    }

    void Look(int expected)
    {
        var span = new PositionSpan(layout.BodyStart, content.Length ?? PositionSpan.Open);
        using var reader = new GeneralReader(content, span, layout, layout.BodyLine);
        while (_records < mostRecords && reader.NextOffset - layout.BodyStart < mostBytes
            && reader.Read() is var kind and not RecordKind.End)
        {
            if (kind != RecordKind.Data) continue;
            var count = reader.FieldCount;
            var filled = count;
            while (filled > 0 && reader.Field(filled - 1).IsEmpty) filled--;
            if (!_seen.TryGetValue(count, out var seen)) _seen.Add(count, seen = new Seen(count));
            seen.Records++;
            seen.Filled = Math.Max(seen.Filled, filled);
            if (_records++ == 0) _first = count;
            if (count == expected && 2 * seen.Records > mostRecords) return; // the others cannot outnumber them
        }
    }

    /// <summary>Records with a number of fields.</summary>
    sealed class Seen(int fields)
    {
        public int Fields => fields;

        public int Records { get; set; }

        /// <summary>The highest field with a value in any of them.</summary>
        public int Filled { get; set; }
    }
}
