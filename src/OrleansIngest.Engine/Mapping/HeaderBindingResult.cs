using System.Diagnostics.CodeAnalysis;

namespace OrleansIngest.Engine.Mapping;

/// <summary>A binding, or the reason why the file cannot be bound.</summary>
public sealed class HeaderBindingResult
{
    HeaderBindingResult(HeaderBinding? binding, string? failure) => (Binding, Failure) = (binding, failure);

    /// <summary>The binding; null if there is none.</summary>
    public HeaderBinding? Binding { get; }

    /// <summary>The problem, human-readable, with the header and the columns; null if bound.</summary>
    public string? Failure { get; }

    /// <summary>Whether there is a binding.</summary>
    [MemberNotNullWhen(true, nameof(Binding))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsBound => Binding is not null;

    internal static HeaderBindingResult Bound(HeaderBinding binding) => new(binding, null);

    internal static HeaderBindingResult Failed(string failure) => new(null, failure);
}
