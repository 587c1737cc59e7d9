using Microsoft.Extensions.Options;

namespace OrleansIngest.Hosting;

/// <summary>Refuses the start with options that cannot work.</summary>
sealed class IngestHostChecks : IValidateOptions<IngestHostOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestHostOptions options)
    {
        var problems = options.Validate();
        return problems.Count == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(problem => $"{problem}"));
    }
}
