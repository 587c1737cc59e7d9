using System.CommandLine;

namespace OrleansIngest.Commands.Shell;

/// <summary>An option that names a moment, by the rules of <see cref="LocalMoment"/>. Its text becomes a moment in
/// <see cref="CliContext.Get(MomentOption)"/>, because only the context has the clock and the time zone.</summary>
sealed class MomentOption : Option<string?>
{
    /// <param name="name">As typed.</param>
    /// <param name="description">What begins or ends at the moment.</param>
    /// <param name="standard">Its value if it is not given. Default: null, none.</param>
    /// <param name="otherwise">What the help says about a missing value. Default: null, nothing.</param>
    public MomentOption(string name, string description, string? standard = null, string? otherwise = null) : base(name)
    {
        var without = (standard ?? otherwise) is { } value ? $". Default: {value}" : "";
        Description = $"{description}: {LocalMoment.Forms}{without}";
        HelpName = "WHEN";
        if (standard is not null) DefaultValueFactory = _ => standard;
        // Here, so that a mistake ends the program before it starts anything. Which texts are moments does not depend on the
        // clock.
        Validators.Add(result =>
        {
            if (result is { Implicit: false, Tokens: [var token] }
                && !LocalMoment.TryParse(token.Value, TimeProvider.System, out _))
                result.AddError($"{result.IdentifierToken?.Value ?? name} must be {LocalMoment.Forms}, not '{token.Value}'");
        });
    }
}
