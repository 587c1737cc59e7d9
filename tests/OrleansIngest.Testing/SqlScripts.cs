using System.Reflection;

namespace OrleansIngest.Testing;

/// <summary>The files of <c>sql/</c>, which travel inside the Engine.</summary>
public static class SqlScripts
{
    /// <summary>Name and text of each, in the order of their names.</summary>
    public static IReadOnlyList<(string Name, string Text)> All()
    {
        var engine = Assembly.Load("OrleansIngest.Engine");
        return [.. engine.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, Read(engine, name)))];
    }

    static string Read(Assembly engine, string name)
    {
        using var reader = new StreamReader(engine.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
