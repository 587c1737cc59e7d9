using System.Reflection;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class PipelineOptionsTests
{
    public static TheoryData<Type, string> RangedOptions()
    {
        var data = new TheoryData<Type, string>();
        foreach (var type in new[] { typeof(PipelineOptions), typeof(CsvOptions), typeof(TimeRangeRule) })
        {
            foreach (var property in type.GetProperties().Where(IsNumeric))
                data.Add(type, property.Name);
        }

        return data;

        static bool IsNumeric(PropertyInfo property) =>
            property.PropertyType == typeof(int) || property.PropertyType == typeof(long) ||
            (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan);
    }

    [Theory]
    [MemberData(nameof(RangedOptions))]
    public void Validate_ValueJustOutsideTheRange_NamesTheOption(Type type, string name)
    {
        var property = type.GetProperty(name)!;
        foreach (var bad in Ends(property, outside: 1))
        {
            var options = BuiltInPipelines.Events();
            if (name == nameof(PipelineOptions.RetryInitialDelay))
                options.RetryMaxDelay = TimeSpan.FromDays(1); // so that only the option under test is wrong
            if (name == nameof(PipelineOptions.RetryMaxDelay))
                options.RetryInitialDelay = TimeSpan.FromMilliseconds(1);
            var (target, path) = type == typeof(CsvOptions) ? (options.Csv, "pipelines[3].csv")
                : type == typeof(TimeRangeRule) ? ((object)options.Rules[^1], "pipelines[3].rules[5]")
                : (options, "pipelines[3]");
            property.SetValue(target, bad);

            var problems = options.Validate("pipelines[3]");

            problems.Select(problem => problem.Path).Distinct().ShouldBe([$"{path}.{char.ToLowerInvariant(name[0])}{name[1..]}"],
                $"{name} = {bad}");
        }
    }

    [Theory]
    [MemberData(nameof(RangedOptions))]
    public void Validate_ValueAtTheEndsOfTheRange_IsFine(Type type, string name)
    {
        var property = type.GetProperty(name)!;
        foreach (var good in Ends(property, outside: 0))
        {
            var options = BuiltInPipelines.Events();
            (options.RetryInitialDelay, options.RetryMaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
            options.Tail = name == nameof(PipelineOptions.TailIdle); // says nothing of a file that is not followed
            property.SetValue(type == typeof(CsvOptions) ? options.Csv
                : type == typeof(TimeRangeRule) ? options.Rules[^1] : options, good);

            options.Validate("p").ShouldBeEmpty($"{name} = {good}");
        }
    }

    static IEnumerable<object> Ends(PropertyInfo property, int outside)
    {
        if (property.GetCustomAttribute<DurationRangeAttribute>() is { } durations)
            return [DurationText.Parse(durations.Minimum) - new TimeSpan(outside),
                DurationText.Parse(durations.Maximum) + new TimeSpan(outside)];
        var counts = property.GetCustomAttribute<CountRangeAttribute>().ShouldNotBeNull($"{property.Name} has no range");
        return property.PropertyType == typeof(long)
            ? [counts.Minimum - outside, counts.Maximum + outside]
            : [(int)counts.Minimum - outside, (int)counts.Maximum + outside];
    }

    [Fact]
    public void Validate_BuiltInEvents_FindsNothing() => BuiltInPipelines.Events().Validate("events").ShouldBeEmpty();

    [Fact]
    public void Validate_SeveralProblems_NamesAllOfThem()
    {
        var options = new PipelineOptions
        {
            Name = "No Spaces",
            Include = [" "],
            Sentinel = "done",
            RetryInitialDelay = TimeSpan.FromSeconds(5),
            RetryMaxDelay = TimeSpan.FromSeconds(1),
            Columns = new Dictionary<string, string> { ["a"] = "x", ["b"] = "x" },
            Csv = new CsvOptions { Delimiter = "\"" },
            Rules = [new RequiredRule(), new OneOfRule { Column = "c" },
                new RangeRule { Column = "c", Minimum = 2, Maximum = 1 }],
        };

        options.Validate("p").Select(problem => problem.Path).ShouldBe(
            [
                "p.name", "p.watch", "p.table", "p.include", "p.sentinel", "p.retryMaxDelay", "p.columns", "p.csv.delimiter",
                "p.rules[0].column", "p.rules[1].values", "p.rules[2].maximum",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Json_BuiltInEvents_ReadsBackTheSame()
    {
        var options = BuiltInPipelines.Events();
        options.Csv.Delimiter = null;
        options.BatchBytes = 3 << 20;

        var json = PipelineJson.Write(options);

        PipelineJson.Write(PipelineJson.Read(json)).ShouldBe(json);
        json.ShouldContain("\"settleTime\": \"500ms\"");
        json.ShouldContain("\"batchBytes\": \"3MiB\"");
        json.ShouldContain("\"missingColumns\": \"allowOptional\"");
        json.ShouldContain("\"delimiter\": \"auto\"");
    }

    [Fact]
    public void Json_PropertiesLeftOut_KeepTheirDefaults()
    {
        var read = PipelineJson.Read("""{ "name": "x", /* why */ "csv": { "quote": "'", }, }""");

        read.Csv.Quote.ShouldBe('\'');
        read.Csv.Delimiter.ShouldBe(",");
        read.Exclude.ShouldBe(new PipelineOptions().Exclude);
        read.BatchRecords.ShouldBe(50_000);
    }

    [Fact]
    public void WriteBrief_AnyOptions_LeavesOutDefaultsOnly()
    {
        var options = new PipelineOptions
        {
            Name = "x",
            Table = "t",
            Watch = ["in"],
            Lanes = 3,
            Csv = new CsvOptions { Delimiter = ";" }
        };

        var brief = PipelineJson.WriteBrief(options).ToJsonString();

        brief.ShouldBe("""{"name":"x","watch":["in"],"table":"t","csv":{"delimiter":";"},"lanes":3}""");
        PipelineJson.Write(PipelineJson.Read(brief)).ShouldBe(PipelineJson.Write(options));
        PipelineJson.Write(PipelineJson.Read(PipelineJson.WriteBrief(BuiltInPipelines.Events()).ToJsonString()))
            .ShouldBe(PipelineJson.Write(BuiltInPipelines.Events()));
    }
}
