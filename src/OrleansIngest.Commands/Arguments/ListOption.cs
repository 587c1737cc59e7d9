using System.CommandLine;

namespace OrleansIngest.Commands.Arguments;

/// <summary>An option with known values, of which several can be given between commas; completion offers one after each comma.
/// <see cref="KnownValues.Some"/> parses them.</summary>
sealed class ListOption : Option<string?>
{
    /// <param name="name">As typed.</param>
    /// <param name="values">Asked only when something is completed or described.</param>
    /// <param name="aliases">Its other names.</param>
    public ListOption(string name, Func<IEnumerable<string>> values, params string[] aliases) : base(name, aliases) =>
        this.Offer(values);
}
