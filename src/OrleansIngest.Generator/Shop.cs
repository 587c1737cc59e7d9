namespace OrleansIngest.Generator;

/// <summary>The visitors of the shop: a few dozen at a time, each browsing and perhaps buying. Hot: one call per row.</summary>
sealed class Shop
{
    const int Visitors = 48;
    const int KnownUsers = 100_000;

    readonly Visitor[] _visitors = new Visitor[Visitors];
    readonly int _products;
    SplitMix _random;
    long _time;

    /// <param name="random">The random numbers of this file.</param>
    /// <param name="products">Length of the catalogue's array.</param>
    /// <param name="startMilliseconds">Since 0001-01-01 UTC.</param>
    public Shop(SplitMix random, int products, long startMilliseconds)
    {
        _random = random;
        _products = products;
        _time = startMilliseconds;
        for (var i = 0; i < Visitors; i++)
            Enter(ref _visitors[i]);
    }

    /// <summary>The average time between two events.</summary>
    public const int StepMilliseconds = 250;

    /// <summary>The next event, never earlier than the previous one.</summary>
    public void Next(out ShopEvent happening)
    {
        ref var visitor = ref _visitors[(int)_random.Below(Visitors)];
        var action = Choose(ref visitor);
        happening.UserId = visitor.UserId;
        happening.Action = action;
        happening.Product = visitor.Product;
        happening.TimeMilliseconds = _time;
        happening.Session = visitor.Session;
        _time += _random.Below(2 * StepMilliseconds - 1);
        if (visitor.Leaving)
            Enter(ref visitor);
    }

    ShopAction Choose(ref Visitor visitor)
    {
        var roll = (int)_random.Below(100);
        switch (visitor.Stage)
        {
            case Stage.Looking:
                if (visitor.HasLooked && roll < 22)
                {
                    visitor.Stage = Stage.InCart;
                    return ShopAction.AddToCart;
                }

                if (visitor.HasLooked && roll < 30)
                    return Stay(ref visitor, ShopAction.Wishlist);
                visitor.Leaving = roll >= 88;
                visitor.Product = (int)_random.Below(_products);
                return Stay(ref visitor, ShopAction.View);
            case Stage.InCart:
                if (roll < 25)
                {
                    visitor.Stage = Stage.Looking;
                    visitor.HasLooked = false; // a visitor who puts it back does not take it again
                    return ShopAction.RemoveFromCart;
                }

                visitor.Leaving = roll >= 85;
                visitor.Stage = Stage.AtCheckout;
                return ShopAction.Checkout;
            case Stage.AtCheckout:
                visitor.Leaving = roll >= 30;
                visitor.Stage = Stage.Bought;
                return ShopAction.Purchase;
            default:
                visitor.Leaving = true;
                return ShopAction.Review;
        }
    }

    static ShopAction Stay(ref Visitor visitor, ShopAction action)
    {
        visitor.HasLooked = true;
        return action;
    }

    void Enter(ref Visitor visitor)
    {
        visitor = default;
        // The smaller of two: regular customers come more often.
        visitor.UserId = 1 + Math.Min(_random.Below(KnownUsers), _random.Below(KnownUsers));
        visitor.Session = _random.Next();
    }

    enum Stage
    {
        Looking,
        InCart,
        AtCheckout,
        Bought,
    }

    struct Visitor
    {
        public long UserId;
        public ulong Session;
        public int Product;
        public Stage Stage;
        public bool HasLooked;
        public bool Leaving;
    }
}
