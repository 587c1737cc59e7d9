using System.Reflection;
using NetArchTest.Rules;
using OrleansIngest.Cli.Shell;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Generator;

namespace OrleansIngest.Cli.Tests.Architecture;

/// <summary>Dependencies point one way: Cli → Silo → Grains → Engine; Monitor → Engine; Cli → Monitor, EmbeddedPostgres, Generator.</summary>
public sealed class DependencyTests
{
    const string Root = "OrleansIngest";

    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Engine"] = [],
        ["Generator"] = [],
        ["EmbeddedPostgres"] = [],
        ["Grains"] = ["Engine"],
        ["Monitor"] = ["Engine"],
        ["Silo"] = ["Grains", "Engine"],
        ["Cli"] = ["Silo", "Grains", "Engine", "Monitor", "EmbeddedPostgres", "Generator"],
    };

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    static Assembly AssemblyOf(string project) => project == "Cli" ? typeof(IngestCli).Assembly : Assembly.Load($"{Root}.{project}");

    static void MustNotUse(string project, string @namespace, params string[] forbidden)
    {
        var result = Types.InAssembly(AssemblyOf(project)).That().ResideInNamespaceStartingWith(@namespace)
            .ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        result.IsSuccessful.ShouldBeTrue($"{@namespace} must not know {string.Join(", ", forbidden)}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_PointOneWay(string project)
    {
        var known = AssemblyOf(project).GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name.StartsWith(Root + ".", StringComparison.Ordinal)).Select(name => name[(Root.Length + 1)..]);

        known.ShouldBeSubsetOf(Allowed[project]);
    }

    [Theory]
    [InlineData("Engine")]
    [InlineData("Monitor")]
    [InlineData("Generator")]
    [InlineData("EmbeddedPostgres")]
    public void Project_WithoutSilo_KnowsNoOrleans(string project) => MustNotUse(project, $"{Root}.{project}", "Orleans");

    [Theory]
    [InlineData("Engine")]
    [InlineData("Grains")]
    [InlineData("Generator")]
    public void Project_WithoutPages_KnowsNoWebServer(string project) => MustNotUse(project, $"{Root}.{project}", "Microsoft.AspNetCore");

    [Theory]
    [InlineData("Discovery", "Csv", "Mapping", "Loading", "Ledger", "Coordination", "Disposal")]
    [InlineData("Csv", "Discovery", "Mapping", "Loading", "Ledger", "Coordination", "Disposal")]
    [InlineData("Mapping", "Discovery", "Loading", "Ledger", "Coordination", "Disposal")]
    [InlineData("Ledger", "Csv", "Mapping", "Loading", "Coordination", "Disposal")]
    [InlineData("Loading", "Coordination", "Disposal")]
    [InlineData("Diagnostics", "Discovery", "Csv", "Mapping", "Loading", "Coordination", "Disposal")]
    [InlineData("Pipelines", "Discovery", "Csv", "Mapping", "Loading", "Ledger", "Coordination", "Disposal")]
    public void EngineRoom_References_PointOneWay(string room, params string[] forbidden) =>
        MustNotUse("Engine", $"{Root}.Engine.{room}", [.. forbidden.SelectMany(TypesOf)]);

    /// <summary>The ids and ranges of the ledger are words that every room may use; what it does is not.</summary>
    static IEnumerable<string> TypesOf(string room) =>
        typeof(Migrations).Assembly.GetTypes()
            .Where(type => type.Namespace == $"{Root}.Engine.{room}" && !type.IsNested)
            .Where(type => type != typeof(ByteRange) && type != typeof(FileId) && type != typeof(NodeId))
            .Select(type => type.FullName!);

    [Fact]
    public void Rule_BrokenOnPurpose_IsNoticed() =>
        Should.Throw<ShouldAssertException>(() => MustNotUse("Engine", $"{Root}.Engine.Ledger", "Npgsql"));

    [Fact]
    public void Program_Main_StaysSmall() =>
        File.ReadLines(Path.Combine(RepositoryRoot(), "src/OrleansIngest.Cli/Program.cs")).Count().ShouldBeLessThanOrEqualTo(80);

    internal static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "OrleansIngest.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("OrleansIngest.sln is not above the tests");
        return directory.FullName;
    }

    // Named so that a renamed project breaks the build and not the test's sense.
    internal static readonly Type[] Anchors = [typeof(Migrations), typeof(EventGenerator), typeof(EmbeddedPostgresServer)];
}
