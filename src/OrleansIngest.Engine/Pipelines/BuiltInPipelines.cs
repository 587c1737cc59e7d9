namespace OrleansIngest.Engine.Pipelines;

/// <summary>Pipelines that exist without a configuration file.</summary>
public static class BuiltInPipelines
{
    /// <summary>The allowed actions of an e-commerce event.</summary>
    public static IReadOnlyList<string> EventActions { get; } =
    [
        "view", "search", "click", "add_to_cart", "remove_from_cart", "purchase", "wishlist", "checkout", "review",
        "share", "refund",
    ];

    /// <summary>The pipeline <c>events</c>: watches <c>data/events</c> for <c>*.csv</c>, loads <c>public.events</c>, and checks
    /// rows against the rules of an e-commerce event. Returns a new object each time, so that callers may change it.</summary>
    public static PipelineOptions Events() => new()
    {
        Name = "events",
        Watch = ["data/events"],
        Include = ["*.csv"],
        Table = "public.events",
        Rules =
        [
            new RequiredRule { Column = "user_id" },
            new RequiredRule { Column = "action" },
            new RequiredRule { Column = "event_time" },
            new OneOfRule { Column = "action", Values = EventActions },
            new RangeRule { Column = "price", Minimum = 0 },
            new TimeRangeRule
            {
                Column = "event_time",
                NotBefore = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero),
                NotAfterNow = TimeSpan.FromDays(1),
            },
        ],
    };
}
