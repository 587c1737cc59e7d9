using System.Text.Json.Serialization;

namespace OrleansIngest.Generator;

/// <summary>What one file contains, for comparison with what was loaded.</summary>
public sealed record GeneratedFile
{
    /// <summary>The file's name, without its directory.</summary>
    public required string Name { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The seed of its random numbers.</summary>
    public required long Seed { get; init; }

    /// <summary>Size.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of all bytes, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Data records, good and corrupt; without the header and blank lines.</summary>
    public required long Records { get; init; }

    /// <summary>Records that must become rows.</summary>
    public required long Good { get; init; }

    /// <summary>Records that must be rejected.</summary>
    public required long Corrupt { get; init; }

    /// <summary>Empty lines between records, which are neither good nor corrupt.</summary>
    public required long BlankLines { get; init; }

    /// <summary>The number of each kind; kinds that do not occur are omitted.</summary>
    public required SortedDictionary<string, long> CorruptByKind { get; init; }

    /// <summary><c>sum(user_id)</c> of the good rows.</summary>
    public required long SumUserId { get; init; }

    /// <summary><c>sum(product_id)</c> of the good rows.</summary>
    public required long SumProductId { get; init; }

    /// <summary><c>sum(price)</c> of the good rows.</summary>
    public required decimal SumPrice { get; init; }

    /// <summary><c>count(*) … GROUP BY action</c> of the good rows.</summary>
    public required SortedDictionary<string, long> GoodByAction { get; init; }

    /// <summary>When the whole file had its final name. Not part of the manifest.</summary>
    [JsonIgnore]
    public DateTimeOffset PlacedAt { get; init; }
}
