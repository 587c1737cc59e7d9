using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Architecture;

/// <summary>Dependencies point one way: Cli → Silo → Grains → Engine; Monitor → Engine; Cli → Monitor, Commands; Commands →
/// Engine, EmbeddedPostgres, Generator. Native, which is Commands and a Main, is an assembly of the same name as Cli's and so not
/// loaded here; its project file is read.</summary>
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
        ["Hosting"] = ["Engine"],
        ["Silo"] = ["Grains", "Engine"],
        ["Commands"] = ["Engine", "EmbeddedPostgres", "Generator"],
        ["Cli"] = ["Commands", "Silo", "Grains", "Engine", "Monitor", "EmbeddedPostgres", "Generator"],
    };

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    static Assembly AssemblyOf(string project) => project == "Cli" ? typeof(AllCommands).Assembly
        : Assembly.Load($"{Root}.{project}");

    static void MustNotUse(string project, string @namespace, params string[] forbidden)
    {
        var result = Types.InAssembly(AssemblyOf(project)).That().ResideInNamespaceStartingWith(@namespace)
            .ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        result.IsSuccessful.ShouldBeTrue(
            $"{@namespace} must not know {string.Join(", ", forbidden)}: {string.Join(", ", result.FailingTypeNames ?? [])}");
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
    [InlineData("Hosting")]
    [InlineData("Generator")]
    [InlineData("EmbeddedPostgres")]
    [InlineData("Commands")]
    public void Project_WithoutSilo_KnowsNoOrleans(string project) => MustNotUse(project, $"{Root}.{project}", "Orleans");

    [Theory]
    [InlineData("Engine")]
    [InlineData("Grains")]
    [InlineData("Generator")]
    [InlineData("Commands")]
    public void Project_WithoutPages_KnowsNoWebServer(string project) =>
        MustNotUse(project, $"{Root}.{project}", "Microsoft.AspNetCore");

    /// <summary>The rooms of the engine, each with those that it may know; the others are above
    /// it, or none of its business.</summary>
    static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Positions"] = [],
        ["Diagnostics"] = ["Positions"],
        ["Pipelines"] = ["Diagnostics", "Positions"],
        ["Sources"] = ["Positions", "Diagnostics", "Pipelines"],
        ["Codecs"] = ["Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Formats"] = ["Codecs", "Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Ledger"] = ["Formats", "Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Disposal"] = ["Ledger", "Formats", "Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Targets"] = ["Ledger", "Formats", "Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Mapping"] = ["Targets", "Formats", "Positions", "Diagnostics", "Pipelines"],
        ["Loading"] = ["Mapping", "Targets", "Ledger", "Formats", "Codecs", "Sources", "Positions", "Diagnostics", "Pipelines"],
        ["Inference"] = ["Loading", "Mapping", "Targets", "Ledger", "Formats", "Codecs", "Sources", "Positions", "Diagnostics",
            "Pipelines"],
        ["Examination"] =
            ["Inference", "Loading", "Mapping", "Targets", "Ledger", "Formats", "Codecs", "Sources", "Positions", "Diagnostics",
                "Pipelines"],
    };

    public static TheoryData<string> RoomNames() => [.. Rooms.Keys];

    [Theory]
    [MemberData(nameof(RoomNames))]
    public void EngineRoom_References_PointOneWay(string room)
    {
        var types = typeof(Migrations).Assembly.GetTypes().Where(type => !type.IsNested).ToLookup(type => RoomOf(type));
        var forbidden = types.Where(other => other.Key is not null && other.Key != room && !Rooms[room].Contains(other.Key))
            .SelectMany(other => other);

        MustNotUse("Engine", $"{Root}.Engine.{room}", [.. forbidden.Select(type => type.FullName!)]);
    }

    static string? RoomOf(Type type) =>
        type.Namespace?.Split('.') is [Root, "Engine", var room, ..] ? room : null;

    [Fact]
    public void Rule_BrokenOnPurpose_IsNoticed() =>
        Should.Throw<ShouldAssertException>(() => MustNotUse("Engine", $"{Root}.Engine.Ledger", "Npgsql"));

    [Theory]
    [InlineData("Cli")]
    [InlineData("Native")]
    public void Program_Main_StaysSmall(string project) =>
        File.ReadLines(Repository.Path($"src/OrleansIngest.{project}/Program.cs")).Count().ShouldBeLessThanOrEqualTo(80);

    [Fact]
    public void Native_References_AreTheCommandsAlone() =>
        Regex.Matches(File.ReadAllText(Repository.Path("src/OrleansIngest.Native/OrleansIngest.Native.csproj")),
            "<(Project|Package|Framework)Reference .*")
            .Select(match => match.Value.Trim())
            .ShouldBe([@"<ProjectReference Include=""..\OrleansIngest.Commands\OrleansIngest.Commands.csproj"" />"]);

    [Fact]
    public void Script_StandaloneCommands_AreThoseOfTheProgram() =>
        Regex.Match(File.ReadAllText(Repository.Path("ingest")), "^standalone=\"([^\"]*)\"$",
            RegexOptions.Multiline).Groups[1].Value.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(StandaloneCommands.Create().Select(command => command.Name), ignoreOrder: true);

    // Named so that a renamed project breaks the build and not the test's sense.
    internal static readonly Type[] Anchors = [typeof(Migrations), typeof(EventGenerator), typeof(EmbeddedPostgresServer)];
}
