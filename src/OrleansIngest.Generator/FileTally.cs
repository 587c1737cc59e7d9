using System.Text.Json;

namespace OrleansIngest.Generator;

/// <summary>Counts what one file contains while it is written.</summary>
sealed class FileTally
{
    static readonly string[] KindNames = [.. Enum.GetNames<CorruptionKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    readonly long[] _byAction = new long[ShopActions.Names.Count];
    readonly long[] _byKind = new long[KindNames.Length];
    long _sumUserId;
    long _sumProductId;
    long _sumCents;

    public long BlankLines { get; set; }

    public void Good(in ShopEvent happening, Product product)
    {
        _byAction[(int)happening.Action]++;
        _sumUserId += happening.UserId;
        _sumProductId += product.Id;
        _sumCents += product.PriceCents;
    }

    public void Corrupt(CorruptionKind kind) => _byKind[(int)kind]++;

    public GeneratedFile Finish(string name, int number, long seed, long bytes, byte[] sha256) => new()
    {
        Name = name,
        Number = number,
        Seed = seed,
        Bytes = bytes,
        Sha256 = Convert.ToHexStringLower(sha256),
        Records = _byAction.Sum() + _byKind.Sum(),
        Good = _byAction.Sum(),
        Corrupt = _byKind.Sum(),
        BlankLines = BlankLines,
        CorruptByKind = Named(KindNames, _byKind),
        SumUserId = _sumUserId,
        SumProductId = _sumProductId,
        SumPrice = _sumCents / 100m,
        GoodByAction = Named(ShopActions.Names, _byAction),
    };

    static SortedDictionary<string, long> Named(IReadOnlyList<string> names, long[] counts)
    {
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
                named.Add(names[i], counts[i]);
        }

        return named;
    }
}
