namespace OrleansIngest.Engine.Inference;

/// <summary>Keeps the rows of a wide table below a page's size: values of a fixed size cannot be moved out of the row, whereas
/// texts can be short or moved.</summary>
static class RowWidth
{
    /// <summary>A row must fit a page of 8 KiB, its header and the bits of its NULLs included.</summary>
    const int MostBytes = 7_500;

    /// <summary>The columns' types if rows of them fit; otherwise text for all.</summary>
    public static IReadOnlyList<string> Fit(IReadOnlyList<string> types) =>
        types.Sum(BytesOf) <= MostBytes ? types : [.. types.Select(_ => "text")];

    static int BytesOf(string type) => type switch
    {
        "boolean" => 1,
        "date" => 4,
        "uuid" => 16,
        "text" or "jsonb" => 4,
        _ => 8,
    };
}
