using System.Text.Json.Serialization.Metadata;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>All problems of one text.</summary>
/// <param name="json">The text.</param>
/// <param name="name">Its name in messages.</param>
/// <param name="hasPlaces">Whether messages name lines and columns: not of a text that the user has not written. Default:
/// true.</param>
sealed class FileProblems(string json, string name, bool hasPlaces = true)
{
    readonly List<JsonMistake> _mistakes = [];
    readonly List<OptionProblem> _problems = [];

    /// <summary>Parses the text as the given type, as far as it is valid.</summary>
    /// <returns>Null if nothing can be read.</returns>
    public T? Read<T>(JsonTypeInfo<T> type) where T : class => JsonReading.Read(json, type, _mistakes);

    /// <summary>Adds problems of the value that was read, without those that only a mistake in the text causes.</summary>
    public void Add(params IEnumerable<OptionProblem> problems) =>
        _problems.AddRange(problems.Where(p => !_mistakes.Exists(mistake => mistake.Explains(p.Path, p.Message))));

    /// <summary>Whether something at a path, in it or around it is wrong.</summary>
    public bool Concern(string path) =>
        _problems.Select(p => p.Path).Concat(_mistakes.Select(m => JsonPath.Join(m.Steps)))
            .Any(wrong => JsonPath.IsWithin(wrong, path) || JsonPath.IsWithin(path, wrong));

    /// <summary>Refuses the text.</summary>
    /// <exception cref="CliException">It has problems; the message lists them.</exception>
    public void Refuse() => Refuse(Lines);

    /// <summary>Refuses several texts.</summary>
    /// <exception cref="CliException">There are problems; the message lists them.</exception>
    public static void Refuse(IEnumerable<string> lines)
    {
        var message = string.Join('\n', lines);
        if (message.Length > 0) throw CliException.Usage(message);
    }

    /// <summary>Each problem with its place, in the order of the text.</summary>
    public IEnumerable<string> Lines =>
        _mistakes.Select(mistake => (mistake.Place, mistake.Text))
            .Concat(_problems.Select(problem => (Place: JsonPlace.Find(json, problem.Path), Text: $"{problem}")))
            .OrderBy(p => p.Place).Select(p => $"{name} {(hasPlaces ? $"{JsonPlace.Write(p.Place)}: " : "")}{p.Text}").Distinct();
}
