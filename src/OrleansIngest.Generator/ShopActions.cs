using System.Text;

namespace OrleansIngest.Generator;

/// <summary>The actions as the files write them.</summary>
static class ShopActions
{
    /// <summary>By the number of <see cref="ShopAction"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["view", "add_to_cart", "remove_from_cart", "wishlist", "checkout",
        "purchase", "review"];

    /// <summary>The same with a leading comma, as bytes.</summary>
    public static byte[][] Fields { get; } = [.. Names.Select(name => Encoding.UTF8.GetBytes("," + name))];
}
