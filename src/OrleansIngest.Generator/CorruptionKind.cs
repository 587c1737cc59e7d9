namespace OrleansIngest.Generator;

/// <summary>The ways in which a record is corrupted. Each affects exactly one record; a reader that continues at the next line
/// loses no other.</summary>
public enum CorruptionKind
{
    /// <summary>The line ends after some fields.</summary>
    MissingFields,

    /// <summary>One field too many at the end.</summary>
    ExtraFields,

    /// <summary><c>user_id</c> is not a number.</summary>
    BadNumber,

    /// <summary><c>price</c> is not a number.</summary>
    BadPrice,

    /// <summary><c>event_time</c> is not a date, or is one that does not exist.</summary>
    BadTime,

    /// <summary><c>event_time</c> is before 2000 or far in the future.</summary>
    ImplausibleTime,

    /// <summary><c>price</c> is negative.</summary>
    NegativePrice,

    /// <summary><c>price</c> is beyond <c>numeric(10,2)</c>.</summary>
    PriceOverflow,

    /// <summary>An unknown action.</summary>
    UnknownAction,

    /// <summary><c>user_id</c>, <c>action</c> or <c>event_time</c> is empty.</summary>
    EmptyRequired,

    /// <summary><c>action</c> is longer than its <c>varchar(50)</c>.</summary>
    TooLongValue,

    /// <summary>A quote is opened and never closed.</summary>
    BrokenQuote,

    /// <summary>Text stands between a closing quote and the next delimiter.</summary>
    TextAfterQuote,

    /// <summary>A zero byte in the product's name.</summary>
    NulByte,

    /// <summary>Bytes in the product's name that are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A record of two fields, the second a quoted text over several lines.</summary>
    MultilineGarbage,
}
