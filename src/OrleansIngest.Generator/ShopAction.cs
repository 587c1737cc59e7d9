namespace OrleansIngest.Generator;

/// <summary>What a visitor does. The names as written to files are in <see cref="ShopActions"/>.</summary>
enum ShopAction
{
    View,
    AddToCart,
    RemoveFromCart,
    Wishlist,
    Checkout,
    Purchase,
    Review,
}
