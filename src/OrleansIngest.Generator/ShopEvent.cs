namespace OrleansIngest.Generator;

/// <summary>One row, before it is encoded.</summary>
struct ShopEvent
{
    public long UserId;
    public ShopAction Action;
    public int Product; // in the catalogue's array
    public long TimeMilliseconds; // since 0001-01-01 UTC
    public ulong Session;
}
